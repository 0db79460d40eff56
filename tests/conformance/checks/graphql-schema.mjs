// Holds an SDL file against the reference library: node graphql-schema.mjs FILE
import { readFileSync } from 'node:fs';
import { buildSchema, validateSchema } from 'graphql';

const faults = validateSchema(buildSchema(readFileSync(process.argv[2], 'utf8')));
for (const fault of faults) console.log(fault.toString());
process.exit(faults.length === 0 ? 0 : 1);

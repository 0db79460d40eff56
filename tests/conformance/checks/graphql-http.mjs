// Runs the audits of GraphQL over HTTP against a running service: node graphql-http.mjs URL
import { auditServer } from 'graphql-http';

const url = process.argv[2];
const results = await auditServer({ url });
const broken = results.filter((result) => result.status !== 'ok');
for (const result of broken) {
  console.log(`${result.status.toUpperCase()} ${result.id} ${result.name}: ${result.reason}`);
}
console.log(`${results.length - broken.length} of ${results.length} audits of GraphQL over HTTP passed`);
process.exit(broken.length === 0 ? 0 : 1);

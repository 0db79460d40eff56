// Reads the metadata by `odata-csdl` and makes an OpenAPI document of it by `odata-openapi`: both forms say the same.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";

const [xml, json, tools] = process.argv.slice(2);
const require = createRequire(`${tools}/package.json`);
const { xml2json } = require("odata-csdl");
const { csdl2openapi } = require("odata-openapi");

const messages = [];
const fromXml = xml2json(readFileSync(xml, "utf8"), { messages, validate: true });
const told = JSON.parse(readFileSync(json, "utf8"));
if (messages.length) throw new Error(JSON.stringify(messages));

const [one, other] = [fromXml.Concord, told.Concord];
const names = Object.keys(one).sort();
if (!isDeepStrictEqual(names, Object.keys(other).sort())) throw new Error("the two forms tell of different types");
for (const name of names) {
  const members = (of) => Object.keys(of[name]).filter((member) => !member.startsWith("@")).sort();
  if (!isDeepStrictEqual(members(one), members(other))) {
    throw new Error(`${name}: ${members(one)} are not ${members(other)}`);
  }
  for (const member of members(one).filter((member) => !member.startsWith("$"))) {
    const type = (of) => of[name][member].$Type ?? "Edm.String";
    if (type(one) !== type(other)) throw new Error(`${name}.${member}: ${type(one)} is not ${type(other)}`);
  }
}
const sets = Object.keys(one.Container).filter((name) => one.Container[name].$Collection);
const openapi = csdl2openapi(fromXml, { host: "localhost", basePath: "/odata/v4" });
for (const set of sets) {
  if (!openapi.paths[`/${set}`]) throw new Error(`no path for ${set}`);
}
console.log(`odata: ${sets.length} entity sets in both forms of the metadata`);

// Lets the official validator of Flemish local decisions read published pages, one after the other.
//
// Usage: node validate.mjs NODE_MODULES OFFLINE.json
//
// Reads one page per line: { html, type }; answers each with a line: { found, maturity, missing: [...], report, triples }
// or { error }. TYPE is Agenda, Besluitenlijst, Notulen, or "-" for pages that have no level of their own (extracts), of
// which the triples alone are wanted. One process reads many pages: to load the library takes longer than a page.
//
// The library (@lblod/lib-decision-validation 1.0.51) dereferences every identity below data.lblod.info; there is no
// network here, so its `fetch` is answered from OFFLINE.json: patterns of addresses and what kind of thing is there.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { createInterface } from "node:readline";

const [, , modules, offline] = process.argv;
const require = createRequire(path.join(path.resolve(modules), "x.js"));
const patterns = JSON.parse(readFileSync(offline, "utf8")).patterns.map(({ address, type }) => [new RegExp(address), type]);

/** Answers as the linked-data server of the Flemish government would for an identity that it knows. */
globalThis.fetch = async (url) => {
  const address = String(url?.url ?? url);
  const known = patterns.find(([pattern]) => pattern.test(address));
  if (!known) throw new Error(`no answer is kept for ${address}`);
  const iri = address.replace(/^https:/, "http:");
  const body = `<${iri}> a <${known[1]}> .\n`;
  return new Response(body, { status: 200, headers: { "content-type": "text/turtle" } });
};

const lib = require("@lblod/lib-decision-validation");
const blueprints = new Map();

/** What pages of a type must have, read once. */
async function blueprintOf(type) {
  if (!blueprints.has(type)) blueprints.set(type, await lib.getBlueprintOfDocumentType(type));
  return [...blueprints.get(type)];
}

/** A term as N-Triples writes it. */
function term(t) {
  const escaped = (text) => text.replace(/[\\"\n\r\t]/g, (c) => ({ "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" })[c]);
  if (t.termType === "NamedNode") return `<${t.value}>`;
  if (t.termType === "BlankNode") return `_:${t.value.replace(/[^A-Za-z0-9]/g, "x")}`;
  if (t.language) return `"${escaped(t.value)}"@${t.language}`;
  return `"${escaped(t.value)}"^^<${t.datatype.value}>`;
}

/** The properties that a page lacks, each with the level that asks for it. */
function missingOf(classes) {
  const missing = [];
  for (const kind of classes) {
    for (const object of kind.objects ?? []) {
      for (const property of object.properties ?? []) {
        if (property.valid === false && property.maturityLevel) {
          missing.push(`${property.maturityLevel}: ${kind.className} ${property.name} of ${object.uri}`);
        }
      }
    }
  }
  return missing;
}

/** What the validator says of a page. */
async function read({ html, type }) {
  const publication = await lib.getPublicationFromFileContent(html);
  // Before the validator adds to them what it dereferences.
  const lines = publication.map((b) => `${term(b.get("s"))} ${term(b.get("p"))} ${term(b.get("o"))} .`);
  const triples = [...new Set(lines)].join("\n") + "\n";
  if (type === "-") return { found: null, maturity: null, missing: [], triples };
  const found = await lib.determineDocumentType(publication);
  const result = await lib.validatePublication(publication, await blueprintOf(type), []);
  return { found, maturity: result.maturity, missing: missingOf(result.classes), report: result.maturityLevelReport, triples };
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await read(JSON.parse(line)).catch((error) => ({ error: String(error?.stack ?? error) }));
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

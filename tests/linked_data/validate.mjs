// Lets the official validator of Flemish local decisions read published pages.
//
// Usage: node validate.mjs NODE_MODULES OFFLINE.json PAGE.html TYPE OUT.nt
//
// Prints one line of JSON: { type, found, maturity, missing: [...] }, and writes the triples of the page to OUT.nt.
// TYPE is Agenda, Besluitenlijst, Notulen, or "-" for pages that have no level of their own (extracts), of which the
// triples alone are wanted.
//
// The library (@lblod/lib-decision-validation 1.0.51) dereferences every identity below data.lblod.info; there is no
// network here, so its `fetch` is answered from OFFLINE.json: patterns of addresses and what kind of thing is there.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const [, , modules, offline, page, type, out] = process.argv;
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

/** A term as N-Triples writes it. */
function term(t) {
  const escaped = (text) => text.replace(/[\\"\n\r\t]/g, (c) => ({ "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" })[c]);
  if (t.termType === "NamedNode") return `<${t.value}>`;
  if (t.termType === "BlankNode") return `_:${t.value.replace(/[^A-Za-z0-9]/g, "x")}`;
  if (t.language) return `"${escaped(t.value)}"@${t.language}`;
  return `"${escaped(t.value)}"^^<${t.datatype.value}>`;
}

const html = readFileSync(page, "utf8");
const publication = await lib.getPublicationFromFileContent(html);
const triples = publication.map((b) => `${term(b.get("s"))} ${term(b.get("p"))} ${term(b.get("o"))} .`);
writeFileSync(out, [...new Set(triples)].join("\n") + "\n");

if (type === "-") {
  console.log(JSON.stringify({ type, found: null, maturity: null, missing: [] }));
} else {
  const found = await lib.determineDocumentType(publication);
  const blueprint = await lib.getBlueprintOfDocumentType(type);
  const result = await lib.validatePublication(publication, blueprint, []);
  const missing = [];
  for (const kind of result.classes) {
    for (const object of kind.objects ?? []) {
      for (const property of object.properties ?? []) {
        if (property.valid === false && property.maturityLevel) {
          missing.push(`${property.maturityLevel}: ${kind.className} ${property.name} of ${object.uri}`);
        }
      }
    }
  }
  const report = result.maturityLevelReport;
  console.log(JSON.stringify({ type, found, maturity: result.maturity, missing, report }));
}

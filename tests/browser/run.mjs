// Drives the pages in real Chromium, as those who use them do.
//
// Usage: node run.mjs BELFORT NODE_MODULES [--pictures DIR] [--only CHAPTER] [--python PYTHON]
//
// BELFORT is the program; NODE_MODULES holds playwright-core, axe-core, ical.js, smtp-server and mailparser; Chromium
// and faketime are Debian's. PYTHON, if it is given, has pySHACL and reads the linked data of the year that was played by
// hand (NODE_MODULES then holds the official validator too). Prints a line per check and a count at the end; exits 1 if
// one failed.

import { resolve } from 'node:path';
import { launch } from './browser.mjs';
import { demo, postOffice } from './town.mjs';
import * as attack from './attack.mjs';
import * as council from './council.mjs';
import * as councilYear from './council_year.mjs';
import * as firstStart from './first_start.mjs';
import * as hostile from './hostile.mjs';
import * as keyboard from './keyboard.mjs';
import * as pages from './pages.mjs';
import * as story from './story.mjs';
import * as weight from './weight.mjs';

const [program, modules, ...rest] = process.argv.slice(2);
const option = (name) => (rest.includes(name) ? rest[rest.indexOf(name) + 1] : undefined);
const pictures = option('--pictures');
const only = option('--only');
const python = option('--python');

setTimeout(() => { console.log('FAIL not done after twenty minutes'); process.exit(1); }, 1_200_000).unref();

let passed = 0, failed = 0;
/** Notes the outcome of one check. */
function check(what, good, detail = '') {
  if (good) passed += 1; else failed += 1;
  console.log(`${good ? 'ok  ' : 'FAIL'} ${what}${detail && !good ? `: ${detail}` : ''}`);
}

process.on('unhandledRejection', (error) => check('nothing is left hanging', false, error.stack));

const chapters = { story, pages, keyboard, weight, hostile, attack, council, council_year: councilYear, first_start: firstStart };
const chromium = await launch(resolve(modules));
const office = await postOffice(resolve(modules));
const town = await demo(resolve(program), office);
for (const [name, chapter] of Object.entries(chapters)) {
  if (only && only !== name) continue;
  console.log(`\n== ${name}: ${chapter.about}`);
  const began = Date.now();
  try {
    await chapter.run({ chromium, town, check, pictures, office, program: resolve(program), modules: resolve(modules), python });
  } catch (error) {
    check(`${name} goes through`, false, error.stack);
  }
  console.log(`   ${((Date.now() - began) / 1000).toFixed(1)} s`);
}
await chromium.browser.close();
await town.end();
office.end();
console.log(`\nbrowser: ${passed} passed, ${failed} failed`);
// Not left to what is still open: a town that a chapter could not end would hold us up.
process.exit(failed ? 1 : 0);

// Programs that share no code with us read what was published by hand in the year, as they read that of the demo.

import { execFile } from 'node:child_process';
import { join } from 'node:path';

const READER = join(import.meta.dirname, '..', '..', 'linked_data', 'run.py');

/** Lets them read every page of the town; `python` is one that has pySHACL, without it nothing is read. */
export async function readers({ check, town, python, modules }) {
  if (!python) return console.log('     linked data of the year is not read: no --python');
  const { code, said } = await new Promise((done) => {
    execFile(python, [READER, town.base_url, modules], { maxBuffer: 1 << 26 }, (error, out, err) => done({ code: error?.code ?? 0, said: out + err }));
  });
  const lines = said.split('\n');
  const levels = lines.find((line) => line.includes('Niveau 3,') && line.startsWith('     '))?.trim();
  check(`year: other programs read all that was published (${levels})`, code === 0 && Boolean(levels),
    lines.filter((line) => !line.startsWith('ok')).join('\n').slice(-3000));
}

// Two hundred texts that would like to run, as titles, names of people and of rooms, reasons and searches, on every page
// that shows them: no script runs, none is even tried, and nothing breaks the layout.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cutOff, signIn, visitor } from './browser.mjs';
import { HOSTILE } from './hostile_strings.mjs';
import { TODAY, api, daysAfter, demo, scratch, tell } from './town.mjs';

export const about = `${HOSTILE.length} texts as titles and names, on every page`;

const ROOMS = 24;
const email = (at) => `vreemd.${at}@oudermeersch.example`;
const oneLine = (text) => text.replace(/[\u0000-\u001f\u007f]/g, ' ').trim();
const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
/** As a browser shows it: blanks run together. */
const shown = (text) => text.replace(/\s+/g, ' ').trim();

/** A town in which everybody is called something strange, and meets about something strange. */
async function strange(program, office) {
  const town = await demo(program, office);
  const file = join(scratch(), 'people.csv');
  writeFileSync(file, `email,name\n${HOSTILE.map((text, at) => `${email(at)},${quoted(oneLine(text))}`).join('\n')}\n`);
  tell(program, ['person', 'import', '--data', town.data, file]);
  for (const [at, text] of HOSTILE.slice(0, ROOMS).entries()) {
    tell(program, ['room', 'add', '--data', town.data, '--site', 'stadhuis', '--capacity', '8', '--hybrid', '--slug', `vreemd-${at}`, '--', oneLine(text)]);
  }
  const meetings = [];
  for (const [at, text] of HOSTILE.entries()) {
    const [day, hour] = [daysAfter(TODAY, 1 + Math.floor(at / 60)), String(8 + (at % 12)).padStart(2, '0')];
    meetings.push(await api(town, town.tokens.staff, 'POST', 'meetings', {
      title: text, description: text, start: `${day}T${hour}:00`, end: `${day}T${hour}:50`,
      rooms: at < ROOMS ? [`vreemd-${at}`] : [], conference: { url: 'https://overleg.oudermeersch.example/x', dial_in: [...oneLine(text)].slice(0, 100).join('') },
      participants: [{ email: town.accounts.staff.email }, { email: email(at) }],
    }));
  }
  return { town, meetings };
}

export async function run({ chromium, program, check, town: { office } }) {
  const { town, meetings } = await strange(program, office);
  const { page, context, faults } = await visitor(chromium, town);
  await signIn(page, town.accounts.staff);
  const broken = [];
  const look = async (path, width = 1280) => {
    await page.setViewportSize({ width, height: 900 });
    await page.goto(path);
    const cut = await cutOff(page);
    if (cut.length) broken.push(`${path} at ${width}: ${cut.join(' ')}`);
  };
  let wrong = 0;
  for (const [at, { id, title }] of meetings.entries()) {
    await look(`/meetings/${id}`, at % 2 ? 390 : 1280);
    const [heading, body] = [shown(await page.locator('h1').innerText()), await page.locator('main').innerText()];
    if (heading !== shown(title) || !shown(body).includes(shown(oneLine(HOSTILE[at])))) wrong += 1;
  }
  check('every title and name is shown as it was written', wrong === 0, `${wrong} are not`);
  for (const width of [1280, 390]) {
    await look('/today', width);
    await look('/rooms', width);
    for (let at = 0; at < ROOMS; at += 1) await look(`/rooms/vreemd-${at}?view=${['day', 'week', 'month'][at % 3]}&date=${daysAfter(TODAY, 1)}`, width);
    await look(`/meetings/${meetings[3].id}/change`, width);
    await look('/calendars', width);
  }
  for (const text of HOSTILE) {
    const value = encodeURIComponent(text);
    await look(`/book?title=${value}&person=${value}&url=${value}&description=${value}&room=${value}&date=${TODAY}&from=23:00&to=23:30`);
  }
  await look(`/book?in_room=4&hybrid=1&date=${daysAfter(TODAY, 1)}&from=08:00&to=09:00&do=rooms`, 390);
  await callOff(page, meetings, check);
  await look('/today', 390);
  check('no page is broken', broken.length === 0, broken.slice(0, 10).join('\n     '));
  const scripts = faults.filter((fault) => !/status of (404|422)/.test(fault));
  check('no script ran, and none was tried', scripts.length === 0, scripts.slice(0, 5).join('\n     '));
  await context.close();
  await managed({ chromium, town, check });
  await town.end();
}

/** Reasons are texts too. */
async function callOff(page, meetings, check) {
  let missing = 0;
  for (const [at, text] of HOSTILE.slice(0, 20).entries()) {
    await page.goto(`/meetings/${meetings[at].id}`);
    await page.locator('details:has(#reason) > summary').click();
    await page.fill('#reason', oneLine(text));
    await page.locator('form[action$="/cancel"] button[value="all"]').click();
    await page.locator('.pill.busy').first().waitFor();
    if (!shown(await page.locator('main').innerText()).includes(shown(oneLine(text)))) missing += 1;
  }
  check('strange reasons are shown as they were written', missing === 0, `${missing} are not`);
}

/** The pages of those who look after the town. */
async function managed({ chromium, town, check }) {
  const { page, context, faults } = await visitor(chromium, town);
  await signIn(page, town.accounts.admin);
  await page.goto('/manage');
  const places = await page.locator('main a').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  const broken = [];
  for (const path of [...places, '/manage/people?find=vreemd', '/people?q=script']) {
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(path);
      const cut = await cutOff(page);
      if (cut.length) broken.push(`${path} at ${width}: ${cut.join(' ')}`);
    }
  }
  check(`${places.length} pages of managers hold`, broken.length === 0, broken.join('\n     '));
  const scripts = faults.filter((fault) => !/status of (404|422)/.test(fault));
  check('and run no script', scripts.length === 0, scripts.slice(0, 5).join('\n     '));
  await context.close();
}

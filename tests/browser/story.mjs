// A member of staff books a weekly hybrid series for eight, one date of which does not fit; changes one date, calls
// one off, and lets a calendar follow it. In each language, with our script and without any.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LANGUAGES, picture, signInSpeaking, visitor } from './browser.mjs';
import { TODAY, api, daysAfter, tell } from './town.mjs';

export const about = 'a weekly hybrid series with one conflict, changed, called off in part, followed by a calendar';

const ROOM = 'eikenzaal';
const DATES = 6;
const MODES = ['in_room', 'in_room', 'remote', 'remote', 'in_room', 'remote', 'undecided', 'in_room'];

/** Addresses of eight people of the directory. */
function eight(program, town) {
  const lines = JSON.parse(tell(program, ['person', 'list', '--data', town.data, '--json']));
  return (lines.items ?? lines).slice(100, 108).map((person) => person.email);
}

/** Fills the form and books; resolves with the address of the meeting. */
async function book({ page, title, day, hour, people, pictures, mark, check, name }) {
  await page.goto('/book');
  await page.fill('#title', title);
  await page.fill('#date', day);
  await page.fill('#from', `${hour}:00`);
  await page.fill('#to', `${hour}:45`);
  await page.locator('summary:has(+ div #repeat), details:has(#repeat) > summary').first().click();
  await page.selectOption('#repeat', 'weekly');
  await page.fill('#count', String(DATES));
  await page.locator('button[name="do"][value="more"]').click();
  await page.waitForSelector('#p-8', { state: 'attached' });
  check(`${name}: what was typed stays when more people are asked for`, await page.inputValue('#title') === title);
  for (const [at, email] of people.entries()) {
    await page.fill(`#p-${at + 1}`, email);
    await page.selectOption(`#m-${at + 1}`, MODES[at]);
  }
  await page.check('input[name="hybrid"]');
  await page.locator('details:has(#url) > summary').click();
  await page.fill('#url', 'https://overleg.oudermeersch.example/reeks');
  await page.locator('button[name="do"][value="rooms"]').click();
  await page.locator(`button[name="take"][value="${ROOM}"]`).waitFor();
  await picture(page, pictures, `book-rooms-${mark}`);
  await page.locator(`button[name="take"][value="${ROOM}"]`).click();
  const choice = page.locator('select[name^="choice-"]');
  await choice.first().waitFor();
  check(`${name}: one date does not fit, and says so`, await choice.count() === 1);
  await picture(page, pictures, `book-conflict-${mark}`);
  const rooms = await choice.locator('option').evaluateAll((all) => all.map((option) => option.value));
  const other = rooms.find((value) => value.startsWith('room '));
  check(`${name}: another room is offered for that date`, Boolean(other), rooms.join(', '));
  await choice.selectOption(other);
  await page.locator('#clashes ~ div button[name="do"][value="book"]').click();
  await page.waitForURL('**/meetings/**');
  return new URL(page.url());
}

/** The dates on the page of a meeting, as links. */
const dates = (page) => page.locator('section[aria-labelledby="dates"] a');

async function changeOne({ page, meeting, pictures, mark, check, name }) {
  const second = await dates(page).nth(1).getAttribute('href');
  await page.goto(second);
  await page.locator('a[href*="/change?occurrence="]').click();
  await page.fill('#from', '21:00');
  await page.fill('#to', '22:00');
  await page.check('input[name="scope"][value="this"]');
  await picture(page, pictures, `change-${mark}`);
  await page.locator('main form button').last().click();
  await page.waitForURL(`**${meeting.pathname}**`);
  const times = await dates(page).allInnerTexts();
  check(`${name}: one date moved, the others did not`,
    times.filter((text) => text.includes('21:00 – 22:00')).length === 1, times.join(' | '));
}

async function callOffOne({ page, meeting, pictures, mark, check, name, reason }) {
  await page.goto(await dates(page).nth(3).getAttribute('href'));
  await page.locator('details:has(#reason) > summary').click();
  await page.fill('#reason', reason);
  await page.locator('form[action$="/cancel"] button[value="this"]').click();
  await page.waitForURL(`**${meeting.pathname}**`);
  const section = page.locator('section[aria-labelledby="dates"]');
  check(`${name}: one date is called off, with its reason`,
    await section.locator('.pill.busy').count() === 1 && (await section.innerText()).includes(reason));
  await picture(page, pictures, `meeting-${mark}`);
}

/** Makes a calendar link in the browser and reads it as a program that shares no code with us does. */
async function follow({ page, modules, title, meeting, town, check, name, pictures, mark }) {
  await page.goto('/calendars');
  await page.fill('#label', title);
  await page.check('input[name="level"][value="full"]');
  await page.locator('form[action="/calendars"] button').last().click();
  const url = (await page.locator('#url').inputValue()).replace('https://zalen.oudermeersch.example', town.base_url);
  await picture(page, pictures, `calendar-made-${mark}`);
  const hrefs = await page.locator('main a').evaluateAll((all) => all.map((link) => link.href));
  const offered = ['webcal://', 'https://calendar.google.com/', 'https://outlook.office.com/'];
  check(`${name}: the link can be put into Apple, Google and Outlook`,
    offered.every((start) => hrefs.some((href) => href.startsWith(start))), hrefs.join(' '));
  const answer = await fetch(url);
  check(`${name}: the calendar answers`, answer.status === 200, String(answer.status));
  const found = expand(modules, await answer.text(), title);
  const stored = await api(town, town.tokens.staff, 'GET', meeting.pathname.slice(1));
  const stands = stored.occurrences.filter((date) => date.status !== 'cancelled').map((date) => Date.parse(date.start));
  check(`${name}: ical.js finds the dates that stand, and no other`,
    stands.length === DATES - 1 && JSON.stringify(found) === JSON.stringify(stands.sort((a, b) => a - b)),
    `${found.map((at) => new Date(at).toISOString())} against ${stands.map((at) => new Date(at).toISOString())}`);
}

/** The starts of the events called `title`, in order, in milliseconds. */
function expand(modules, text, title) {
  const ICAL = createRequire(pathToFileURL(join(modules, 'x.js')))('ical.js');
  const ical = ICAL.default ?? ICAL;
  const calendar = new ical.Component(ical.parse(text));
  for (const zone of calendar.getAllSubcomponents('vtimezone')) ical.TimezoneService.register(new ical.Timezone(zone));
  const events = calendar.getAllSubcomponents('vevent').map((event) => new ical.Event(event));
  const own = events.filter((event) => event.summary === title && event.component.getFirstPropertyValue('status') !== 'CANCELLED');
  const starts = [];
  for (const event of own.filter((candidate) => !candidate.isRecurrenceException())) {
    if (!event.isRecurring()) { starts.push(event.startDate.toJSDate().getTime()); continue; }
    const iterator = event.iterator();
    for (let next = iterator.next(); next; next = iterator.next()) {
      const { item, startDate } = event.getOccurrenceDetails(next);
      if (item.component.getFirstPropertyValue('status') === 'CANCELLED') continue;
      starts.push(startDate.toJSDate().getTime());
    }
  }
  return starts.sort((a, b) => a - b);
}

export async function run({ chromium, town, check, pictures, program, modules }) {
  const people = eight(program, town);
  let at = 0;
  for (const language of Object.keys(LANGUAGES)) {
    for (const script of [true, false]) {
      const name = `${language}, ${script ? 'with' : 'without'} script`;
      const mark = `${language}-${script ? 'script' : 'plain'}`;
      // Tuesday evenings, seven weeks apart: nobody else meets there then.
      const [day, hour] = [daysAfter(TODAY, 57 + at * 49), String(18 + (at % 3))];
      const padded = hour.padStart(2, '0');
      const title = `Werkgroep ${language} ${script ? 'één' : 'twee'} & co`;
      at += 1;
      // Somebody else was there first, in the third week.
      const third = daysAfter(day, 14);
      await api(town, town.tokens.clerk, 'POST', 'meetings', {
        title: 'Eerder geboekt', start: `${third}T${padded}:15`, end: `${third}T${padded}:30`, rooms: [ROOM],
      });
      const { page, context, faults } = await visitor(chromium, town, { script });
      await signInSpeaking(page, town.accounts.staff, language);
      const shared = { page, pictures, mark, check, name, town, modules, title };
      const meeting = await book({ ...shared, day, hour: padded, people });
      check(`${name}: every date is on the page`, await dates(page).count() === DATES, String(await dates(page).count()));
      await changeOne({ ...shared, meeting });
      await callOffOne({ ...shared, meeting, reason: 'Zaal onder water <b>' });
      await follow({ ...shared, meeting });
      check(`${name}: nothing went wrong on the way`, faults.length === 0, faults.join(' '));
      await context.close();
    }
  }
}

// Where the pages are: what each kind of visitor can open, with what must be there first.

import { signIn, visitor } from './browser.mjs';
import { TODAY, api, daysAfter } from './town.mjs';

/** Addresses where nothing is, or nothing for whoever asks; all others are pages. */
export const REFUSED = { '/nergens': 404, '/meetings/geen': 404, '/manage': 403 };

/** Routes that are no pages of their own: files, streams, ways on. */
export const OTHERS = [
  '/', '/assets/{file}', '/live', '/rooms/{slug}/photo', '/answer/{token}/meeting.ics', '/manage/journal.csv',
  // Where forms are sent; asked for, they lead back to their page.
  '/account/mail', '/account/password', '/account/second-factor', '/account/second-factor/off', '/calendars/{id}/rotate',
];

const LONG = 'Bijzonder comité voor de sociale dienst: opvolging van de werkgroep stationsomgeving met de partners';
const GUEST = 'marie-christine.vandenbroucke-desmet@burgers.example';

/** A meeting with much in it: a series with a guest, answers, a date called off. */
async function meeting(town) {
  // A Saturday: the house is free.
  const day = daysAfter(TODAY, 5);
  const made = await api(town, town.tokens.staff, 'POST', 'meetings', {
    title: LONG, description: 'Lees vooraf het verslag van de vorige keer.', start: `${day}T19:00`, end: `${day}T20:30`,
    rooms: ['begijnenzaal'], rrule: 'FREQ=WEEKLY;COUNT=20',
    conference: { url: 'https://overleg.oudermeersch.example/x', dial_in: '+32 2 000 00 00, code 1234' },
    participants: [
      { email: town.accounts.staff.email, mode: 'in_room' },
      { email: town.accounts.clerk.email, mode: 'remote' },
      { email: GUEST, name: 'Marie-Christine Vandenbroucke-De Smet', mode: 'remote', lang: 'nl' },
    ],
  });
  return made;
}

/** The page of somebody of the directory who organises meetings. */
async function someone(chromium, town) {
  const { page, context } = await visitor(chromium, town);
  await signIn(page, town.accounts.admin);
  await page.goto(`/manage/people?find=${encodeURIComponent(town.accounts.clerk.email)}`);
  const path = await page.locator('main a[href^="/manage/people/"]').evaluateAll((all) => all
    .map((link) => link.getAttribute('href')).find((href) => /[0-9a-f-]{36}$/.test(href)));
  await context.close();
  return path;
}

/** Two requests for the same room and time, which wait for a decision. */
async function waiting(town) {
  const day = daysAfter(TODAY, 6);
  for (const [at, title] of [LONG, 'Huwelijksverjaardag'].entries()) {
    await api(town, town.tokens.staff, 'POST', 'meetings', {
      title, start: `${day}T${18 + at * 2}:00`, end: `${day}T${19 + at * 2}:00`, rooms: ['trouwzaal'],
    });
  }
}

/** What each kind of visitor can open. */
export async function addresses({ chromium, town }) {
  const series = await meeting(town);
  const at = `/meetings/${series.id}`;
  const letter = await town.office.letter(GUEST);
  const answer = /\/answer\/[a-z0-9.]+/i.exec(letter.text)[0];
  const { page, context } = await visitor(chromium, town);
  await page.goto('/forgotten');
  await page.fill('#email', town.accounts.manager.email);
  await page.locator('main form button').click();
  const reset = await town.office.letter(town.accounts.manager.email, '/account/open/');
  const open = /\/account\/open\/[a-z0-9]+/i.exec(reset.text)[0];
  await signIn(page, town.accounts.staff);
  await page.goto(at);
  const join = await page.locator('a[href^="/join/"]').getAttribute('href');
  await page.goto('/calendars');
  const calendar = await page.locator('main table a[href^="/calendars/"]').first().getAttribute('href');
  await context.close();
  const person = await someone(chromium, town);
  await waiting(town);
  const day = daysAfter(TODAY, 1);
  const form = `title=Overleg&date=${day}&from=10:00&to=11:30&person=${GUEST}&mode=remote&in_room=6`;
  return [
    { kind: 'anybody', paths: ['/sign-in', '/forgotten', open, '/rooms/raadzaal', answer, join, '/sign-in/code', '/nergens'] },
    { kind: 'staff', account: town.accounts.staff, paths: [
      '/today', '/book', `/book?${form}&do=rooms`, `/book?${form}&do=times&near=sociaal-huis&earliest=13:00&latest=19:00`,
      `/book?${form}&repeat=monthly_weekday&every=1&without=7&without=8&do=dates`,
      '/rooms', '/rooms?free=1&seats=10', '/rooms/raadzaal', '/rooms/raadzaal?view=week', '/rooms/raadzaal?view=month',
      at, `${at}/change?occurrence=${series.occurrences[1].id}`, '/account', '/calendars', calendar, '/people?q=de', '/people?q=xyz', `${at}/services`, '/manage', '/meetings/geen',
    ] },
    { kind: 'manager', account: town.accounts.manager, paths: [
      '/manage', '/manage/approvals', '/manage/rooms', '/manage/rooms/new', '/manage/rooms/raadzaal', '/manage/buildings',
      '/manage/buildings/stadhuis', '/manage/equipment', '/manage/opening', '/manage/rules', '/manage/rules/new',
      '/manage/rules/change?rule=openingsuren', `/manage/rules/try?room=raadzaal&date=${day}&from=06:00&to=08:00&in_room=200&remote=2`,
      '/rooms/raadzaal/code', '/manage/services', '/manage/services/koffie-en-water', '/manage/orders', '/manage/health',
      '/manage/journal', `/manage/journal?subject=${series.id}`,
    ] },
    { kind: 'admin', account: town.accounts.admin, paths: [
      '/manage', '/account', '/manage/people', '/manage/people?find=vanden', '/manage/people/add', '/manage/people/import', person,
      `${person}/change`, `${person}/leave`, '/manage/tokens', '/manage/journal', '/manage/health',
    ] },
  ];
}

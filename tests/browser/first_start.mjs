// A new municipality, made as the README says and set up in the browser alone: the first account by the link that the
// server prints, the first room, the first colleague, the first meeting.

import { join } from 'node:path';
import { cutOff, findings, picture, visitor } from './browser.mjs';
import { TODAY, daysAfter, firstStart, scratch } from './town.mjs';

export const about = 'init, serve, the link of the first account, the first room, colleague and meeting';

const PASSWORD = 'toren aan de markt';

/** Opens the link that the server printed and chooses a password; a slip on the way is told. */
async function firstAccount({ page, town, chromium, check, pictures }) {
  await page.goto(town.link);
  check('the first page is sound', !(await findings(chromium, page)).length && !(await cutOff(page, 200)).length);
  await picture(page, pictures, 'first-start');
  await page.fill('#name', 'Nele Claes');
  await page.fill('#email', 'nele.claes@nieuwstad.example');
  await page.fill('#password', PASSWORD);
  await page.fill('#again', `${PASSWORD} niet`);
  await page.locator('main form button').click();
  await page.locator('[role="alert"]').waitFor();
  check('two passwords that differ are told, and the name stays', await page.inputValue('#name') === 'Nele Claes');
  await page.fill('#password', PASSWORD);
  await page.fill('#again', PASSWORD);
  await page.locator('main form button').click();
  await page.waitForURL('**/today**');
  await picture(page, pictures, 'first-day');
  check('the first day says what to do', (await page.locator('main').innerText()).trim().length > 40);
}

async function firstRoom({ page, check, pictures }) {
  await page.goto('/manage/rooms/new');
  await picture(page, pictures, 'first-room');
  await page.fill('[name="name"]', 'Raadzaal');
  await page.fill('[name="capacity"]', '40');
  await page.check('[name="hybrid"]');
  await page.locator('main form button').last().click();
  await page.waitForURL('**/manage/rooms/raadzaal**');
  await page.goto('/rooms');
  check('the first room is on the board', (await page.locator('main').innerText()).includes('Raadzaal'));
}

/** Adds a colleague and invites them; without a mail server the link is shown, to be handed over. */
async function firstColleague({ page, check, pictures }) {
  await page.goto('/manage/people/add');
  await page.fill('[name="name"]', 'Joris Van Damme');
  await page.fill('[name="email"]', 'joris.vandamme@nieuwstad.example');
  await page.locator('main form button').last().click();
  await page.waitForURL(/manage\/people\/[0-9a-f-]{36}/);
  await page.locator('form[action$="/link"] button').first().click();
  const html = await page.content();
  const link = /\/account\/open\/[a-z0-9]+/.exec(html)?.[0];
  check('without mail the invitation is shown', Boolean(link));
  await picture(page, pictures, 'first-invitation');
  return link;
}

async function firstMeeting({ page, check, pictures }) {
  await page.goto('/book');
  await page.fill('#title', 'Eerste overleg');
  await page.fill('#date', daysAfter(TODAY, 1));
  await page.fill('#from', '10:00');
  await page.fill('#to', '11:00');
  await page.fill('#p-1', 'Nele Claes');
  await page.locator('button[name="do"][value="rooms"]').click();
  await page.locator('button[name="take"][value="raadzaal"]').click();
  await page.waitForURL('**/meetings/**');
  const text = await page.locator('main').innerText();
  check('the colleague books the room with somebody called by name', text.includes('Raadzaal') && text.includes('Nele Claes'));
  await picture(page, pictures, 'first-meeting');
}

export async function run(given) {
  const { chromium, program, check } = given;
  const town = await firstStart(program, join(scratch(), 'town'));
  const { page, context, faults } = await visitor(chromium, town, { looked: true });
  const other = await visitor(chromium, town);
  await other.page.goto('/');
  check('whoever comes first is asked to sign in', other.page.url().endsWith('/sign-in'));
  await firstAccount({ ...given, page, town });
  await other.page.goto(town.link);
  check('the link is good once', await other.page.locator('#password').count() === 0);
  await firstRoom({ ...given, page });
  const link = await firstColleague({ ...given, page });
  await other.page.goto(link);
  await other.page.fill('#password', `${PASSWORD} zuid`);
  await other.page.fill('#again', `${PASSWORD} zuid`);
  await other.page.locator('main form button').click();
  await other.page.waitForURL('**/today**');
  await firstMeeting({ ...given, page: other.page });
  const wrong = [...faults, ...other.faults].filter((fault) => !/status of (401|403|404|422)/.test(fault));
  check('no page went wrong', wrong.length === 0, wrong.join(' '));
  await other.context.close();
  await context.close();
  await town.end();
}

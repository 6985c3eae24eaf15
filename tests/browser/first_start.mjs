// A new municipality, made as the README says, set up in the browser by the link that the server prints.

import { join } from 'node:path';
import { cutOff, findings, picture, visitor } from './browser.mjs';
import { firstStart, scratch } from './town.mjs';

export const about = 'init, serve, the link of the first account, the first room, the first colleague, the first meeting';

const PASSWORD = 'toren aan de markt';

export async function run({ chromium, program, check, pictures }) {
  const town = await firstStart(program, join(scratch(), 'town'));
  const { page, context, faults } = await visitor(chromium, town, { looked: true });
  const anybody = await visitor(chromium, town);
  await anybody.page.goto('/');
  check('whoever comes first is asked to sign in', anybody.page.url().endsWith('/sign-in'));
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
  await anybody.page.goto(town.link);
  check('the link is good once', await anybody.page.locator('#password').count() === 0);
  const wrong = faults.filter((fault) => !/status of (401|403|404|422)/.test(fault));
  check('no page went wrong', wrong.length === 0, wrong.join(' '));
  await anybody.context.close();
  await context.close();
  await town.end();
}

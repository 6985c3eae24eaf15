// The clerk's essential work without a mouse: a committee is prepared, put in order, convened, opened, and votes.

import { CLERK } from './cast.mjs';
import { tabTo, typeInto, walk } from '../keyboard.mjs';

const SESSION = '/council/sessions/commissie-ruimte-2027-04-13';
const TITLES = ['Ontwerp van de dorpskern', 'Verslag van de mobiliteitsdienst'];

/** Goes to a control by the tab key alone and presses it. */
async function hit(page, selector, key = 'Enter') {
  await tabTo(page, selector, 400);
  await Promise.all([page.waitForNavigation(), page.keyboard.press(key)]);
}

/** Adds an item and takes it to its approval. */
async function item(page, title) {
  await page.goto(`${SESSION}/agenda`);
  await typeInto(page, '#title', title);
  await typeInto(page, '#note', 'De dienst licht het ontwerp toe.');
  await typeInto(page, '#draft', 'De commissie brengt een gunstig advies uit.');
  await hit(page, `form[action="${SESSION}/agenda"] button`);
  const link = await page.getByRole('link', { name: title, exact: true }).getAttribute('href');
  await hit(page, `a[href="${link}"]`);
  await hit(page, 'button[value="for_approval"]');
  await hit(page, 'button[value="approved"]');
}

const order = (page) => page.locator('[data-order] a').allInnerTexts();

/** From two items to a convocation; the second is moved before the first. */
async function prepare(stage) {
  const { check, open, at } = stage;
  at('2027-04-01T10:00');
  const page = await open(CLERK, `${SESSION}/agenda`);
  for (const title of TITLES) await item(page, title);
  await page.goto(`${SESSION}/agenda`);
  await hit(page, '[data-order] li:nth-child(2) button[value="up"]');
  check('keys: an item is moved up', (await order(page)).join() === [...TITLES].reverse().join(), (await order(page)).join());
  await page.keyboard.press('Tab');
  check('keys: and one goes on from where it stands now', await page.evaluate(() => document.activeElement.closest('li')?.matches('[data-order] li:first-child')));
  await hit(page, 'form[action$="/agenda/fix"] button');
  await page.goto(`${SESSION}/convocation`);
  await hit(page, `form[action="${SESSION}/convocation"] button`);
  check('keys: the committee is convened', await page.locator('main table tbody tr').count() === 10);
}

/** Everybody is ticked with the space bar; the session is opened, an item begun, voted on and ended, the session closed. */
async function sit(stage) {
  const { check, open, at } = stage;
  at('2027-04-13T18:55');
  const page = await open(CLERK, `${SESSION}/chamber`);
  const { reached, unseen, missed, left } = await walk(page);
  check(`keys: ${reached} controls of the chamber are reached, seen and left`, left && !unseen.length && !missed.length,
    `unseen: ${unseen.join(' | ')}; missed: ${missed.join(' | ')}; left: ${left}`);
  await page.reload();
  for (let place = 1; place <= 10; place += 1) {
    await tabTo(page, `#live-who li:nth-child(${place}) input`);
    await page.keyboard.press('Space');
  }
  await page.keyboard.press('Shift+Tab');
  for (let back = 0; back < 60 && !await page.evaluate(() => document.activeElement.matches('.together button[value="arrive_room"]')); back += 1) await page.keyboard.press('Shift+Tab');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  check('keys: nine are there', (await page.locator('.quorum').innerText()).includes('9 van de 9'), await page.locator('.quorum').innerText());
  await hit(page, 'button[value="open"]');
  await hit(page, 'section[aria-labelledby="agenda"] button[value="begin"]');
  await hit(page, 'section[aria-labelledby="put"] button[value="open"]');
  await tabTo(page, '.vote .marks input');
  await page.keyboard.press('ArrowRight');
  for (let back = 0; back < 20 && !await page.evaluate(() => document.activeElement.matches('button[value="rest for"]')); back += 1) await page.keyboard.press('Shift+Tab');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  await hit(page, 'button[value="declare"]');
  const said = await page.locator('section[aria-labelledby="held"] li').first().innerText();
  check('keys: a vote is recorded, with the mark that was set by an arrow', said.includes('Voor: 8, Tegen: 1'), said);
  await hit(page, 'button[value="end"]');
  await tabTo(page, 'details:has(button[value="close"]) > summary');
  await page.keyboard.press('Enter');
  await tabTo(page, 'input[name="leaving"]');
  await page.keyboard.press('Space');
  await hit(page, 'button[value="close"]');
  check('keys: the session is closed', (await page.locator('.statement').innerText()).includes('Zitting gesloten'));
}

/** Holds the session of a committee with keys alone. */
export async function keys(stage) {
  await prepare(stage);
  await sit(stage);
}

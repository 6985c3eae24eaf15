// What a clerk does in the chamber: who is there, items, votes, doors and screens.

import { CLERK } from './cast.mjs';
import { fill, press, pressAt, words } from './hands.mjs';

/** Opens the cockpit. */
export const cockpit = (stage, session) => stage.open(CLERK, `${session}/chamber`);

/** Ticks members by their names and writes them down together: `In de zaal`, `Op afstand, gezien en gehoord`. */
export async function arrive(page, names, how = 'In de zaal') {
  for (const name of names) await page.locator('#live-who li').filter({ has: page.locator('strong', { hasText: name }) }).locator('[name="member"]').check();
  await pressAt(page, page.locator('.together').getByRole('button', { name: how }).first());
}

/** Writes something about one member down, such as `Verbinding weg`. */
export const note = (page, name, what) => pressAt(page, page.getByRole('button', { name: `${what}: ${name}`, exact: true }));

/** Begins the item with this number and title. */
export const begin = (page, title) => pressAt(page, page.getByRole('button', { name: `Beginnen: ${title}`, exact: true }));

/** Ends the item that is treated. */
export async function end(page, fields = {}) {
  await fill(page, fields);
  await press(page, 'Punt beëindigen');
}

/** Marks votes by name, gives all others one answer, and declares. */
export async function voteByName(page, marks = {}, rest = 'Voor') {
  for (const [name, answer] of Object.entries(marks)) {
    const row = page.locator('.vote li').filter({ has: page.locator('strong', { hasText: name }) });
    await row.getByText(answer, { exact: true }).click();
  }
  await press(page, rest, page.locator('.vote'));
  await press(page, 'Uitslag vaststellen');
}

/** Enters what was counted from the box, after everybody in the room handed in a ballot. */
export async function voteOnPaper(page, counts) {
  await press(page, 'Ieder in de zaal gaf af');
  await fill(page, Object.fromEntries(Object.entries(counts).map(([answer, count]) => [`count-${answer}`, String(count)])));
  await press(page, 'Uitslag vaststellen');
}

/** Treats an item in the open: a show of hands, all in favour, and a decision. */
export async function treat(page, title) {
  await begin(page, title);
  await press(page, 'Stemming openen');
  await voteByName(page);
  await end(page);
}

/** Closes the session. */
export async function close(page) {
  await page.locator('summary', { hasText: 'Zitting sluiten' }).click();
  await press(page, 'Zitting sluiten');
}

/** The newest vote that was held, in words. */
export const lastVote = (page) => page.locator('section[aria-labelledby="held"] li').first().innerText();

/** The count of those present, in words. */
export const quorum = (page) => page.locator('.quorum').innerText();

/** Whether the statement on top says this. */
export const says = async (page, text) => (await words(page)).includes(text);

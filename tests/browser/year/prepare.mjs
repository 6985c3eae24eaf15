// What a clerk does before a session: items, their approval, documents, the agenda, the convocation.

import { CLERK } from './cast.mjs';
import { fill, press, pressAt, words } from './hands.mjs';

/** Adds an item and takes it through approval; resolves with its address. */
export async function item(stage, session, fields) {
  const page = await stage.open(CLERK, `${session}/agenda`);
  const form = page.locator(`form[action="${session}/agenda"]`);
  await fill(page, { note: 'De dienst licht het voorstel toe.', draft: 'De raad keurt het voorstel goed.', ...fields }, form);
  await press(page, 'Agendapunt toevoegen', form);
  return approve(stage, session, fields.internal_title ?? fields.title);
}

/** Takes an item of an agenda to its approval; resolves with its address. */
export async function approve(stage, session, title) {
  const page = await stage.open(CLERK, `${session}/agenda`);
  await Promise.all([page.waitForNavigation(), page.getByRole('link', { name: title, exact: true }).first().click()]);
  for (const step of ['Ter goedkeuring voorleggen', 'Goedkeuren']) {
    if (await page.getByRole('button', { name: step, exact: true }).count()) await press(page, step);
  }
  stage.check(`year: "${title}" is approved`, await page.locator('.head .pill').innerText() === 'Goedgekeurd',
    await words(page));
  return new URL(page.url()).pathname;
}

/** Uploads a document with an item, or with the session, and approves it. */
export async function document(stage, session, { name, buffer, ...fields }) {
  const page = await stage.open(CLERK, `${session}/documents`);
  const form = page.locator('form:has(#files)');
  await page.setInputFiles('#files', { name, mimeType: 'application/pdf', buffer });
  await fill(page, fields, form);
  await press(page, 'Stukken toevoegen', form);
  return page;
}

/** Fixes the agenda; resolves with the number of the version. */
export async function fix(stage, session) {
  const page = await stage.open(CLERK, `${session}/agenda`);
  await press(page, 'Agenda vastleggen');
  return page.locator(`a[href^="${session}/agenda/"]`).count();
}

/** Seals the convocation and waits until each of those convened is reached; resolves with their number. */
export async function convene(stage, session, reason = '') {
  const page = await stage.open(CLERK, `${session}/convocation`);
  await fill(page, { urgent_reason: reason });
  await press(page, 'Leden oproepen');
  await reached(page);
  return page.locator('main table').first().locator('tbody tr').count();
}

/** Reads the page of the convocation again until nobody waits for their mail. */
async function reached(page) {
  for (let tries = 0; tries < 100 && await page.locator('main table').first().getByText('Wacht', { exact: true }).count(); tries += 1) {
    await page.reload();
  }
}

/** Publishes a document of a session, a corrected one with a reason. */
export async function publish(stage, session, name, reason) {
  const page = await stage.open(CLERK, `${session}/after`);
  const row = page.locator('section[aria-labelledby="published"] li').filter({ has: page.locator('strong', { hasText: name }) }).first();
  if (reason) await row.locator('[name="reason"]').fill(reason);
  await pressAt(page, row.locator('button').first());
  return page;
}

// The municipality is set up in its pages: rooms, the clerk, what each body is in law, its term and its members.

import { ADMIN, BODIES, CLERK, COUNCIL, FAR, MEMBER, csv } from './cast.mjs';
import { fill, press, pressAt, words } from './hands.mjs';

/** The administrator, two rooms, and a clerk who is invited by mail. */
async function house(stage) {
  const { check, town, open, account } = stage;
  await account(ADMIN, town.link);
  for (const [name, capacity, hybrid] of [['Raadzaal', 120, true], ['Collegezaal', 16, false]]) {
    const page = await open(ADMIN, '/manage/rooms/new');
    await fill(page, { name, capacity: String(capacity), hybrid });
    await page.locator('main form button').last().click();
    await page.waitForURL('**/manage/rooms/*za*');
  }
  const page = await open(ADMIN, '/manage/people/add');
  await fill(page, { name: 'Griet Maes', email: CLERK });
  await pressAt(page, 'main form .actions button');
  await page.locator('details:has([name="role"]) > summary').click();
  await page.check('[name="role"][value="clerk"]');
  await pressAt(page, 'form[action$="/roles"] button');
  await invite(stage, CLERK);
  check('year: the clerk is at work', (await words(await open(CLERK, '/council'))).includes('Gemeenteraad'));
}

/** The administrator invites somebody of the directory, who chooses a password by the link in the mail. */
async function invite({ open, account }, email) {
  const page = await open(ADMIN, `/manage/people?find=${encodeURIComponent(email)}`);
  const path = await page.locator('main a[href^="/manage/people/"]').evaluateAll((all) => all
    .map((link) => link.getAttribute('href')).find((href) => /[0-9a-f-]{36}$/.test(href)));
  await page.goto(path);
  await pressAt(page, 'form[action$="/link"] button');
  await account(email);
}

/** What a body is in law, its term, and its members from a list. */
async function body(stage, { slug, kind, seats, hybrid, closed }, listed) {
  const { check, open, shot } = stage;
  const page = await open(CLERK, `/council/bodies/${slug}`);
  if (listed === 0) await shot(page, 'body-fresh');
  await page.goto(`/council/bodies/${slug}/rules`);
  await fill(page, { kind: `BE-VLG/${kind}` });
  if (closed) await fill(page, { closed_list: true });
  if (hybrid) {
    await fill(page, {
      mode_hybrid: true, mode_digital: true, mode_decided_by: 'voorzitter', lost_grace_s: '60',
      circumstances: 'Overmacht waardoor leden de raadzaal niet kunnen bereiken',
      remote_name: 'Meersen Meet', remote_how: 'Open de link en wacht tot de voorzitter u toelaat.',
      join_url: 'https://meet.oudermeersch.example/raad', fallback_phone: '+32 9 999 00 00',
      stream_url: 'https://stream.oudermeersch.example/raad', fee_cents: '20000',
    });
  }
  await press(page, 'Bewaren');
  await fill(page, { term: '2025-2030', starts: '2025-01-01', ends: '2030-12-31', seats: String(seats.length) });
  await press(page, 'Bestuursperiode toevoegen');
  await page.goto(`/council/bodies/${slug}/members/import`);
  await page.setInputFiles('#file', { name: 'leden.csv', mimeType: 'text/csv', buffer: Buffer.from(csv({ slug, seats })) });
  await pressAt(page, 'form:has(#file) button');
  const said = await words(page);
  check(`year: the list of ${slug} is read before it is taken over`, said.includes(`Kloppen: ${seats.length + 1}`), said);
  if (listed === 0) await shot(page, 'members-import');
  await press(page, 'De goede regels overnemen');
  const rows = await page.locator('table tbody tr').count();
  check(`year: the members of ${slug} sit`, rows === seats.length + 1
    && (await words(page)).includes(`Zetels: ${seats.length}, waarvan bezet: ${seats.length}.`), String(rows));
  if (listed === 0) await shot(page, 'body-seated');
}

/** Sets up everything that stands before the year begins. */
export async function found(stage) {
  await house(stage);
  for (const [listed, one] of BODIES.entries()) await body(stage, one, listed);
  for (const one of [...COUNCIL.slice(0, 12), MEMBER, ...FAR]) await invite(stage, one.email);
  const page = await stage.open(CLERK, '/council');
  await stage.shot(page, 'council');
  stage.check('year: no body waits to be set up', await page.getByText('nog in te stellen').count() === 0);
  stage.check('year: thirty-five are elected', COUNCIL.length === 35);
}

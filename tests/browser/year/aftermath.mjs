// After a session: what was decided is published, the minutes go to the members, are remarked, corrected, approved by
// the next session, signed and published.

import { CLERK, MEMBER } from './cast.mjs';
import { cockpit } from './chamber.mjs';
import { deadLinks, fill, press, pressAt, refusal, words } from './hands.mjs';
import { publish } from './prepare.mjs';

const REMARK = 'Bij punt 1 vroeg ik ook naar de verkeersborden.';

/** Publishes the decisions and puts the draft minutes at the disposal of the members; one remarks, the clerk corrects. */
export async function offered(stage, session) {
  const { check, open, shot } = stage;
  await publish(stage, session, 'Lijst van besluiten');
  await publish(stage, session, 'Uittreksel: Reglement op de speelstraten');
  let page = await publish(stage, session, 'Reglement, volledige tekst');
  check('year: decisions are published', await refusal(page) === '', await refusal(page));
  await press(page, 'Ter beschikking van de leden stellen');
  check('year: of the closed item nothing is offered for publication', !(await words(page)).includes('Uittreksel: Personeelszaak'));
  await shot(page, 'after');
  page = await open(MEMBER.email, '/council');
  await page.locator('section[aria-labelledby="minutes"] a').first().click();
  await page.waitForURL('**/minutes');
  await fill(page, { text: REMARK });
  await press(page, 'Opmerking maken');
  const mine = await page.locator('section[aria-labelledby="mine"]').innerText();
  check('year: a member remarks on the minutes, and sees what becomes of it', mine.includes(REMARK) && mine.includes('te beantwoorden'), mine);
  await shot(page, 'member-minutes');
  check('year: no link of the minutes leads a member nowhere', await deadLinks(page) === '', await deadLinks(page));
  page = await open(CLERK, `${session}/after`);
  check('year: the clerk reads the remark', (await words(page)).includes(REMARK));
  await pressAt(page, page.getByRole('button', { name: `Overgenomen: ${MEMBER.name}`, exact: true }));
  page = await cockpit(stage, session);
  const item = page.locator('section[aria-labelledby="agenda"] li').first();
  await item.locator('summary').click();
  await item.locator('textarea').fill('De schepen licht het reglement toe. Een raadslid vraagt naar de verkeersborden.');
  await shot(page, 'correct-minutes');
  await press(page, 'Samenvatting bewaren', item);
  await page.goto(`${session}/after`);
  await press(page, 'Verbeterde notulen ter beschikking stellen');
  check('year: the corrected minutes are at hand', (await words(page)).includes('vraagt naar de verkeersborden'), await words(page));
}

/** Publishes the decisions of a session and puts its minutes at the disposal of the members. */
export async function put(stage, session) {
  const page = await publish(stage, session, 'Lijst van besluiten');
  await press(page, 'Ter beschikking van de leden stellen');
  const said = await refusal(page);
  stage.check(`year: the decisions of ${session.split('/').pop()} are published`, said === '', said);
}

/** Before the next session has said so, nothing is approved. */
export async function tooEarly(stage, session) {
  const page = await stage.open(CLERK, `${session}/after`);
  await press(page, 'Goedkeuring door de volgende zitting noteren');
  const said = await refusal(page);
  stage.check('year: minutes are approved by the next session alone', said.includes('art. 32'), said);
}

/** What the next session approved is signed and published. */
export async function approved(stage, session) {
  const { check, open, shot } = stage;
  const page = await open(CLERK, `${session}/after`);
  await press(page, 'Goedkeuring door de volgende zitting noteren');
  await press(page, 'Handtekening van de voorzitter noteren');
  await press(page, 'Handtekening van de algemeen directeur noteren');
  await publish(stage, session, 'Notulen');
  check('year: the minutes are signed and published', (await words(page)).includes('Notulen goedgekeurd')
    && await refusal(page) === '', await refusal(page));
  await shot(page, 'minutes-published');
}

// Too few come: the session is not held. Its members are convened a second time, with all that stood on the agenda, and
// then decide whatever their number.

import { CLERK, COUNCIL, pdf } from './cast.mjs';
import { arrive, begin, close, cockpit, end, lastVote, quorum, voteByName } from './chamber.mjs';
import { fill, press, pressAt, refusal, words } from './hands.mjs';
import { convene, document, fix, item, publish } from './prepare.mjs';

const FEW = COUNCIL.slice(0, 10).map((one) => one.name).concat('Lieve Verhaegen');
const MATTER = 'Samenwerking met het lokaal dienstencentrum';

/** The agenda with a document; everybody is convened. */
async function prepare(stage, session) {
  const { open, at } = stage;
  at('2027-04-14T10:00');
  const page = await open(CLERK, `${session}/agenda`);
  await press(page, 'Goedkeuring van de notulen toevoegen');
  const matter = await item(stage, session, { title: MATTER });
  await document(stage, session, { name: 'overeenkomst.pdf', buffer: pdf('Overeenkomst'), item: matter.split('/').pop() });
  await page.locator('[name="document"]').check();
  await press(page, 'Goedkeuren');
  await fix(stage, session);
  await convene(stage, session);
  await publish(stage, session, 'Agenda');
}

/** Ten of thirty-five wait; the clerk writes down that the session is not held. */
async function inVain(stage, session) {
  const { check, open, shot, at } = stage;
  at('2027-04-26T19:20');
  const page = await cockpit(stage, session);
  await arrive(page, FEW);
  await press(page, 'Zitting openen');
  check('year: ten of thirty-five cannot open a session', (await refusal(page)).includes('art. 26'), await refusal(page));
  await shot(page, 'too-few');
  await press(page, 'Te weinig leden: niet openen');
  await open(CLERK, session);
  check('year: the session was not quorate', await page.locator('.head .pill').innerText() === 'Te weinig leden', await words(page));
  await shot(page, 'not-quorate');
  // The welfare council would have followed in the same room.
  await page.goto(session.replace('gemeenteraad', 'raad-voor-maatschappelijk-welzijn'));
  await page.locator('summary', { hasText: 'Zitting afgelasten' }).click();
  await fill(page, { reason: 'De gemeenteraad was niet in aantal; beide raden komen later samen.' });
  await press(page, 'Zitting afgelasten');
}

/** From the session that was not held to the one after a second convocation; resolves with its address. */
async function again(stage, session) {
  const { check, open, shot, at } = stage;
  at('2027-04-27T09:00');
  const page = await open(CLERK, session);
  await Promise.all([page.waitForNavigation(), page.getByRole('link', { name: 'Verder' }).click()]);
  check('year: the plan knows what it follows', await page.locator('[name="previous"]').inputValue() === session.split('/').pop());
  await fill(page, { start: '2027-05-06T19:00', room: 'raadzaal' });
  await shot(page, 'plan-second');
  await press(page, 'Zitting plannen');
  const second = new URL(page.url()).pathname;
  await page.goto(`${second}/agenda`);
  const came = await words(page);
  check('year: all that stood on the agenda came along', came.includes(MATTER) && came.includes('Notulen van de zitting'), came);
  await page.goto(`${second}/documents`);
  check('year: with its document', await page.getByRole('link', { name: 'overeenkomst' }).count() === 1);
  await fix(stage, second);
  check('year: everybody is convened a second time', await convene(stage, second) === 36);
  const letter = await page.goto(`${second}/convocation`).then(() => page.locator('pre').first().textContent());
  check('year: the letter says that it is the second time', letter.includes('tweede oproeping'), letter);
  await publish(stage, second, 'Agenda');
  await page.goto(session);
  await Promise.all([page.waitForNavigation(), page.getByRole('link', { name: 'Verder' }).click()]);
  check('year: the first leads to the second', new URL(page.url()).pathname === second);
  return second;
}

/** Ten are enough now. */
async function sit(stage, second) {
  const { check, shot, at } = stage;
  at('2027-05-06T18:55');
  const page = await cockpit(stage, second);
  await arrive(page, FEW);
  await press(page, 'Zitting openen');
  check('year: after the second convocation ten may decide', (await quorum(page)).includes('hoeveel leden er ook zijn'), await quorum(page));
  await shot(page, 'second-time');
  await pressAt(page, page.getByRole('button', { name: /^Beginnen: 1\. Notulen/ }));
  await end(page);
  await begin(page, `2. ${MATTER}`);
  await press(page, 'Stemming openen');
  await voteByName(page, { [COUNCIL[9].name]: 'Tegen' });
  check('year: and they do', (await lastVote(page)).includes('Voor: 9, Tegen: 1'), await lastVote(page));
  await end(page);
  await close(page);
}

/** Plays the session without quorum and its second convocation; resolves with the address of the latter. */
export async function second(stage, session) {
  await prepare(stage, session);
  await inVain(stage, session);
  const address = await again(stage, session);
  await sit(stage, address);
  return address;
}

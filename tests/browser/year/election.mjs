// A convened session is moved, which breaks a term; a matter put off before comes back; a delegate is elected in two
// rounds, in secret.

import { CLERK, COUNCIL } from './cast.mjs';
import { arrive, begin, close, cockpit, end, lastVote, treat, voteOnPaper } from './chamber.mjs';
import { fill, press, pressAt, refusal, words } from './hands.mjs';
import { approve, convene, fix, item, publish } from './prepare.mjs';

const DELEGATE = 'Aanduiding van een afgevaardigde bij Meersenwater';
const PUT_OFF = 'Verkoop van de oude kazerne';
const CANDIDATES = ['Veerle Cools', 'Driss Ben Haddou', 'Ilse Ooms'];
const WATER_DAMAGE = 'De raadzaal is door waterschade niet beschikbaar op de eerste datum.';

/** The agenda: what was put off at an earlier session, and an election. */
async function prepare(stage, session, earlier) {
  const { check, open, shot, at } = stage;
  at('2027-05-17T10:00');
  const page = await open(CLERK, `${earlier}/agenda`);
  await Promise.all([page.waitForNavigation(), page.getByRole('link', { name: PUT_OFF, exact: true }).click()]);
  await shot(page, 'put-off');
  await fill(page, { session: session.split('/').pop() });
  await press(page, 'Opnieuw agenderen');
  await approve(stage, session, PUT_OFF);
  await page.goto(`${session}/agenda`);
  await press(page, 'Goedkeuring van de notulen toevoegen');
  await item(stage, session, { title: DELEGATE, secret: true });
  await fix(stage, session);
  check('year: the session of the election is convened', await convene(stage, session) === 36);
  await publish(stage, session, 'Agenda');
}

/** Moves it by three days when there is no time left to convene for them. */
async function move(stage, session) {
  const { check, open, shot, at } = stage;
  at('2027-05-27T10:00');
  const page = await open(CLERK, session);
  await Promise.all([page.waitForNavigation(), page.getByRole('link', { name: 'Zitting verplaatsen' }).click()]);
  check('year: the welfare council of that evening is named', (await words(page)).includes('Raad voor maatschappelijk welzijn, ma 31 mei 2027 21:00'), await words(page));
  await fill(page, { start: '2027-06-03T19:00' });
  await press(page, 'Eerst bekijken');
  const breaks = await page.locator('.notice.warn').allInnerTexts();
  check('year: one sees which terms it breaks, with their articles', breaks.join(' ').includes('art. 20'), breaks.join(' '));
  await shot(page, 'move-breaks');
  await press(page, 'Zitting verplaatsen');
  check('year: without a reason it stays where it is', (await refusal(page)).includes('art. 20'), await refusal(page));
  await fill(page, { reason: WATER_DAMAGE });
  await press(page, 'Zitting verplaatsen');
  check('year: it has moved, and must be convened anew', (await words(page)).includes('Leg de agenda opnieuw vast'), await words(page));
  await fix(stage, session);
  await open(CLERK, `${session}/convocation`);
  await press(page, 'Leden oproepen');
  check('year: too late without urgency', (await refusal(page)).includes('art. 20'), await refusal(page));
  check('year: the members are convened for reasons of urgency', await convene(stage, session, WATER_DAMAGE) === 36);
  await shot(page, 'convened-again');
  await publish(stage, session, 'Agenda', 'De zitting is verplaatst.');
  // The welfare council goes along.
  await page.goto(session.replace('gemeenteraad', 'raad-voor-maatschappelijk-welzijn').concat('/move'));
  await fill(page, { start: '2027-06-03T21:00' });
  await press(page, 'Zitting verplaatsen');
  check('year: the welfare council moves too', (await words(page)).includes('do 3 jun 2027 21:00'), await words(page));
}

/** Nobody has more than half in the first round; the second is between the best two. */
async function elect(stage, session) {
  const { check, shot, look, at } = stage;
  at('2027-06-03T18:55');
  const page = await cockpit(stage, session);
  await arrive(page, COUNCIL.slice(0, 21).map((one) => one.name).concat('Lieve Verhaegen'));
  await press(page, 'Zitting openen');
  await begin(page, '1. Notulen van de zitting van donderdag 6 mei 2027');
  await end(page);
  await treat(page, `2. ${PUT_OFF}`);
  await begin(page, `3. ${DELEGATE}`);
  await page.locator('summary', { hasText: 'Kandidaten' }).click();
  await fill(page, { subject: 'Aanduiding van de afgevaardigde', majority: 'elect', candidates: CANDIDATES.join('\n') });
  await shot(page, 'election');
  await press(page, 'Stemming openen');
  await voteOnPaper(page, { 'candidate-0': 9, 'candidate-1': 8, 'candidate-2': 4 });
  check('year: nobody has more than half', (await lastVote(page)).includes(`tweede ronde tussen ${CANDIDATES[0]} en ${CANDIDATES[1]}`), await lastVote(page));
  await shot(page, 'first-round');
  await press(page, 'Tweede ronde openen');
  await look(page, 'second-round');
  await voteOnPaper(page, { 'candidate-0': 10, 'candidate-1': 11 });
  check('year: one is elected in the second round', (await lastVote(page)).includes(`Verkozen: ${CANDIDATES[1]}`), await lastVote(page));
  await end(page);
  await close(page);
  await page.goto(`${session}/after`);
  const minutes = await page.locator('pre').first().textContent();
  check('year: the minutes say who was elected, and nobody how others voted', minutes.includes(`Verkozen: ${CANDIDATES[1]}`) && !/Geheime stemming[^]*Stemden voor/.test(minutes), minutes);
}

/** Plays the session of the election; `earlier` put a matter off. */
export async function election(stage, session, earlier) {
  await prepare(stage, session, earlier);
  await move(stage, session);
  await elect(stage, session);
}

// A hybrid session: why it is one, what is ready, who is seen and heard, a vote on devices in which a line breaks.

import { CLERK, COUNCIL, FAR, MEMBER } from './cast.mjs';
import { arrive, begin, close, cockpit, end, lastVote, note, quorum } from './chamber.mjs';
import { deadLinks, fill, press, pressAt, refusal, words } from './hands.mjs';
import { convene, fix, item, publish } from './prepare.mjs';

const [STAYS, BREAKS] = FAR;
/** In the room with a device, and without one. */
export const DEVICES = COUNCIL.slice(0, 12);
const BARE = COUNCIL.slice(12, 16);

/** The way of meeting, the agenda, what must be ready, the test calls. */
async function prepare(stage, session) {
  const { check, open, shot, at } = stage;
  at('2027-03-08T10:00');
  const page = await open(CLERK, session);
  await page.getByRole('link', { name: 'Wijze van vergaderen wijzigen' }).click();
  await page.waitForURL('**/mode');
  await fill(page, { mode: 'hybrid' });
  await press(page, 'Bewaren');
  check('year: hybrid asks for a circumstance and a reason', (await refusal(page)).includes('Kies de omstandigheid'), await refusal(page));
  await shot(page, 'mode');
  await fill(page, { circumstance: 'Overmacht waardoor leden de raadzaal niet kunnen bereiken', mode_reason: 'IJzel: twee deelgemeenten zijn afgesloten.' });
  await press(page, 'Bewaren');
  await page.goto(`${session}/agenda`);
  await press(page, 'Goedkeuring van de notulen toevoegen');
  await item(stage, session, { title: 'Aanleg van een fietsstraat' });
  await item(stage, session, { title: 'Verkoop van de oude kazerne' });
  await fix(stage, session);
  await page.goto(`${session}/ready`);
  for (const what of ['room', 'kit', 'stream', 'fallback_phone']) await pressAt(page, `form:has([value="${what}"]) button[value="done"]`);
  await fill(page, { at: '2027-03-18T14:00' });
  await press(page, 'Testgesprekken plannen');
  await shot(page, 'ready');
  check('year: the hybrid session is convened', await convene(stage, session) === 36);
  const letter = await page.goto(`${session}/convocation`).then(() => page.locator('pre').first().textContent());
  check('year: the letter says why, with what and when it is tried', ['IJzel', 'Meersen Meet', 'Testgesprek'].every((word) => letter.includes(word)), letter);
  await publish(stage, session, 'Agenda');
  at('2027-03-18T14:20');
  await open(CLERK, `${session}/ready`);
  for (const far of FAR) await pressAt(page, page.getByRole('button', { name: `Beeld en klank goed: ${far.name}` }));
}

/** Everybody comes, two of them from elsewhere: they count once they are seen and heard. */
async function gather(stage, session) {
  const { check, open, shot, at } = stage;
  at('2027-03-22T18:50');
  const page = await cockpit(stage, session);
  await arrive(page, [...DEVICES, ...BARE, MEMBER].map((one) => one.name).concat('Lieve Verhaegen'));
  for (const far of FAR) {
    const theirs = await open(far.email, '/council');
    await theirs.getByRole('link', { name: /^Deelnemen of afmelden/ }).first().click();
    await theirs.waitForURL('**/take-part');
    if (far === STAYS) check('year: no link leads those who take part nowhere', await deadLinks(theirs) === '', await deadLinks(theirs));
    await press(theirs, 'Ik neem deel op afstand');
    if (far === STAYS) await shot(theirs, 'take-part-unseen');
  }
  await page.reload();
  check('year: unseen they do not count', (await quorum(page)).includes('17 van de 35'), await quorum(page));
  for (const far of FAR) await note(page, far.name, 'Gezien en gehoord');
  check('year: seen and heard they do', (await quorum(page)).includes('19 van de 35 leden aanwezig: 17 in de zaal, 2 op afstand'), await quorum(page));
  await press(page, 'Zitting openen');
  await pressAt(page, '#s-stream');
  await begin(page, '1. Notulen van de zitting van maandag 22 februari 2027');
  await end(page);
  return page;
}

/** A member votes on their own device. */
async function vote(stage, session, member, choice) {
  const page = await stage.open(member.email, `${session}/take-part`);
  await press(page, choice);
  return page;
}

/** A vote on devices; the line of one breaks before they have voted, and their time of grace runs out. */
async function onDevices(stage, session, page) {
  const { check, shot, look, at, windowOf } = stage;
  await begin(page, '2. Aanleg van een fietsstraat');
  await fill(page, { kind: 'electronic' });
  await press(page, 'Stemming openen');
  const cut = await stage.open(BREAKS.email, `${session}/take-part`);
  await cut.context().setOffline(true);
  await note(page, BREAKS.name, 'Verbinding weg');
  check('year: within the time of grace they are still present', (await quorum(page)).includes('19 van de 35'), await quorum(page));
  const theirs = await vote(stage, session, STAYS, 'Tegen');
  check('year: one reads how one voted', (await words(theirs)).includes('Uw stem: Tegen'), await words(theirs));
  await look(theirs, 'take-part-voted');
  const voters = [...DEVICES, MEMBER];
  for (let next = 0; next < voters.length; next += 2) await Promise.all(voters.slice(next, next + 2).map((one) => vote(stage, session, one, 'Voor')));
  at('2027-03-22T19:12');
  await page.reload();
  check('year: then they have left, and the count says so', (await quorum(page)).includes('18 van de 35 leden aanwezig: 17 in de zaal, 1 op afstand'), await quorum(page));
  await look(page, 'line-lost');
  await press(page, 'Uitslag vaststellen');
  check('year: four in the room have said nothing', (await refusal(page)).includes('Nog 4 aanwezige leden'), await refusal(page));
  await page.locator('summary', { hasText: 'Noteren voor wie geen toestel heeft' }).click();
  for (const one of BARE) await page.locator('.vote details li').filter({ has: page.locator('strong', { hasText: one.name }) }).getByText('Voor', { exact: true }).click();
  await shot(page, 'without-device');
  await press(page, 'Noteren', page.locator('.vote details').first());
  await press(page, 'Uitslag vaststellen');
  check('year: the vote is declared without the one who dropped out', (await lastVote(page)).includes('Voor: 17, Tegen: 1'), await lastVote(page));
  await end(page);
  const back = await windowOf(BREAKS.email);
  await back.context().setOffline(false);
  await back.goto(`${session}/take-part`);
  await press(back, 'Ik neem deel op afstand');
  await page.reload();
  await note(page, BREAKS.name, 'Gezien en gehoord');
  check('year: who comes back counts again', (await quorum(page)).includes('19 van de 35'), await quorum(page));
}

/** Plays the hybrid session. */
export async function hybrid(stage, session) {
  await prepare(stage, session);
  const page = await gather(stage, session);
  await onDevices(stage, session, page);
  await begin(page, '3. Verkoop van de oude kazerne');
  await fill(page, { outcome: 'postponed' });
  await end(page);
  await close(page);
}

// A session in the room, from its agenda to its decisions: a member's item in time and one too late, one that cannot
// wait, one behind closed doors.

import { CLERK, COUNCIL, MEMBER, SECRET, pdf } from './cast.mjs';
import { arrive, begin, close, cockpit, end, lastVote, quorum, treat, voteByName, voteOnPaper } from './chamber.mjs';
import { deadLinks, fill, press, pressAt, refusal, words } from './hands.mjs';
import { convene, document, fix, item, publish } from './prepare.mjs';

const CLOSED = `Evaluatie van het diensthoofd (${SECRET})`;

/** The agenda, its documents, the convocation, the publication. */
async function prepare(stage, session) {
  const { check, open, shot, at } = stage;
  at('2027-02-08T10:00');
  await shot(await open(CLERK, '/council'), 'council-todo');
  const start = await open(CLERK, session);
  await shot(start, 'session');
  check('year: no link of a session leads its clerk nowhere', await deadLinks(start) === '', await deadLinks(start));
  const regulation = await item(stage, session, { title: 'Reglement op de speelstraten', regulation: true, planned_min: '15' });
  await item(stage, session, { title: 'Aankoop van een perceel voor een speelbos' });
  const closed = await item(stage, session, {
    title: 'Personeelszaak: evaluatie', internal_title: CLOSED, ground: 'privacy', secret: true,
    note: `Het verslag ${SECRET} ligt in het dossier.`, draft: `De raad bevestigt de evaluatie ${SECRET}.`,
  });
  await shot(await open(CLERK, closed), 'item');
  await shot(await open(CLERK, `${session}/agenda`), 'agenda');
  const id = (path) => path.split('/').pop();
  await document(stage, session, { name: 'speelstraten.pdf', buffer: pdf('Plan van de speelstraten'), item: id(regulation), access: 'public' });
  const page = await document(stage, session, { name: 'evaluatie.pdf', buffer: pdf(`Evaluatie ${SECRET}`), item: id(closed) });
  for (const box of await page.locator('[name="document"]').all()) await box.check();
  await press(page, 'Goedkeuren');
  check('year: both documents are approved', await page.locator('.pill', { hasText: 'Goedgekeurd' }).count() === 2);
  await shot(page, 'documents');
  check('year: the agenda is fixed', await fix(stage, session) === 1);
  const convened = await convene(stage, session);
  check('year: thirty-five and the director are convened and reached', convened === 36
    && (await words(page)).includes('Elk lid is bereikt'), String(convened));
  await shot(page, 'convened');
  await page.goto(session);
  check('year: what comes next is the publication', (await words(page)).includes('Maak nu de agenda bekend'));
  await publish(stage, session, 'Agenda');
  await page.goto(session);
  check('year: and then the hour itself', (await words(page)).includes('Op het uur zelf opent u de zitting'));
}

/** A member hands an item in in time, and another too late. */
async function members(stage, session) {
  const { check, open, shot, at } = stage;
  at('2027-02-16T20:00');
  let page = await open(MEMBER.email, '/council');
  await shot(page, 'member-home');
  await page.getByRole('link', { name: /^Agendapunt indienen Gemeenteraad/ }).first().click();
  await fill(page, { title: 'Veilige oversteekplaats aan de school', note: 'Elke ochtend steken tweehonderd kinderen over.',
    draft: 'De gemeenteraad vraagt het college een oversteekplaats aan te leggen.' });
  await press(page, 'Agendapunt indienen');
  const mine = await page.locator('section[aria-labelledby="mine"]').innerText();
  check('year: a member hands an item in, and sees how far it is', mine.includes('Veilige oversteekplaats') && mine.includes('Goedgekeurd'), mine);
  await page.goto(`${session}/file`);
  await shot(page, 'member-file');
  check('year: no link of their file leads a member nowhere', await deadLinks(page) === '', await deadLinks(page));
  at('2027-02-17T09:00');
  page = await open(CLERK, '/council');
  check('year: the clerk sees that an item came in', (await words(page)).includes('Nieuw punt: leg de agenda opnieuw vast'));
  await fix(stage, session);
  check('year: it goes to the members as a supplement', await convene(stage, session) === 36);
  await publish(stage, session, 'Agenda', 'Een punt van een raadslid kwam erbij.');
  at('2027-02-18T09:00');
  page = await open(MEMBER.email, `${session}/submit`);
  await fill(page, { title: 'Gratis bus voor jongeren', note: 'Jongeren nemen te weinig de bus.', draft: 'De raad vraagt een onderzoek.' });
  await press(page, 'Agendapunt indienen');
  const said = await refusal(page);
  check('year: a late item is refused with its article', said.includes('art. 21') && said.includes('17 feb 2027'), said);
  await shot(page, 'member-late');
}

/** The evening itself. */
async function sit(stage, session) {
  const { check, shot, look, at } = stage;
  at('2027-02-22T18:55');
  let page = await cockpit(stage, session);
  await shot(page, 'chamber-before');
  await press(page, 'Zitting openen');
  check('year: without a chair it is not opened', (await refusal(page)).includes('De voorzitter is er niet'), await refusal(page));
  await arrive(page, [...COUNCIL.slice(0, 29).map((one) => one.name), 'Lieve Verhaegen']);
  check('year: twenty-nine are in the room', (await quorum(page)).includes('29 van de 35'), await quorum(page));
  await press(page, 'Zitting openen');
  await begin(page, '1. Reglement op de speelstraten');
  await shot(page, 'item-begun');
  await fill(page, { kind: 'roll_call' });
  await press(page, 'Stemming openen');
  await look(page, 'vote');
  await voteByName(page, { [COUNCIL[3].name]: 'Tegen', [COUNCIL[8].name]: 'Tegen', [COUNCIL[13].name]: 'Onthouding' });
  check('year: the roll call is counted', (await lastVote(page)).includes('Voor: 26, Tegen: 2, Onthouding: 1'), await lastVote(page));
  await end(page, { summary: 'De schepen licht het reglement toe.' });
  await treat(page, '2. Aankoop van een perceel voor een speelbos');
  await treat(page, 'AP1. Veilige oversteekplaats aan de school');
  await urgent(stage, session);
  page = await behindClosedDoors(stage, session);
  await close(page);
  await shot(page, 'chamber-closed');
}

/** An item that cannot wait is added during the session, and admitted by two thirds. */
async function urgent(stage, session) {
  const { check, shot } = stage;
  await item(stage, session, { title: 'Herstel van de dijk na de stormnacht', section: 'urgent',
    urgent_reason: 'Uitstel zou onmiskenbaar nadeel geven: er komt opnieuw hoogwater.' });
  await fix(stage, session);
  const page = await cockpit(stage, session);
  await pressAt(page, page.getByRole('button', { name: /^Stemmen over hoogdringendheid/ }));
  await shot(page, 'urgency');
  await voteByName(page, { [COUNCIL[0].name]: 'Tegen' });
  check('year: two thirds admit the urgent item', (await lastVote(page)).includes('Hoogdringendheid aanvaard'), await lastVote(page));
  await treat(page, 'AP2. Herstel van de dijk na de stormnacht');
}

/** The closed item: refused until doors and screens are shut, then voted on in secret. */
async function behindClosedDoors(stage, session) {
  const { check, shot } = stage;
  const page = await cockpit(stage, session);
  await begin(page, `1. ${CLOSED}`);
  check('year: doors first', (await refusal(page)).includes('Sluit eerst de deuren'), await refusal(page));
  await pressAt(page, '#s-doors');
  await begin(page, `1. ${CLOSED}`);
  check('year: screens too', (await refusal(page)).includes('Zet eerst de schermen uit'), await refusal(page));
  await pressAt(page, '#s-screens');
  await begin(page, `1. ${CLOSED}`);
  await press(page, 'Stemming openen');
  await voteOnPaper(page, { for: 25, against: 2, abstain: 1 });
  check('year: a ballot too few is told', (await refusal(page)).includes('28 biljetten geteld en 29 afgegeven'), await refusal(page));
  await shot(page, 'paper');
  await fill(page, { 'count-for': '26' });
  await press(page, 'Uitslag vaststellen');
  check('year: the secret vote is declared', (await lastVote(page)).includes('Voor: 26, Tegen: 2'), await lastVote(page));
  await end(page);
  return page;
}

/** Plays the first session. */
export async function first(stage, session) {
  await prepare(stage, session);
  await members(stage, session);
  await sit(stage, session);
}

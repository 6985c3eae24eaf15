// A Friday of the college, which always meets behind closed doors: what is known of it is the list of what it decided.

import { CLERK, COUNCIL, SECRET } from './cast.mjs';
import { arrive, close, cockpit, treat } from './chamber.mjs';
import { press, refusal, words } from './hands.mjs';
import { convene, fix, item, publish } from './prepare.mjs';

const SESSION = '/council/sessions/college-van-burgemeester-en-schepenen-2027-03-26';
const TITLE = 'Vergunning voor het lentefeest op de markt';

/** The agenda and the convocation; nothing of either is for the public. */
async function prepare(stage) {
  const { check, open, at } = stage;
  at('2027-03-24T11:00');
  await item(stage, SESSION, { title: TITLE, note: `De politie gaf advies ${SECRET}.`, draft: `Het college verleent de vergunning ${SECRET}.` });
  await fix(stage, SESSION);
  check('year: the college and the director are convened', await convene(stage, SESSION) === 6);
  const page = await open(CLERK, `${SESSION}/after`);
  check('year: the agenda of a college is not offered for publication', !(await words(page)).includes('Agenda bekendmaken'), await words(page));
}

/** It meets and votes; what it decided is published, and nothing else of it. */
export async function college(stage) {
  const { check, open, shot, at, town } = stage;
  await prepare(stage);
  at('2027-03-26T08:55');
  let page = await cockpit(stage, SESSION);
  await arrive(page, [...COUNCIL.slice(1, 6).map((one) => one.name), 'Lieve Verhaegen']);
  await press(page, 'Zitting openen');
  check('year: the college meets', await refusal(page) === '', await refusal(page));
  await treat(page, `1. ${TITLE}`);
  await close(page);
  at('2027-03-30T10:00');
  page = await publish(stage, SESSION, 'Lijst van besluiten');
  check('year: the list of the college is published', await refusal(page) === '', await refusal(page));
  const address = `/zittingen/${SESSION.split('/').pop()}/besluitenlijst`;
  const list = await (await fetch(town.base_url + address)).text();
  check('year: it says what was decided, and that a vote adopted it', list.includes(TITLE) && list.includes('besluit:gevolg'), list);
  check('year: and nobody who voted, nor a word of the file', !list.includes('Voorstander') && !list.includes(SECRET), list);
  page = await open(null, address);
  await shot(page, 'public-college');
}

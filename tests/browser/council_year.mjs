// A year of a council, done by hand: from an empty municipality through its calendar, sessions, votes and minutes to what
// the public reads. Everything is pressed and typed in the pages, while the clock of the program is moved from day to day.

import { approved, offered, put, tooEarly } from './year/aftermath.mjs';
import { calendar } from './year/calendar.mjs';
import { college } from './year/college.mjs';
import { election } from './year/election.mjs';
import { first } from './year/first.mjs';
import { found } from './year/found.mjs';
import { hybrid } from './year/hybrid.mjs';
import { keys } from './year/keys.mjs';
import { everybody } from './year/public.mjs';
import { readers } from './year/readers.mjs';
import { second } from './year/second.mjs';
import { stage } from './year/stage.mjs';

export const about = 'calendar, a late item, urgency, closed doors, a line that breaks, no quorum, a move, two rounds, a college, minutes, the public';

export async function run(given) {
  const year = await stage(given, '2027-01-04T09:00');
  try {
    await found(year);
    const [winter, spring, april, may] = await calendar(year);
    await first(year, winter);
    year.at('2027-02-24T10:00');
    await offered(year, winter);
    await tooEarly(year, winter);
    await hybrid(year, spring);
    year.at('2027-03-24T10:00');
    await approved(year, winter);
    await put(year, spring);
    await college(year);
    await keys(year);
    const after = await second(year, april);
    year.at('2027-05-10T10:00');
    await approved(year, spring);
    await put(year, after);
    await election(year, may, spring);
    year.at('2027-06-04T10:00');
    await approved(year, after);
    await put(year, may);
    await everybody(year, [winter, spring, after, may]);
    await readers(year);
  } finally {
    await year.close();
  }
}

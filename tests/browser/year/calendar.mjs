// The year is planned: each body by its pattern, with what the law asks of each session, and booked.

import { CLERK } from './cast.mjs';
import { fill, press, words } from './hands.mjs';

const PATTERNS = [
  { slug: 'gemeenteraad', pattern: 'last', weekday: '0', time: '19:00', room: 'raadzaal', length_min: '150',
    joined: 'raad-voor-maatschappelijk-welzijn', after_min: '120', months: [7, 8], count: 9 },
  { slug: 'college-van-burgemeester-en-schepenen', pattern: 'weekly', weekday: '4', time: '09:00', room: 'collegezaal',
    length_min: '120', breaks: '', months: [], count: 44 },
  { slug: 'commissie-ruimte', pattern: '2', weekday: '1', time: '19:00', room: 'raadzaal', length_min: '90', months: [3, 5, 7, 8, 10, 12] },
  { slug: 'commissie-financien', pattern: '2', weekday: '2', time: '19:00', room: 'raadzaal', length_min: '90', months: [2, 4, 6, 7, 8, 9, 11] },
  { slug: 'commissie-samenleven', pattern: '2', weekday: '3', time: '19:00', room: 'raadzaal', length_min: '90', months: [3, 5, 7, 8, 10, 12] },
  { slug: 'bijzonder-comite-voor-de-sociale-dienst', pattern: '1', weekday: '2', time: '14:00', room: 'collegezaal', length_min: '90', months: [2, 4, 6, 7, 8, 10, 12] },
];

/** Asks what a pattern proposes, reads it, and books it. */
async function plan(stage, { slug, months, count, ...pattern }) {
  const { check, open, shot } = stage;
  const page = await open(CLERK, `/council/bodies/${slug}/year`);
  await fill(page, { from: '2027-02-01', to: '2027-12-31', holidays: 'earlier', breaks: 'earlier', ...pattern });
  for (const month of [...Array(12).keys()].map((at) => at + 1)) {
    await page.locator(`[name="without"][value="${month}"]`).setChecked(months.includes(month));
  }
  await press(page, 'Voorstel tonen');
  const days = await page.locator('[name="day"]').count();
  const said = await words(page);
  if (count) {
    check(`year: ${slug} has its days`, days >= count, String(days));
    await shot(page, `year-of-${slug.slice(0, 12)}`);
  }
  if (slug === 'gemeenteraad') check('year: Easter Monday is passed by, and said', said.includes('Paasmaandag'), said);
  await press(page, 'Aangevinkte zittingen boeken');
  const booked = await page.locator('.notice.good a').count();
  check(`year: all ${days} sessions of ${slug} are booked`, booked === days, await words(page));
}

/** Plans the year of every body; resolves with the addresses of the council's sessions in order. */
export async function calendar(stage) {
  for (const pattern of PATTERNS) await plan(stage, pattern);
  const page = await stage.open(CLERK, '/council/bodies/gemeenteraad');
  await stage.shot(page, 'body-planned');
  const paths = await page.locator('main ul.rows a[href^="/council/sessions/"]').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  return paths.sort();
}

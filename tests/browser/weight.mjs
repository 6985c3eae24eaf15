// What a first visit costs on a line of 1 Mbit/s: every byte of the page, its style, script and type.

import { signIn, visitor } from './browser.mjs';

export const about = 'a first load of each page takes 100 kB at most';

const MOST = 100_000;

export async function run({ chromium, town, check }) {
  const entry = await visitor(chromium, town);
  await signIn(entry.page, town.accounts.admin);
  const cookies = await entry.context.cookies();
  await entry.context.close();
  for (const path of ['/sign-in', '/today', '/book', '/rooms', '/rooms/raadzaal?view=week', '/calendars', '/manage/people', '/manage/rooms']) {
    const { page, context } = await visitor(chromium, town);
    if (path !== '/sign-in') await context.addCookies(cookies);
    const answers = [];
    const weigh = (request) => answers.push(request.sizes());
    page.on('requestfinished', weigh);
    await page.goto(path, { waitUntil: 'load' });
    await page.evaluate(() => document.fonts.ready);
    // What comes later, such as the stream that keeps a page fresh, is no part of its first load.
    page.off('requestfinished', weigh);
    const sizes = await Promise.all(answers);
    const bytes = sizes.reduce((sum, size) => sum + size.responseBodySize + size.responseHeadersSize, 0);
    check(`${path}: ${(bytes / 1000).toFixed(1)} kB in ${sizes.length} answers`, bytes <= MOST && sizes.length > 2);
    await context.close();
  }
}

// The stage of the year: a new municipality with a clock that is moved, and the people who act in it, each in a window
// of their own.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { LANGUAGES, WIDTHS, cutOff, findings, picture, visitor } from '../browser.mjs';
import { movingClock, scratch, start, tell } from '../town.mjs';

const PASSWORD = 'de torenklok slaat elf';

/** The instant of a wall time in Brussels, such as `2027-02-22T19:00`. */
export function brussels(wall) {
  const asked = Date.parse(`${wall}Z`);
  const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Brussels', dateStyle: 'short', timeStyle: 'medium' });
  const ahead = Date.parse(`${shown.format(asked).replace(' ', 'T')}Z`) - asked;
  return new Date(asked - ahead);
}

/** The bodies, as the command line makes them; all else is done in pages. */
const BODIES = [
  ['Gemeenteraad', 'council'], ['Raad voor maatschappelijk welzijn', 'council'],
  ['College van burgemeester en schepenen', 'college'], ['Commissie ruimte', 'committee'],
  ['Commissie financiën', 'committee'], ['Commissie samenleven', 'committee'],
  ['Bijzonder comité voor de sociale dienst', 'committee'],
];

/** Makes and serves the municipality; resolves with its address, the link of its first account, and its clock. */
async function found({ program, office }, first) {
  const dir = scratch();
  const clock = movingClock(dir);
  clock.to(first);
  const data = join(dir, 'town');
  tell(program, ['init', '--data', data, '--town', 'Oudermeersch'], clock.env);
  for (const [name, kind] of BODIES) tell(program, ['body', 'add', '--data', data, '--kind', kind, name], clock.env);
  const ready = (out) => {
    const base = /http:\/\/127\.0\.0\.1:\d+/.exec(out)?.[0];
    const link = /http:\S+\/account\/open\/\S+/.exec(out)?.[0];
    return base && link && { base_url: base, link };
  };
  const started = await start(program, ['serve', '--data', data, '--listen', '127.0.0.1:0'], ready, {
    BELFORT_SMTP_URL: office.url, BELFORT_MAIL_FROM: 'secretariaat@oudermeersch.example',
  }, clock.env);
  return { town: { ...started.found, data }, clock, end: started.end };
}

/** Raises the curtain at `first`, a wall time. */
export async function stage(given, first) {
  const { chromium, check, pictures, office } = given;
  const { town, clock, end } = await found(given, brussels(first));
  const windows = new Map();
  let shots = 0;

  /** The window of somebody, who has an account; `null` is the public. */
  async function windowOf(email, wishes) {
    if (!windows.has(email)) windows.set(email, await visitor(chromium, town, wishes));
    return windows.get(email).page;
  }

  /** Opens a page as somebody, who signs in anew if their sign-in has run out with the clock. */
  async function open(email, path) {
    const page = await windowOf(email);
    await page.goto(path);
    if (!email || !page.url().includes('/sign-in')) return page;
    await page.fill('#email', email);
    await page.fill('#password', PASSWORD);
    await page.locator('main form button').click();
    await page.waitForURL(`**${path}`);
    return page;
  }

  /** Chooses a password by the link of a letter, or of the first start. */
  async function account(email, link) {
    const page = await windowOf(email);
    await page.goto(link ?? /\/account\/open\/[a-z0-9]+/i.exec((await office.letter(email, '/account/open/')).text)[0]);
    if (await page.locator('#email').count()) {
      await page.fill('#name', 'Nele Claes');
      await page.fill('#email', email);
    }
    await page.fill('#password', PASSWORD);
    await page.fill('#again', PASSWORD);
    await page.locator('main form button').click();
    await page.waitForURL('**/today**');
  }

  /** Keeps a picture at both widths, numbered in the order of the year. */
  async function shot(page, name) {
    if (!pictures) return;
    shots += 1;
    const at = `year-${String(shots).padStart(2, '0')}-${name}`;
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await picture(page, pictures, `${at}-${width}`);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  }

  /** Looks at a page that only this evening shows: axe-core and nothing cut off at both widths, and in four languages. */
  async function look(page, name) {
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      const wrong = [...await findings(chromium, page), ...await cutOff(page)];
      check(`year: ${name} at ${width} is sound`, wrong.length === 0, wrong.join('\n     '));
    }
    for (const language of [...Object.keys(LANGUAGES).filter((one) => one !== 'nl'), 'nl']) {
      await page.locator('details.account > summary').click();
      await page.locator(`.drop button[value="${language}"]`).click();
      await page.waitForFunction((lang) => document.documentElement.lang === lang, language);
      const cut = await cutOff(page);
      check(`year: ${name} in ${language}`, cut.length === 0, cut.join('\n     '));
    }
    await page.setViewportSize({ width: 1280, height: 900 });
    await shot(page, name);
  }

  /** Ends the program and all windows; nothing may have gone wrong in a page but what was refused. */
  async function close() {
    const faults = [...windows.values()].flatMap((one) => one.faults);
    // The line of one of them is cut on purpose.
    const wrong = faults.filter((fault) => !/status of (401|403|404|409|422)|ERR_INTERNET_DISCONNECTED/.test(fault));
    check('year: no page went wrong', wrong.length === 0, wrong.join(' '));
    for (const one of windows.values()) await one.context.close();
    await end();
  }

  if (pictures) mkdirSync(pictures, { recursive: true });
  return { ...given, town, open, account, shot, look, close, windowOf, at: (wall) => clock.to(brussels(wall)) };
}

// What a browser of today lets another site, another window or an old page do: nothing.

import { createServer } from 'node:http';
import { createHmac } from 'node:crypto';
import { cutOff, findings, picture, signIn, visitor } from './browser.mjs';

export const about = 'forms of other sites, frames, old cookies, pages after signing out, a code used twice';

/** A site of somebody else on this machine, with the page it is given. */
async function elsewhere(html) {
  const server = createServer((_, answer) => { answer.setHeader('content-type', 'text/html'); answer.end(html); });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  // Another site, not only another port: cookies do not look at ports.
  return { url: `http://localhost:${server.address().port}/`, end: () => server.close() };
}

async function otherSites({ page, town, check }) {
  const target = `${town.base_url}/language`;
  const site = await elsewhere(`<form method="post" action="${target}"><input name="lang" value="de"><button>Win</button></form>
    <iframe src="${town.base_url}/today"></iframe>`);
  const before = await page.locator('html').getAttribute('lang');
  await page.goto(site.url);
  const framed = page.frames().find((frame) => frame !== page.mainFrame());
  check('no other site shows our pages in a frame', !framed || !(await framed.content()).includes('Mijn dag'));
  await page.locator('button').click();
  await page.waitForLoadState();
  const refused = await page.locator('main').innerText().catch(() => '');
  await page.goto(`${town.base_url}/today`);
  check('a form of another site changes nothing', before === await page.locator('html').getAttribute('lang'), refused);
  site.end();
}

async function cookies({ page, context, town, check, chromium }) {
  check('no script reads the cookie', await page.evaluate(() => document.cookie) === '');
  const kept = await context.cookies(town.base_url);
  const own = kept.find((cookie) => cookie.name === '__Host-belfort');
  check('the cookie is bound to this host, to https and to our own forms', own?.httpOnly && own.secure && own.sameSite === 'Lax' && own.path === '/');
  const before = await visitor(chromium, town);
  await before.page.goto('/sign-in');
  const planted = 'a'.repeat(32);
  await before.context.addCookies([{ ...own, value: planted }]);
  await signIn(before.page, town.accounts.clerk);
  const fresh = (await before.context.cookies(town.base_url)).find((cookie) => cookie.name === own.name);
  check('a planted cookie is replaced at signing in', fresh.value !== planted);
  await before.context.close();
  await page.goto('/today');
  await page.locator('details.account > summary').click();
  await page.locator('form[action="/sign-out"] button').click();
  await page.waitForURL('**/sign-in**');
  await page.goBack();
  await page.waitForLoadState();
  check('going back after signing out shows nothing', page.url().includes('/sign-in') || !(await page.locator('main').innerText()).includes('Vandaag'), page.url());
  await context.addCookies([own]);
  await page.goto('/today');
  check('the cookie is worth nothing after signing out', page.url().includes('/sign-in'), page.url());
}

/** The code of an authenticator app (RFC 6238) at the time of the server. */
function code(secret, at) {
  const bits = [...secret.replace(/\s/g, '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c.toUpperCase()).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac('sha1', key).update(counter).digest();
  const from = hash[19] & 15;
  return String((hash.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function serverTime(town) {
  const answer = await fetch(`${town.base_url}/healthz`);
  return Date.parse(answer.headers.get('date'));
}

/** The page that asks for the code, which only somebody who has shown a password sees. */
async function lookAtCodePage({ chromium, town, check, pictures }) {
  for (const width of [1280, 390]) {
    const { page, context } = await visitor(chromium, town, { width, looked: true });
    await page.goto('/sign-in');
    await page.fill('#email', town.accounts.manager.email);
    await page.fill('#password', town.accounts.manager.password);
    await page.locator('main form button').click();
    await page.waitForURL('**/sign-in/code**');
    const found = [...await findings(chromium, page), ...await cutOff(page), ...await cutOff(page, 200)];
    check(`the page that asks for a code is sound at ${width}`, found.length === 0, found.join(' '));
    await picture(page, pictures, `anybody-sign-in-code-${width}`);
    await context.close();
  }
}

async function secondFactor({ chromium, town, check, pictures }) {
  const { page, context } = await visitor(chromium, town);
  await signIn(page, town.accounts.manager);
  await page.goto('/account');
  const secret = await page.locator('code').first().innerText();
  const first = code(secret, await serverTime(town));
  await page.fill('#code', first);
  await page.locator('form[action="/account/second-factor"] button').click();
  const codes = (await page.locator('.codes li').allInnerTexts()).map((text) => text.trim());
  check('ten recovery codes are shown', codes.length === 10, `${codes.length}`);
  await lookAtCodePage({ chromium, town, check, pictures });
  const attempt = async (typed) => {
    const fresh = await visitor(chromium, town);
    await fresh.page.goto('/sign-in');
    await fresh.page.fill('#email', town.accounts.manager.email);
    await fresh.page.fill('#password', town.accounts.manager.password);
    await fresh.page.locator('main form button').click();
    await fresh.page.waitForURL('**/sign-in/code**');
    await fresh.page.fill('#code', typed);
    await fresh.page.locator('main form button').first().click();
    await fresh.page.waitForLoadState();
    const inside = fresh.page.url().includes('/today');
    await fresh.context.close();
    return inside;
  };
  check('a code that was used is not good again', !(await attempt(first)));
  check('a recovery code signs in', await attempt(codes[0]));
  check('once', !(await attempt(codes[0])));
  await context.close();
}

export async function run(given) {
  const { chromium, town } = given;
  const { page, context } = await visitor(chromium, town);
  await signIn(page, town.accounts.staff);
  await otherSites({ ...given, page });
  await cookies({ ...given, page, context });
  await context.close();
  await secondFactor(given);
}

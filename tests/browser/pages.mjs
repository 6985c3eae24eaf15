// Every page there is, looked at as people of its kind look at it: no serious finding of axe-core, nothing cut off on a
// desk, on a telephone or with the text at twice its size, in four languages, in the light and in the dark.

import { readFileSync } from 'node:fs';
import { WIDTHS, LANGUAGES, cutOff, findings, picture, signIn, signInSpeaking, visitor } from './browser.mjs';
import { OTHERS, REFUSED, addresses } from './addresses.mjs';

export const about = 'axe-core, widths, double text, languages, dark; no route left out';

/** The addresses that the program answers to by GET. */
function routes() {
  const source = readFileSync(new URL('../../src/web/mod.rs', import.meta.url), 'utf8');
  const found = source.split('.route(').slice(1).filter((route) => /\bget\(/.test(route));
  return found.map((route) => /"([^"]+)"/.exec(route)[1]);
}

/** The address as it is written in the routes. */
function fits(route, path) {
  const pattern = route.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{[^}]+\}/g, '[^/?]+');
  return new RegExp(`^${pattern}(\\?.*)?$`).test(path);
}

const named = (path) => path.replace(/[0-9a-f-]{30,}|[a-z2-7]{20,}/g, 'x').replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '') || 'home';

/** Looks at one page in one window. */
async function look({ chromium, page, path, check, name, kind, percent = 100 }) {
  const answer = await page.goto(path);
  const expected = (path !== '/manage' || kind === 'staff') && REFUSED[path];
  check(`${name} answers`, answer.status() === (expected || 200), String(answer.status()));
  const found = await findings(chromium, page);
  check(`${name}: axe-core`, found.length === 0, found.join('\n     '));
  const cut = await cutOff(page, percent);
  check(`${name}: nothing cut off`, cut.length === 0, cut.join('\n     '));
}

export async function run(given) {
  const { chromium, town, check, pictures } = given;
  const listed = await addresses(given);
  const visited = listed.flatMap((kind) => kind.paths);
  const missed = routes().filter((route) => !OTHERS.includes(route) && !visited.some((path) => fits(route, path)));
  check('every page has been looked at', routes().length > 15 && missed.length === 0, `not looked at: ${missed.join(' ')}`);
  for (const { kind, account, paths } of listed) {
    for (const width of WIDTHS) {
      const { page, context, faults } = await visitor(chromium, town, { width, looked: true });
      if (account) await signIn(page, account);
      for (const path of paths) {
        const name = `${kind} ${named(path)} at ${width}`;
        await look({ chromium, page, path, check, name, kind });
        await picture(page, pictures, `${kind}-${named(path)}-${width}`);
        const double = await cutOff(page, 200);
        check(`${name}: double text`, double.length === 0, double.join('\n     '));
      }
      const wrong = faults.filter((fault) => !/status of (401|403|404)/.test(fault));
      check(`${kind} at ${width}: no error in any page`, wrong.length === 0, wrong.join(' '));
      await context.close();
    }
    const { page, context } = await visitor(chromium, town, { dark: true, looked: true });
    if (account) await signIn(page, account);
    for (const path of paths) {
      await page.goto(path);
      const found = await findings(chromium, page);
      check(`${kind} ${named(path)} in the dark: axe-core`, found.length === 0, found.join('\n     '));
      if (['/today', '/book', '/rooms', '/manage'].includes(path)) {
        await picture(page, pictures, `${kind}-${named(path)}-dark`);
      }
    }
    await context.close();
    await otherLanguages({ ...given, kind, account, paths });
  }
}

async function otherLanguages({ chromium, town, check, kind, account, paths }) {
  for (const language of Object.keys(LANGUAGES)) {
    const { page, context } = await visitor(chromium, town, { width: 390 });
    if (account) await signInSpeaking(page, account, language);
    else {
      await page.goto('/sign-in');
      await page.locator(`button[name="lang"][value="${language}"]`).click();
    }
    for (const path of paths) {
      await page.goto(path);
      const [lang, cut] = [await page.locator('html').getAttribute('lang'), await cutOff(page)];
      check(`${kind} ${named(path)} in ${language}`, lang === language && cut.length === 0, `${lang} ${cut.join(' ')}`);
    }
    if (account) await signInSpeaking({ ...page, goto: (to) => page.goto(to) }, account, 'nl').catch(() => {});
    await context.close();
  }
}

// Real Chromium, and what is asked of every page: no finding of axe-core, nothing cut off, no script that is not ours.

import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Widths of a desk and of a telephone. */
export const WIDTHS = [1280, 390];
export const LANGUAGES = { nl: 'Nederlands', fr: 'Français', de: 'Deutsch', en: 'English' };
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

const quiet = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

/** Chromium of the machine, driven from `modules`, a folder of npm packages. */
export async function launch(modules) {
  const load = createRequire(pathToFileURL(join(modules, 'x.js')));
  const { chromium } = load('playwright-core');
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: quiet });
  return { browser, axe: readFileSync(load.resolve('axe-core/axe.min.js'), 'utf8') };
}

/** A window of its own, with nobody signed in. Every error of a page, and every script refused, is kept. */
export async function visitor(chromium, town, wishes = {}) {
  const { width = 1280, script = true, dark = false, looked = false } = wishes;
  const context = await chromium.browser.newContext({
    viewport: { width, height: 900 },
    javaScriptEnabled: script,
    colorScheme: dark ? 'dark' : 'light',
    locale: 'nl-BE',
    // Only to bring in axe-core, which our own policy rightly keeps out; elsewhere the policy holds.
    bypassCSP: looked,
    baseURL: town.base_url,
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const faults = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (line) => { if (line.type() === 'error') faults.push(`console: ${line.text()}`); });
  page.on('dialog', (dialog) => { faults.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  return { page, context, faults };
}

/** Signs in by the form, as anybody would. */
export async function signIn(page, account, language) {
  await page.goto('/sign-in');
  if (language) await page.getByRole('button', { name: LANGUAGES[language] }).click();
  await page.fill('#email', account.email);
  await page.fill('#password', account.password);
  await page.locator('main form button').click();
  await page.waitForURL('**/today**');
}

/** Signs in and speaks `language` from then on. */
export async function signInSpeaking(page, account, language) {
  await signIn(page, account);
  if (await page.locator('html').getAttribute('lang') === language) return;
  await page.locator('details.account > summary').click();
  await page.locator(`.drop button[value="${language}"]`).click();
  await page.waitForFunction((lang) => document.documentElement.lang === lang, language);
}

/** What axe-core finds that is serious or critical. */
export async function findings(chromium, page) {
  await page.evaluate(chromium.axe);
  const found = await page.evaluate((rules) => window.axe.run(document, { runOnly: rules }), RULES);
  return found.violations
    .filter((v) => ['serious', 'critical'].includes(v.impact))
    .map((v) => `${v.id} (${v.impact}): ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`);
}

/** What of a page is cut off or sticks out, with the text at `percent` of its size. */
export async function cutOff(page, percent = 100) {
  return page.evaluate((size) => {
    const root = document.documentElement;
    root.style.fontSize = `${size}%`;
    const over = root.scrollWidth - root.clientWidth;
    const far = [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1);
    const wide = far.slice(0, 3).map((e) => `${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 30)}`);
    const found = over > 1 ? [`the page is ${over} px too wide: ${wide.join(' | ')}`] : [];
    for (const element of document.querySelectorAll('body *')) {
      const style = getComputedStyle(element);
      const hides = [style.overflowX, style.overflowY].some((way) => ['hidden', 'clip'].includes(way));
      // What is there for screen readers alone is hidden on purpose.
      if (!hides || style.clipPath !== 'none' || !element.textContent.trim() || element.closest('svg')) continue;
      const cut = element.scrollWidth - element.clientWidth > 1 || element.scrollHeight - element.clientHeight > 1;
      if (cut) found.push(`cut off: ${element.tagName}.${element.className}`);
    }
    root.style.fontSize = '';
    return found;
  }, percent);
}

/** Keeps a picture of a page, if pictures were asked for. */
export async function picture(page, folder, name) {
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

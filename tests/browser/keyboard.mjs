// Without a mouse: every control of a page is reached by the tab key, shows that it is reached, and lets go again; a
// meeting is booked and answered with keys alone.

import { signIn, visitor } from './browser.mjs';
import { TODAY, daysAfter } from './town.mjs';

export const about = 'a meeting booked with keys alone; every control reached, seen and left';

/** What of a page the tab key reaches, in order, and what is reached unseen. */
export async function walk(page, most = 400) {
  await page.evaluate(() => { document.activeElement?.blur(); window.scrollTo(0, 0); });
  const seen = new Set();
  const unseen = [];
  let [left, before] = [false, ''];
  for (let step = 0; step < most; step += 1) {
    await page.keyboard.press('Tab');
    const at = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      element.dataset.walked ??= String(document.querySelectorAll('[data-walked]').length + 1);
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      return { number: element.dataset.walked, what: `${element.tagName} ${element.name ?? ''} ${element.textContent.trim().slice(0, 30)}`,
        ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2, seen: box.width > 0 && box.height > 0 };
    });
    if (!at) { left = true; break; }
    // A field for a day has a stop for each of its parts.
    if (at.number === before) continue;
    before = at.number;
    if (seen.has(at.number)) { left = true; break; }
    seen.add(at.number);
    if (!at.ring || !at.seen) unseen.push(at.what);
  }
  const missed = await page.evaluate(() => {
    const controls = document.querySelectorAll('a[href], button, input:not([type="hidden"]), select, textarea, summary');
    const group = (element) => element.type === 'radio' && document.querySelector(`[name="${element.name}"][data-walked]`);
    return [...controls]
      .filter((element) => element.checkVisibility() && element.tabIndex >= 0 && !element.dataset.walked && !group(element) && !element.disabled)
      .map((element) => `${element.tagName} ${element.name ?? ''} ${element.textContent.trim().slice(0, 30)}`);
  });
  return { reached: seen.size, unseen, missed, left };
}

/** Presses tab until the control that fits `selector` is reached. */
export async function tabTo(page, selector, most = 200) {
  for (let step = 0; step < most; step += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${selector} is not reached by the tab key on ${page.url()}`);
}

/** Types into a field for days or times, whatever order its parts have in this browser. */
export async function typeInto(page, selector, value) {
  await tabTo(page, selector);
  await page.keyboard.press('Control+A');
  const kind = await page.evaluate(() => document.activeElement.type);
  if (kind === 'date') {
    const [year, month, day] = value.split('-');
    await page.keyboard.type(`${month}${day}${year}`);
  } else if (kind === 'time') {
    const [hour, minute] = value.split(':').map(Number);
    await page.keyboard.type(`${String(hour % 12 || 12).padStart(2, '0')}${String(minute).padStart(2, '0')}${hour < 12 ? 'AM' : 'PM'}`);
  } else await page.keyboard.type(value);
}

export async function run({ chromium, town, check }) {
  const { page, context, faults } = await visitor(chromium, town);
  await page.goto('/sign-in');
  await page.keyboard.press('Tab');
  check('the first stop is the way past the menu', await page.evaluate(() => document.activeElement.matches('.skip')));
  await page.keyboard.press('Enter');
  await typeInto(page, '#email', town.accounts.staff.email);
  await typeInto(page, '#password', town.accounts.staff.password);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/today**');
  await tabTo(page, 'nav a[href="/book"]');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/book**');
  const day = daysAfter(TODAY, 4);
  await typeInto(page, '#title', 'Met toetsen alleen');
  await typeInto(page, '#date', day);
  await typeInto(page, '#from', '18:30');
  await typeInto(page, '#to', '19:15');
  await typeInto(page, '#p-1', town.accounts.clerk.email);
  await tabTo(page, 'button[value="rooms"]');
  await page.keyboard.press('Enter');
  await page.locator('button[name="take"]').first().waitFor();
  check('what was typed with keys is what the form holds', await page.inputValue('#date') === day
    && await page.inputValue('#from') === '18:30' && await page.inputValue('#to') === '19:15');
  await tabTo(page, 'button[name="take"]');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/meetings/**');
  check('the meeting is booked', (await page.locator('h1').innerText()) === 'Met toetsen alleen');
  await tabTo(page, 'details.account > summary');
  await page.keyboard.press('Enter');
  check('the menu opens with a key', await page.locator('details.account[open]').count() === 1);
  await page.keyboard.press('Escape');
  check('and closes with one, where it was', await page.locator('details.account[open]').count() === 0
    && await page.evaluate(() => document.activeElement.matches('details.account > summary')));
  check('no page went wrong', faults.length === 0, faults.join(' '));
  await context.close();

  const walker = await visitor(chromium, town);
  await signIn(walker.page, town.accounts.admin);
  const places = ['/today', '/book', '/rooms', '/rooms/raadzaal', '/account', '/calendars', '/manage', '/manage/people'];
  for (const path of [...places, '/manage/rooms/raadzaal', '/manage/opening', '/manage/rules', '/manage/rules/new', '/manage/people/import']) {
    await walker.page.goto(path);
    const { reached, unseen, missed, left } = await walk(walker.page);
    check(`${path}: ${reached} controls are reached, seen and left`, left && !unseen.length && !missed.length,
      `unseen: ${unseen.join(' | ')}; missed: ${missed.join(' | ')}; left: ${left}`);
  }
  await walker.context.close();
}

// What hands do on a page: press, tick, type, and read what it says.

/** Presses the button of `main` with these words; resolves when the page that follows is there. */
export async function press(page, words, within = page.locator('main')) {
  const button = within.getByRole('button', { name: words, exact: true }).first();
  await Promise.all([page.waitForNavigation(), button.click()]);
}

/** Presses what a selector finds, or a button in hand. */
export async function pressAt(page, what) {
  const button = (typeof what === 'string' ? page.locator(what) : what).first();
  await Promise.all([page.waitForNavigation(), button.click()]);
}

/** Fills fields by their names; a tick is a boolean, a choice by its value. */
export async function fill(page, fields, within = page.locator('main')) {
  for (const [name, value] of Object.entries(fields)) {
    const field = within.locator(`[name="${name}"]:not([type="hidden"])`).first();
    if (typeof value === 'boolean') await field.setChecked(value);
    else if (await field.evaluate((element) => element.tagName) === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
}

/** The words on the page. */
export const words = (page) => page.locator('main').innerText();

/** What the page refuses, if it does. */
export async function refusal(page) {
  const alert = page.locator('main [role="alert"], main .notice.bad, main .error');
  return (await alert.allInnerTexts()).join(' ');
}

/** Links on the page that lead its reader nowhere. */
export async function deadLinks(page) {
  const paths = await page.locator('main a[href^="/"]').evaluateAll((all) => [...new Set(all.map((link) => link.getAttribute('href')))]);
  const dead = [];
  for (const path of paths) {
    const status = (await page.context().request.get(path)).status();
    if (status >= 400) dead.push(`${status} ${path}`);
  }
  return dead.join(' ');
}

// The clerk's pages and the portal after a year of the council, and a session that a clerk prepares and convenes on them.

import { WIDTHS, LANGUAGES, cutOff, findings, picture, signIn, signInSpeaking, visitor } from './browser.mjs';
import { councilYear } from './town.mjs';

export const about = 'a year of the council: its pages looked at, a session prepared and convened, what the public reads';

const named = (path) => path.replace(/[0-9a-f-]{30,}/g, 'x').replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '').slice(0, 80);

/** Sessions of the council by where they stand, read from the page of the body. */
async function sessions(page) {
  await page.goto('/council/bodies/gemeenteraad');
  return page.locator('main ul.rows li.row').evaluateAll((rows) => rows
    .map((row) => ({ path: row.querySelector('a')?.getAttribute('href'), state: row.querySelector('.pill')?.textContent.trim() }))
    .filter((row) => row.path?.startsWith('/council/sessions/')));
}

async function look({ chromium, page, check, pictures }, path, width) {
  const answer = await page.goto(path);
  const name = `council ${named(path)} at ${width}`;
  check(`${name} answers`, answer.status() === 200, String(answer.status()));
  const found = await findings(chromium, page);
  check(`${name}: axe-core`, found.length === 0, found.join('\n     '));
  const cut = await cutOff(page);
  check(`${name}: nothing cut off`, cut.length === 0, cut.join('\n     '));
  await picture(page, pictures, `council-${named(path)}-${width}`);
}

/** What a clerk opens, and what anybody may read. */
async function addresses(page) {
  const listed = await sessions(page);
  const held = listed.find((row) => row.state === 'Notulen goedgekeurd').path;
  const planned = listed.find((row) => row.state === 'Gepland').path;
  await page.goto(`${held}/agenda`);
  const item = await page.locator('a[href^="/council/items/"]').first().getAttribute('href');
  const slug = held.split('/').pop();
  const tabs = ['', '/agenda', '/agenda/1', '/documents', '/convocation', '/ready', '/chamber', '/after', '/file'];
  const body = '/council/bodies/gemeenteraad';
  const year = `${body}/year?pattern=last&weekday=1&every=1&time=19:00&from=2027-09-01&to=2028-06-30&holidays=later&breaks=earlier`;
  return {
    planned,
    clerk: ['/council', body, `${body}/rules`, `${body}/plan`, year, `${body}/members/import`, '/council/search?q=reglement',
      ...tabs.map((tab) => held + tab), `${planned}/move`, item],
    anybody: ['/zittingen', `/zittingen/${slug}`, `/zittingen/${slug}/agenda`, `/zittingen/${slug}/besluitenlijst`,
      `/zittingen/${slug}/notulen`, '/reglementen', '/bekendmakingen'],
  };
}

async function press(page, text) {
  await page.locator('main').getByRole('button', { name: text, exact: true }).first().click();
  await page.waitForLoadState();
}

/** From an empty agenda to a proven convocation. */
async function convene({ page, check }, session) {
  await page.goto(`${session}/agenda`);
  await page.fill('#title', 'Reglement op de speelstraten');
  await page.fill('#note', 'De straatbewoners vragen een vast kader.');
  await page.fill('#draft', 'De gemeenteraad keurt het reglement op de speelstraten goed.');
  await press(page, 'Agendapunt toevoegen');
  check('council: an item is added', await page.getByText('Reglement op de speelstraten').first().isVisible());
  await page.getByRole('link', { name: 'Reglement op de speelstraten' }).first().click();
  await page.waitForLoadState();
  await page.locator('button[name="to"][value="for_approval"]').click();
  await page.locator('button[name="to"][value="approved"]').click();
  await page.goto(`${session}/agenda`);
  await page.locator('form[action$="/agenda/fix"] button').click();
  await page.waitForLoadState();
  const version = await page.locator('a[href$="/agenda/1"]').count();
  check('council: the agenda is fixed as version 1', version === 1, String(version));
  await page.goto(`${session}/convocation`);
  await page.locator(`form[action="${session}/convocation"] button`).last().click();
  await page.waitForLoadState();
  const rows = await page.locator('main table tbody tr').count();
  check('council: every member and the director are convened', rows === 36, String(rows));
  await page.goto(session);
  check('council: the session is convened', (await page.locator('.head .pill').textContent()).trim() === 'Bijeengeroepen',
    await page.locator('.head .pill').textContent());
}

export async function run(given) {
  const { chromium, check, program, office, pictures } = given;
  const town = await councilYear(program, office);
  try {
    const first = await visitor(chromium, town);
    await signIn(first.page, town.accounts.clerk);
    const { planned, clerk, anybody } = await addresses(first.page);
    await convene({ page: first.page, check }, planned);
    await first.context.close();
    for (const width of WIDTHS) {
      for (const [account, paths] of [[town.accounts.clerk, clerk], [null, anybody]]) {
        const { page, context, faults } = await visitor(chromium, town, { width, looked: true });
        if (account) await signIn(page, account);
        for (const path of paths) await look({ chromium, page, check, pictures }, path, width);
        check(`council ${account ? 'clerk' : 'anybody'} at ${width}: no error in any page`, faults.length === 0, faults.join(' '));
        await context.close();
      }
    }
    for (const language of Object.keys(LANGUAGES)) {
      const { page, context } = await visitor(chromium, town, { width: 390 });
      await signInSpeaking(page, town.accounts.clerk, language);
      for (const path of clerk) {
        await page.goto(path);
        const [lang, cut] = [await page.locator('html').getAttribute('lang'), await cutOff(page)];
        check(`council ${named(path)} in ${language}`, lang === language && cut.length === 0, `${lang} ${cut.join(' ')}`);
      }
      await context.close();
    }
    const secret = await fetch(`${town.base_url}/zittingen?q=ZWIJGPLICHT-7f3a`).then((answer) => answer.text());
    check('council: nothing closed is found by anybody', !/ZWIJGPLICHT-7f3a(?!")/.test(secret.replaceAll('value="ZWIJGPLICHT-7f3a"', '')));
  } finally {
    await town.end();
  }
}

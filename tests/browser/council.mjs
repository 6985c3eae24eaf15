// The clerk's pages and the portal after a year of the council, and a session that a clerk prepares and convenes on them.

import { WIDTHS, LANGUAGES, cutOff, findings, picture, signIn, signInSpeaking, visitor } from './browser.mjs';
import { councilYear } from './town.mjs';
import { pdf } from './year/cast.mjs';

export const about = 'a year of the council: its pages looked at, a session prepared and convened, what the public reads';

const named = (path) => path.replace(/[0-9a-f-]{30,}/g, 'x').replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '').slice(0, 80);

/** Sessions of the council by where they stand, read from the page of the body. */
async function sessions(page) {
  await page.goto('/council/bodies/gemeenteraad');
  return page.locator('main ul.rows li.row').evaluateAll((rows) => rows
    .map((row) => ({ path: row.querySelector('a')?.getAttribute('href'), state: row.querySelector('.pill')?.textContent.trim() }))
    .filter((row) => row.path?.startsWith('/council/sessions/')));
}

async function look({ chromium, page, check, pictures, kind }, path, width) {
  const answer = await page.goto(path);
  const name = `council ${kind} ${named(path)} at ${width}`;
  check(`${name} answers`, answer.status() === 200, String(answer.status()));
  const found = await findings(chromium, page);
  check(`${name}: axe-core`, found.length === 0, found.join('\n     '));
  const cut = await cutOff(page);
  check(`${name}: nothing cut off`, cut.length === 0, cut.join('\n     '));
  await picture(page, pictures, `council-${kind}-${named(path)}-${width}`);
}

/** What a clerk opens, what a member does, and what anybody may read. */
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
    settled: [`${held}/ready`, `${held}/chamber`, `${held}/agenda`, item],
    clerk: ['/council', body, `${body}/rules`, `${body}/plan`, year, `${body}/members/import`, '/council/search?q=reglement',
      ...tabs.map((tab) => held + tab), `${planned}/move`, item],
    member: ['/council', `${held}/file`, `${held}/minutes`, `${planned}/file`, `${planned}/take-part`, `${planned}/submit`, `${planned}/pack`],
    anybody: ['/zittingen', `/zittingen/${slug}`, `/zittingen/${slug}/agenda`, `/zittingen/${slug}/besluitenlijst`,
      `/zittingen/${slug}/notulen`, '/reglementen', '/bekendmakingen'],
  };
}

async function press(page, text) {
  await page.locator('main').getByRole('button', { name: text, exact: true }).first().click();
  await page.waitForLoadState();
}

/** Somebody who sits in the council, invited by the administrator. */
async function member({ chromium, town, office }) {
  const { page, context } = await visitor(chromium, town);
  await signIn(page, town.accounts.clerk);
  await page.goto('/council/bodies/gemeenteraad');
  const name = await page.locator('main table tbody tr').filter({ hasText: 'Lid' }).last().locator('th').innerText();
  await context.clearCookies();
  await signIn(page, town.accounts.admin);
  await page.goto(`/manage/people?find=${encodeURIComponent(name)}`);
  await page.locator('main').getByRole('link', { name }).first().click();
  await page.waitForURL(/people\/[0-9a-f-]{36}$/);
  const email = /[^\s]+@[^\s]+/.exec(await page.locator('main').innerText())[0];
  await page.locator('form[action$="/link"] button').click();
  const letter = await office.letter(email, '/account/open/');
  await context.clearCookies();
  await page.goto(/\/account\/open\/[a-z0-9]+/i.exec(letter.text)[0]);
  const account = { email, password: 'de torenklok slaat elf' };
  await page.fill('#password', account.password);
  await page.fill('#again', account.password);
  await page.locator('main form button').click();
  await page.waitForURL('**/today**');
  await context.close();
  return account;
}

/** From an empty agenda to a proven convocation; resolves with the pages of its item and document. */
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
  await page.waitForLoadState();
  const id = new URL(page.url()).pathname.split('/').pop();
  await page.goto(`${session}/mode`);
  check('council: the way of meeting can be chosen before the convocation', await page.locator('[name="mode"] option').count() === 3);
  await page.goto(`${session}/documents`);
  await page.setInputFiles('#files', { name: 'plan.pdf', mimeType: 'application/pdf', buffer: pdf('Plan van de speelstraten') });
  await page.selectOption('#item', id);
  await press(page, 'Stukken toevoegen');
  await page.check('[name="document"]');
  await press(page, 'Goedkeuren');
  const paper = await page.locator('a[href^="/council/documents/"]').first().getAttribute('href');
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
  return { paper, recusals: `${session}/recusals/${id}` };
}

/** Pages of what is over show it, and ask for nothing that would be refused. */
async function settled({ page, check }, paths) {
  for (const path of paths) {
    await page.goto(path);
    const asks = await page.locator('main').locator('button:not(form[action$="/again"] button), input:not([type="hidden"])').evaluateAll((all) => all.map((one) => one.outerHTML));
    check(`council: ${named(path)} of what is over asks for nothing`, asks.length === 0, asks.join(' '));
  }
}

export async function run(given) {
  const { chromium, check, program, office, pictures } = given;
  const town = await councilYear(program, office);
  try {
    const first = await visitor(chromium, town);
    await signIn(first.page, town.accounts.clerk);
    const lists = await addresses(first.page);
    await settled({ page: first.page, check }, lists.settled);
    const { paper, recusals } = await convene({ page: first.page, check }, lists.planned);
    await first.context.close();
    const kinds = [
      ['clerk', town.accounts.clerk, [...lists.clerk, paper, recusals]],
      ['member', await member({ chromium, town, office }), [...lists.member, paper]],
      ['anybody', null, lists.anybody],
    ];
    for (const width of WIDTHS) {
      for (const [kind, account, paths] of kinds) {
        const { page, context, faults } = await visitor(chromium, town, { width, looked: true });
        if (account) await signIn(page, account);
        for (const path of paths) await look({ chromium, page, check, pictures, kind }, path, width);
        check(`council ${kind} at ${width}: no error in any page`, faults.length === 0, faults.join(' '));
        await context.close();
      }
    }
    for (const language of Object.keys(LANGUAGES)) {
      for (const [kind, account, paths] of kinds.filter(([, someone]) => someone)) {
        const { page, context } = await visitor(chromium, town, { width: 390 });
        await signInSpeaking(page, account, language);
        for (const path of paths) {
          await page.goto(path);
          const [lang, cut] = [await page.locator('html').getAttribute('lang'), await cutOff(page)];
          check(`council ${kind} ${named(path)} in ${language}`, lang === language && cut.length === 0, `${lang} ${cut.join(' ')}`);
        }
        await context.close();
      }
    }
    const secret = await fetch(`${town.base_url}/zittingen?q=ZWIJGPLICHT-7f3a`).then((answer) => answer.text());
    check('council: nothing closed is found by anybody', !/ZWIJGPLICHT-7f3a(?!")/.test(secret.replaceAll('value="ZWIJGPLICHT-7f3a"', '')));
  } finally {
    await town.end();
  }
}

// What anybody reads after the year: every public page, feed and listing that links lead to, and the closed matter on none.

import { SECRET } from './cast.mjs';

/** Addresses that anybody may read; all else is the house's own. Identities of things need lead nowhere. */
const PUBLIC = /^\/(zittingen|besluiten|reglementen|bekendmakingen|ldes|oparl)(\b|\/)/;
const STARTS = ['/zittingen', '/reglementen', '/bekendmakingen', '/bekendmakingen.csv', '/bekendmakingen.json', '/zittingen.ics?body=gemeenteraad', '/ldes', '/oparl'];
const MOST = 600;

/** Reads everything that is reached from the starts, signed in as nobody; resolves with texts by address. */
async function crawl(town) {
  const found = new Map();
  const waiting = [...STARTS];
  while (waiting.length && found.size < MOST) {
    const path = waiting.shift();
    if (found.has(path)) continue;
    const answer = await fetch(town.base_url + path, { redirect: 'manual' });
    const text = await answer.text();
    found.set(path, { status: answer.status, text });
    const links = [...text.matchAll(/(?:href="|"|<)((?:http:\/\/127\.0\.0\.1:\d+)?\/[a-z][^"<>\s]*)/g)].map((match) => match[1]);
    const on = answer.headers.get('location');
    for (const link of on ? [on, ...links] : links) {
      const url = new URL(link.replaceAll('&amp;', '&'), town.base_url);
      const next = url.pathname + url.search;
      if (url.origin === town.base_url && PUBLIC.test(url.pathname) && !found.has(next)) waiting.push(next);
    }
  }
  return found;
}

/** Reads what the public reads. */
export async function everybody(stage, sessions) {
  const { check, town, open, shot } = stage;
  const found = await crawl(town);
  const broken = [...found].filter(([, { status }]) => status >= 400).map(([path, { status }]) => `${status} ${path}`);
  check(`year: all ${found.size} public addresses answer`, found.size > 40 && found.size < MOST && broken.length === 0, broken.join(' '));
  const leaks = [...found].filter(([, { text }]) => text.includes(SECRET)).map(([path]) => path);
  check('year: what was behind closed doors is on none of them', leaks.length === 0, leaks.join(' '));
  const [first, , second] = sessions.map((path) => path.split('/').pop());
  const text = (path) => found.get(path)?.text ?? '';
  for (const [paths, holds] of [
    [['/zittingen'], 'Gemeenteraad'],
    [[`/zittingen/${first}`, `/zittingen/${first}/agenda`, `/zittingen/${first}/besluitenlijst`, `/zittingen/${first}/notulen`, '/reglementen'], 'Reglement op de speelstraten'],
    [[`/zittingen/${first}/notulen`, `/zittingen/${first}/besluitenlijst`], 'Personeelszaak: evaluatie'],
    [[`/zittingen/${second}`], 'Samenwerking met het lokaal dienstencentrum'],
    [['/bekendmakingen.csv', '/bekendmakingen.json'], first],
    [['/zittingen.ics?body=gemeenteraad'], 'BEGIN:VEVENT'],
  ]) {
    for (const path of paths) check(`year: ${path} shows "${holds}"`, text(path).includes(holds), text(path).slice(0, 500) || 'it was not reached');
  }
  const stream = [...found].filter(([path]) => path.startsWith('/ldes')).map(([, page]) => page.text).join('');
  check('year: the stream announces minutes and a corrected agenda', stream.includes(`/zittingen/${first}/notulen`) && stream.includes(`/zittingen/${first}/agenda/v/2`), stream.slice(0, 300));
  for (const path of ['/zittingen', `/zittingen/${first}`, `/zittingen/${first}/agenda`, `/zittingen/${first}/besluitenlijst`, `/zittingen/${first}/notulen`, '/bekendmakingen']) {
    const page = await open(null, path);
    await shot(page, `public${path.replaceAll('/', '-')}`);
  }
}

// The program under test: started on a free port of this machine, ended by its own id, and asked over its API.

import { execFileSync, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** When the town believes to be: a Monday at 10:35 in Brussels, with people at work. */
const NOW = '2027-01-18 09:35:00';
export const TODAY = NOW.slice(0, 10);

/** The library by which Debian's faketime changes what a program believes the time to be. */
function faketime() {
  const told = execFileSync('faketime', ['2027-01-01 00:00:00', 'env'], { encoding: 'utf8' });
  return /^LD_PRELOAD=(.*)$/m.exec(told)[1];
}

/** Environment in which a program believes that it is `NOW`: Debian's faketime says how. The monotonic clock is left
 *  alone, for timers of the server must go on. */
export function clock() {
  return { LD_PRELOAD: faketime(), FAKETIME: `@${NOW}`, TZ: 'UTC', FAKETIME_DONT_FAKE_MONOTONIC: '1' };
}

/** A clock that is moved while the program runs: a file says how far it is ahead of that of the machine. */
export function movingClock(dir) {
  const file = join(dir, 'ahead');
  /** Moves it to an instant. Renamed into place, for the program reads the file whenever it asks for the time. */
  const to = (instant) => {
    writeFileSync(`${file}.next`, `+${Math.round((instant.getTime() - Date.now()) / 1000)}s`);
    renameSync(`${file}.next`, file);
  };
  const env = {
    LD_PRELOAD: faketime(), FAKETIME_TIMESTAMP_FILE: file, FAKETIME_NO_CACHE: '1', TZ: 'UTC',
    FAKETIME_DONT_FAKE_MONOTONIC: '1', NO_FAKE_STAT: '1',
  };
  return { env, to };
}

/** A directory that is gone when the suite ends. */
export function scratch() {
  const dir = mkdtempSync(join(tmpdir(), 'belfort-browser-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Starts the program and resolves with the first line of its output that `fits`, and a way to end it. */
export function start(program, args, fits, settings, time = clock()) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...time, ...settings } });
  let out = '', err = '';
  child.stderr.on('data', (part) => { err += part; });
  process.on('exit', () => child.kill('SIGKILL'));
  const ended = new Promise((done) => child.once('exit', done));
  const end = async () => { child.kill('SIGINT'); return ended; };
  return new Promise((done, fail) => {
    const late = setTimeout(() => fail(new Error(`not ready after two minutes: ${out}${err}`)), 240_000);
    child.once('exit', (code) => { clearTimeout(late); fail(new Error(`ended with ${code}: ${out}${err}`)); });
    child.stdout.on('data', (part) => {
      out += part;
      const found = fits(out);
      if (found) { clearTimeout(late); done({ found, end, output: () => out, errors: () => err }); }
    });
  });
}

/** A mail server that takes everything; `letter` waits for one to somebody. */
export async function postOffice(modules) {
  const load = createRequire(pathToFileURL(join(modules, 'x.js')));
  const { SMTPServer } = load('smtp-server');
  const { simpleParser } = load('mailparser');
  const letters = [];
  const server = new SMTPServer({
    authOptional: true, disabledCommands: ['STARTTLS', 'AUTH'],
    onData(stream, session, done) {
      simpleParser(stream).then((mail) => {
        letters.push({ to: session.envelope.rcptTo[0].address, text: mail.text, subject: mail.subject });
        done();
      }, done);
    },
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const letter = async (to, holds = '') => {
    for (let tries = 0; tries < 150; tries += 1) {
      const found = letters.find((mail) => mail.to === to && mail.text.includes(holds));
      if (found) return found;
      await new Promise((wait) => setTimeout(wait, 100));
    }
    throw new Error(`no letter to ${to} in 15 s; ${letters.length} came, to ${letters.slice(-5).map((l) => l.to)}`);
  };
  return { url: `smtp://127.0.0.1:${server.server.address().port}`, letter, end: () => server.close() };
}

/** The demo town, with its accounts, tokens and rooms. */
export async function demo(program, office) {
  const ready = (out) => out.includes('\n') && JSON.parse(out.slice(0, out.indexOf('\n')));
  const started = await start(program, ['demo', '--json', '--no-kiosk', '--listen', '127.0.0.1:0'], ready, {
    // As it would be reached through a proxy with TLS: only then can other calendars fetch from it.
    BELFORT_BASE_URL: 'https://zalen.oudermeersch.example',
    BELFORT_SMTP_URL: office.url, BELFORT_MAIL_FROM: 'zalen@oudermeersch.example',
  });
  return { ...started.found, office, end: started.end, errors: started.errors };
}

/** The demo town after a year of its council, which it has played by itself. */
export async function councilYear(program, office) {
  const ready = (out) => out.includes('\n') && JSON.parse(out.slice(0, out.indexOf('\n')));
  const args = ['demo', '--council-year', '--json', '--no-kiosk', '--listen', '127.0.0.1:0'];
  const started = await start(program, args, ready, {
    BELFORT_SMTP_URL: office.url, BELFORT_MAIL_FROM: 'zittingen@oudermeersch.example',
  });
  return { ...started.found, office, end: started.end, errors: started.errors };
}

/** What a command of the program prints. */
export function tell(program, args, time = clock()) {
  return execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26, env: { ...process.env, ...time } });
}

/** A new municipality as the README makes one; resolves with its address and the link of the first set-up. */
export async function firstStart(program, dir) {
  tell(program, ['init', '--data', dir, '--town', 'Nieuwstad']);
  const ready = (out) => {
    const base = /http:\/\/127\.0\.0\.1:\d+/.exec(out)?.[0];
    const link = /http:\S+\/account\/open\/\S+/.exec(out)?.[0];
    return base && link && { base_url: base, link };
  };
  const started = await start(program, ['serve', '--data', dir, '--listen', '127.0.0.1:0'], ready, {});
  return { ...started.found, end: started.end, dir };
}

/** Asks the API; fails unless the status is one of those expected. */
export async function api(town, token, method, path, body, expected = [200, 201]) {
  const answer = await fetch(`${town.base_url}/api/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!expected.includes(answer.status)) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/** The day `days` after another. */
export function daysAfter(day, days) {
  return new Date(Date.parse(`${day}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

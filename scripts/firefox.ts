/**
 * Drives a stock Firefox for the tests, by WebDriver BiDi (https://w3c.github.io/webdriver-bidi),
 * which it speaks itself: no patched build and no driver beside it. Few commands: open, evaluate,
 * size, picture. Where there is no Firefox it says so; `ensureFirefox` installs Debian's where it may.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';

const NAMES = ['firefox-esr', 'firefox'];

const answersVersion = (command: string): boolean =>
  spawnSync(command, ['--version'], { stdio: 'ignore', timeout: 60_000 }).status === 0;

/** A Firefox that starts; $FIREFOX alone where it is set. Undefined when there is none. */
export function findFirefox(): string | undefined {
  const wanted = process.env['FIREFOX'];
  if (wanted !== undefined && wanted !== '') return answersVersion(wanted) ? wanted : undefined;
  return NAMES.find(answersVersion);
}

/** As `findFirefox`; installs firefox-esr from the system's packages where that needs no password. */
export function ensureFirefox(say: (line: string) => void): string | undefined {
  const found = findFirefox();
  if (found !== undefined) return found;
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    say('No Firefox found: its end-to-end tests are skipped. Install it, or set FIREFOX to its path.');
    return undefined;
  }
  say('No Firefox found; running: apt-get install -y firefox-esr');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env });
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'firefox-esr'], {
    stdio: 'ignore',
    env,
  });
  const installed = findFirefox();
  if (installed === undefined) say('Firefox could not be installed: its end-to-end tests are skipped.');
  return installed;
}

/** Of about:config, by name. */
export type Preferences = Readonly<Record<string, string | number | boolean>>;

/** Quiet, and no traffic of its own. */
const PREFERENCES: Preferences = {
  'app.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'intl.accept_languages': 'en-US, en',
};

type Answer = { readonly [key: string]: unknown };

/** A tab. What is evaluated comes back through JSON. */
export class FirefoxPage {
  /** Uncaught errors and console errors so far. */
  readonly problems: string[] = [];

  constructor(
    private readonly ask: (method: string, params: object) => Promise<Answer>,
    private readonly context: string,
  ) {}

  async goto(url: string): Promise<void> {
    await this.ask('browsingContext.navigate', { context: this.context, url, wait: 'complete' });
  }

  async size(width: number, height: number): Promise<void> {
    await this.ask('browsingContext.setViewport', { context: this.context, viewport: { width, height } });
  }

  /** @throws what the expression throws */
  async evaluate<T>(expression: string): Promise<T> {
    const answer = await this.ask('script.evaluate', {
      expression: `(async () => JSON.stringify(await (${expression})))()`,
      target: { context: this.context },
      awaitPromise: true,
    });
    if (answer['type'] === 'exception') {
      const { text } = answer['exceptionDetails'] as { readonly text: string };
      throw new Error(text);
    }
    const { value } = answer['result'] as { readonly value?: string };
    return (value === undefined ? undefined : JSON.parse(value)) as T;
  }

  /** All text that is shown. */
  text(): Promise<string> {
    return this.evaluate<string>('document.body.innerText');
  }

  /** Presses the first button that may be pressed and whose name begins so. @returns whether there is one */
  press(name: string): Promise<boolean> {
    return this.evaluate<boolean>(
      `(() => { const found = [...document.querySelectorAll('button')].find((button) => !button.disabled && (button.getAttribute('aria-label') ?? button.innerText).trim().startsWith(${JSON.stringify(name)})); found?.click(); return found !== undefined; })()`,
    );
  }

  /** A PNG of what is in view. */
  async picture(): Promise<Buffer> {
    const { data } = await this.ask('browsingContext.captureScreenshot', { context: this.context });
    return Buffer.from(data as string, 'base64');
  }
}

export class Firefox {
  #next = 0;
  readonly #waiting = new Map<
    number,
    { resolve: (answer: Answer) => void; reject: (error: Error) => void }
  >();
  readonly #pages = new Map<string, FirefoxPage>();

  private constructor(
    private readonly child: ChildProcess,
    private readonly socket: WebSocket,
    private readonly profile: string,
  ) {
    socket.on('message', (data) => this.#take(JSON.parse(String(data)) as Answer));
  }

  /** @param preferences beside those that keep it quiet */
  static async launch(path: string, preferences: Preferences = {}): Promise<Firefox> {
    const profile = await mkdtemp(join(tmpdir(), 'tracewise-firefox-'));
    const lines = Object.entries({ ...PREFERENCES, ...preferences }).map(
      ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
    );
    await writeFile(join(profile, 'user.js'), lines.join('\n'));
    const args = [
      '--headless',
      '--no-remote',
      '--profile',
      profile,
      '--remote-debugging-port',
      '0',
      'about:blank',
    ];
    const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    const address = await new Promise<string>((resolve, reject) => {
      let said = '';
      child.once('error', reject);
      child.once('exit', (code) =>
        reject(new Error(`Firefox ended with ${code} before it listened: ${said}`)),
      );
      child.stderr.on('data', (data) => {
        said += String(data);
        const [, url] = /WebDriver BiDi listening on (ws:\S+)/.exec(said) ?? [];
        if (url !== undefined) resolve(url);
      });
    });
    const socket = new WebSocket(`${address}/session`);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    const firefox = new Firefox(child, socket, profile);
    await firefox.ask('session.new', { capabilities: {} });
    await firefox.ask('session.subscribe', { events: ['log.entryAdded'] });
    return firefox;
  }

  async page(): Promise<FirefoxPage> {
    const { context } = (await this.ask('browsingContext.create', { type: 'tab' })) as { context: string };
    const page = new FirefoxPage((method, params) => this.ask(method, params), context);
    this.#pages.set(context, page);
    return page;
  }

  ask(method: string, params: object): Promise<Answer> {
    const id = ++this.#next;
    this.socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  #take(message: Answer): void {
    if (message['method'] === 'log.entryAdded') {
      const entry = message['params'] as { level: string; text: string | null; source: { context?: string } };
      const page = this.#pages.get(entry.source.context ?? '');
      if (entry.level === 'error') page?.problems.push(entry.text ?? 'an error without a text');
      return;
    }
    const waiting = this.#waiting.get(message['id'] as number);
    if (waiting === undefined) return;
    this.#waiting.delete(message['id'] as number);
    if (message['type'] === 'error')
      waiting.reject(new Error(`${String(message['error'])}: ${String(message['message'])}`));
    else waiting.resolve(message['result'] as Answer);
  }

  async close(): Promise<void> {
    this.socket.close();
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill();
    await ended;
    await rm(this.profile, { recursive: true, force: true });
  }
}

/**
 * Finds a Chromium for the tests. Where there is none, it installs one if it may. It is no version manager:
 * any recent Chromium or Chrome will do.
 */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync } from 'node:fs';
import { homedir, platform } from 'node:os';
import { delimiter, join } from 'node:path';

/**
 * Headless in a container: no sandbox of its own, no traffic of its own, WebGPU in
 * software unless $WEBGPU_ADAPTER names another (`default`).
 */
export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
  `--use-webgpu-adapter=${process.env['WEBGPU_ADAPTER'] ?? 'swiftshader'}`,
  '--enable-unsafe-swiftshader',
] as const;

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const FIXED_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function onPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** Executables in the folders where playwright keeps the browsers it downloads, newest first. */
function inPlaywrightCache(): string[] {
  const root =
    process.env['PLAYWRIGHT_BROWSERS_PATH'] ??
    {
      darwin: join(homedir(), 'Library/Caches/ms-playwright'),
      win32: join(process.env['LOCALAPPDATA'] ?? homedir(), 'ms-playwright'),
    }[platform() as string] ??
    join(homedir(), '.cache/ms-playwright');
  const inside = [
    'chrome-linux64/chrome',
    'chrome-linux/chrome',
    'chrome-headless-shell-linux64/chrome-headless-shell',
    'chrome-linux/headless_shell',
    'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
    'chrome-mac-arm64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
    'chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
    'chrome-win64/chrome.exe',
    'chrome-win/chrome.exe',
  ];
  let versions: string[];
  try {
    versions = readdirSync(root).filter((name) => name.startsWith('chromium'));
  } catch {
    return [];
  }
  const newestFirst = versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return newestFirst.flatMap((version) => inside.map((file) => join(root, version, file)));
}

/** $CHROMIUM alone where it is set; else the system's, then playwright's. */
function candidates(): readonly string[] {
  const wanted = process.env['CHROMIUM'];
  if (wanted !== undefined && wanted !== '') {
    if (isExecutable(wanted)) return [wanted];
    throw new Error(
      `CHROMIUM=${wanted} is not an executable file. Correct it, or unset it to let the search find one.`,
    );
  }
  const named = NAMES.map(onPath).filter((path) => path !== undefined);
  return [...named, ...FIXED_PLACES, ...inPlaywrightCache()].filter(isExecutable);
}

/**
 * Path of a Chromium, undefined when there is none. Looks only; `ensureChromium` also
 * tries. @throws Error on a wrong $CHROMIUM
 */
export function findChromium(): string | undefined {
  return candidates()[0];
}

/** A Chromium that starts: some systems have a file of that name that only says how to install one. */
function findWorkingChromium(): string | undefined {
  // On Windows `--version` opens a window instead of answering.
  return candidates().find(
    (path) => platform() === 'win32' || succeeds(path, ['--version', '--no-sandbox'], true),
  );
}

function succeeds(command: string, args: readonly string[], quiet: boolean): boolean {
  const { status } = spawnSync(command, args, {
    stdio: ['ignore', quiet ? 'ignore' : 2, quiet ? 'ignore' : 2],
  });
  return status === 0;
}

type Commands = readonly (readonly string[])[];

/** Package managers that carry a Chromium, each with what installs it without asking. */
const PACKAGE_MANAGERS: readonly {
  readonly tool: string;
  readonly commands: Commands;
  readonly needsRoot: boolean;
}[] = [
  {
    tool: 'apt-get',
    commands: [
      ['apt-get', 'update', '-qq'],
      ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium'],
    ],
    needsRoot: true,
  },
  { tool: 'dnf', commands: [['dnf', 'install', '-y', 'chromium']], needsRoot: true },
  { tool: 'pacman', commands: [['pacman', '-Sy', '--noconfirm', 'chromium']], needsRoot: true },
  { tool: 'apk', commands: [['apk', 'add', '--no-cache', 'chromium']], needsRoot: true },
  { tool: 'brew', commands: [['brew', 'install', '--cask', 'chromium']], needsRoot: false },
];

function installWithSystemPackages(say: (line: string) => void): string | undefined {
  const manager = PACKAGE_MANAGERS.find(({ tool }) => onPath(tool) !== undefined);
  if (manager === undefined) {
    say('No known package manager on this system.');
    return undefined;
  }
  const isRoot = process.getuid?.() === 0;
  const sudo = manager.needsRoot && !isRoot;
  if (sudo && !(onPath('sudo') !== undefined && succeeds('sudo', ['-n', 'true'], true))) {
    say(`${manager.tool} needs root, and sudo asks for a password: not using it.`);
    return undefined;
  }
  for (const command of manager.commands) {
    const full = sudo ? ['sudo', '-n', 'env', 'DEBIAN_FRONTEND=noninteractive', ...command] : [...command];
    say(`Running: ${full.join(' ')}`);
    process.env['DEBIAN_FRONTEND'] = 'noninteractive';
    // A failed `apt-get update` (one dead source) need not stop the installation itself.
    if (!succeeds(full[0]!, full.slice(1), false)) say(`That command failed: ${full.join(' ')}`);
  }
  return findWorkingChromium();
}

/** Finds or installs a Chromium, saying what it does. Throws with advice when it cannot. */
export function ensureChromium(say: (line: string) => void): string {
  const found = findWorkingChromium();
  if (found !== undefined) {
    say(`Chromium: ${found}`);
    return found;
  }
  say('No Chromium found; installing one for the browser tests.');
  const installed = installWithSystemPackages(say);
  if (installed !== undefined) {
    say(`Chromium installed by the system's packages: ${installed}`);
    return installed;
  }
  say('Running: npx playwright install chromium');
  succeeds('npx', ['playwright', 'install', 'chromium'], false);
  const downloaded = findWorkingChromium();
  if (downloaded !== undefined) {
    say(`Chromium downloaded by playwright: ${downloaded}`);
    return downloaded;
  }
  throw new Error(
    'No Chromium could be installed. Install Chromium or Chrome and run again, or set CHROMIUM to its path.',
  );
}

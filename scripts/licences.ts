/**
 * `npm run licences`: the licence of every package that the site, the library and the tools are made of, as
 * docs/licences.md. It fails on a licence that is not on the list below. `-- --check` writes nothing and fails
 * where the page is out of date. What is installed is read, not what a registry says.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { format } from 'prettier';

const ROOT = resolve(import.meta.dirname, '..');
const PAGE = 'docs/licences.md';

/** Ask for no more than that their text goes along, or that changes to the package itself stay open. */
const ALLOWED: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'Artistic-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC-BY-3.0',
  'CC-BY-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'OFL-1.1',
  'Python-2.0',
  'Unlicense',
];

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
}

export interface LicensedPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** In what is shipped, or in what builds and tests it. */
  readonly use: 'shipped' | 'tools';
}

/** Every package of the lock file, each version once. */
export async function licensedPackages(root: string = ROOT): Promise<readonly LicensedPackage[]> {
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, Locked>>;
  };
  const found = new Map<string, LicensedPackage>();
  for (const [path, locked] of Object.entries(lock.packages)) {
    if (path === '') continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const use = locked.dev === true || locked.devOptional === true ? 'tools' : 'shipped';
    const entry: LicensedPackage = {
      name,
      version: locked.version ?? '',
      licence: locked.license ?? (await installedLicence(join(root, path))),
      use,
    };
    const key = `${name}@${entry.version}`;
    if (found.get(key)?.use !== 'shipped') found.set(key, entry);
  }
  return [...found.values()].sort((a, b) => (a.name + a.version < b.name + b.version ? -1 : 1));
}

/** What the installed package says of itself, or its LICENSE begins with; `unknown` where neither is there. */
async function installedLicence(folder: string): Promise<string> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as {
      license?: unknown;
    };
    if (typeof manifest.license === 'string') return manifest.license;
    const text = await readFile(join(folder, 'LICENSE'), 'utf8');
    return /^\s*(?:The )?MIT License/.test(text) ? 'MIT' : 'unknown';
  } catch {
    return 'unknown';
  }
}

/** Whether a licence, or one of those that an expression offers, is on the list. */
export const isAllowed = (licence: string): boolean => {
  const parts = licence.replace(/[()]/g, '').split(/\s+OR\s+/);
  return parts.some((part) => part.split(/\s+AND\s+/).every((one) => ALLOWED.includes(one.trim())));
};

/** docs/licences.md */
export function licencesPage(packages: readonly LicensedPackage[]): Promise<string> {
  const table = (use: LicensedPackage['use']): readonly string[] => [
    '| Package | Version | Licence |',
    '| --- | --- | --- |',
    ...packages
      .filter((one) => one.use === use)
      .map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`),
    '',
  ];
  const page = [
    '# Licences',
    '',
    'Tracewise is under [Apache-2.0](../LICENSE). It stands on the packages below. `npm run licences` writes this page',
    'from what is installed and fails on a licence that asks for more than these do.',
    '',
    '## In the site, the library or the command line',
    '',
    ...table('shipped'),
    '## In what builds and tests them',
    '',
    ...table('tools'),
  ];
  return format(page.join('\n'), { parser: 'markdown', printWidth: 120 });
}

if (process.argv[1] === import.meta.filename) {
  const packages = await licensedPackages();
  const refused = packages.filter(({ licence }) => !isAllowed(licence));
  for (const { name, version, licence } of refused)
    console.error(`${name} ${version}: the licence ${licence} is not on the list`);
  const page = await licencesPage(packages);
  const path = join(ROOT, PAGE);
  const isCheck = process.argv.includes('--check');
  const isNew = (await readFile(path, 'utf8').catch(() => '')) !== page;
  if (isCheck && isNew) console.error(`${PAGE} is out of date; run "npm run licences"`);
  if (!isCheck) await writeFile(path, page);
  console.error(`${packages.length} packages, ${refused.length} refused`);
  process.exitCode = refused.length > 0 || (isCheck && isNew) ? 1 : 0;
}

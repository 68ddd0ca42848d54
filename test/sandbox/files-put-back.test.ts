/**
 * Files belong to one job. Whatever a program does to them, the next one in the same interpreter finds the
 * files, descriptors and folders of an untouched one.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSandbox, pythonProcess } from '../../src/sandbox/node.ts';
import { spawnPython } from '../../src/sandbox/node-process.ts';
import type { Pool } from '../../src/sandbox/pool.ts';

let sandbox: Pool;
let started = 0;
let untouched: string;
beforeAll(async () => {
  const python = await pythonProcess();
  const spawn = () => (started++, spawnPython(python));
  sandbox = await createSandbox({ spawn, workers: 1, spare: false });
  untouched = await look();
  expect(untouched).toContain('/lib/python314.zip');
  expect(await look(), 'looking changes nothing').toBe(untouched);
}, 300_000);
afterAll(() => sandbox.dispose());

/** Patience where only a wrong outcome would need it. */
const limits = { steps: 20_000_000, callMs: 60_000, jobMs: 120_000, valueBytes: 4 * 2 ** 20 };

/** All that a program can tell of files: every path with what it is, open descriptors, the working folder. */
const looking = `
import os, hashlib
def f():
    found = []
    for folder, folders, names in os.walk('/', followlinks=False):
        if folder.startswith('/proc'):
            continue
        for name in sorted(folders) + sorted(names) + ['.']:
            path = os.path.join(folder, name)
            s = os.lstat(path)
            row = [path, oct(s.st_mode), s.st_size, s.st_ino, s.st_nlink, s.st_atime, s.st_mtime, s.st_ctime]
            if os.path.islink(path):
                row.append(os.readlink(path))
            elif name in names and os.path.isfile(path):
                row.append(hashlib.sha256(open(path, 'rb').read()).hexdigest())
            found.append(str(row))
    for number in range(100):
        try:
            s = os.fstat(number)
            found.append('descriptor %d: %s %s' % (number, oct(s.st_mode), s.st_ino))
        except OSError:
            pass
    new = os.open('/lib', os.O_RDONLY)
    return '\\n'.join(found + [os.getcwd(), 'next ' + str(new), str(os.listdir('/proc/self/fd')), str(os.umask(0))])
`;

async function call(code: string): Promise<string> {
  const { calls } = await sandbox.run({ code, calls: [{ entryPoint: 'f', args: '' }], limits });
  const [result] = calls;
  if (result?.outcome !== 'ok' || result.value?.type !== 'str') throw new Error(JSON.stringify(result));
  return result.value.value;
}
const look = (): Promise<string> => call(looking);

const stdlib = '/lib/python314.zip';
const attacks: Record<string, string> = {
  'a file is written': "open('/tmp/x', 'w').write('x')",
  'a file is left open, with what was not flushed':
    "global left; left = open('/tmp/x', 'w'); left.write('x')",
  'folders and links are made':
    "os.makedirs('/tmp/a/b/c'); os.symlink('/lib', '/tmp/a/l'); os.symlink('/nowhere', '/home/l')",
  'a name that JavaScript knows':
    "open('/tmp/__proto__', 'w').write('x'); os.mkdir('/__proto__'); os.mkdir('/tmp/constructor')",
  'the working folder is another': "os.chdir('/tmp')",
  'the folder above the working folder has another name':
    "os.mkdir('/tmp/w'); os.chdir('/tmp/w'); os.rename('/tmp', '/t')",
  'the library is written over where it lies': `fd = os.open('${stdlib}', os.O_RDWR); os.pwrite(fd, bytes(5000), 0); os.lseek(fd, 100_000, 0); os.write(fd, bytes(500))`,
  'the library is cut short': `os.truncate('${stdlib}', 10)`,
  'the library grows': `open('${stdlib}', 'ab').write(bytes(10 ** 6))`,
  'the library is deleted': `os.unlink('${stdlib}')`,
  'the library is deleted and made anew': `os.unlink('${stdlib}'); open('${stdlib}', 'w').write('mine')`,
  'the library is renamed, and a link in its place': `os.rename('${stdlib}', '/tmp/lib.zip'); os.symlink('/tmp/lib.zip', '${stdlib}')`,
  'all folders are renamed': "[os.rename('/' + n, '/x' + n) for n in ('lib', 'home', 'tmp')]",
  'a file into which another was renamed': `open('/tmp/x', 'w').write('x'); os.rename('/tmp/x', '${stdlib}')`,
  'modules where Python looks for them':
    "import sys; [open(os.path.join(p, 'statistics.py'), 'w').write('x = 1') for p in sys.path if os.path.isdir(p)]; open('/home/pyodide/sitecustomize.py', 'w').write('x')",
  'modes and times are set': `os.chmod('${stdlib}', 0); os.chmod('/lib', 0o1777); os.utime('${stdlib}', (1, 2)); os.utime('/', (3, 4)); os.chmod('/tmp', 0o100644)`,
  'the kind of a node is changed by its mode': "os.chmod('/tmp', 0o777); os.chmod('/dev/null', 0o600)",
  'descriptors are closed': '[os.close(i) for i in (0, 1, 2)]',
  'descriptors are exchanged':
    "fd = os.open('/tmp/out', os.O_RDWR | os.O_CREAT); [os.dup2(fd, i) for i in (0, 1, 2)]; os.dup(fd); os.write(1, b'x')",
  'descriptors are left open, read alone': `[os.open('${stdlib}', os.O_RDONLY) for _ in range(50)]; os.open('/lib', os.O_RDONLY)`,
  'flags and positions of descriptors':
    'import fcntl; fcntl.fcntl(0, fcntl.F_SETFL, os.O_APPEND | os.O_NONBLOCK); fcntl.fcntl(1, fcntl.F_DUPFD, 70); fcntl.fcntl(2, fcntl.F_SETFL, os.O_APPEND)',
  'devices are renamed and deleted':
    "os.rename('/dev/null', '/dev/nil'); os.unlink('/dev/random'); open('/dev/null', 'w').write('x')",
  'a mapping of a file is written':
    "import mmap; open('/tmp/m', 'wb').write(bytes(8192)); fd = os.open('/tmp/m', os.O_RDWR); m = mmap.mmap(fd, 8192); m[:3] = b'abc'; m.flush()",
  'a mapping of the library is written': `import mmap; fd = os.open('${stdlib}', os.O_RDWR); m = mmap.mmap(fd, 4096); m[:2000] = bytes(2000); m.flush()`,
  'the file system is filled': "f = open('/tmp/full', 'wb'); [f.write(bytes(2 ** 20)) for _ in range(200)]",
  'a thousand files': "[open('/tmp/%d' % i, 'w').write('x') for i in range(1000)]",
};

test.each(Object.entries(attacks))('%s, and nothing of it is left', async (_name, statement) => {
  const before = started;
  // All but the full file system lets it come to its end.
  const code = `import os\ndef f():\n    try:\n        ${statement}\n    except Exception as e:\n        return repr(e)\n    return 'done'\n`;
  const said = await call(code);
  expect(said).toMatch(/^done$|No space left/);
  expect(await look()).toBe(untouched);
  expect(started, 'in the same interpreter').toBe(before);
});

test('a whole program, which has files for its input and output, costs no interpreter', async () => {
  const before = started;
  for (let i = 0; i < 5; i++) {
    const { calls } = await sandbox.run({
      code: 'import os\nprint(input())\nos.write(1, b"x")',
      calls: [],
      stdin: `${i}\n`,
      limits,
    });
    expect(calls[0]).toMatchObject({ outcome: 'ok', stdout: `${i}\nx` });
  }
  expect(await look()).toBe(untouched);
  expect(started).toBe(before);
});

test('a library that was deleted is imported from by the next program', async () => {
  await call(`import os\ndef f():\n    os.unlink('${stdlib}')\n    return 'done'`);
  expect(await call('import tomllib\ndef f():\n    return str(tomllib.loads("a = 1"))')).toBe("{'a': 1}");
});

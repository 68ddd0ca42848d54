# What a test and the program it tests share besides objects, as they would in one process:
# patched functions of the library, environment variables, files below /tmp, global
# variables, the decimal context. Each message brings what has changed of it. Random
# numbers, input and output are with the sides themselves (candidate.py, checker.py).
import decimal as _decimal

_SHARED_FOLDER = '/tmp/'
_WORKING_FOLDER = '/tmp/here'
_MOST_FILES = 200
_MOST_BYTES = 512 * 1024
# What the interpreter would run if a test imported it: never taken from a program.
_CODE_FILES = ('.py', '.pyc', '.so', '.pth', '.zip')


class _Surroundings(_Notices):
    """`shares`: which of them the texts of the program and the test have to do
    with; `names`: global variables of both."""

    def start_surroundings(self, shares, names):
        self.shares = frozenset(shares)
        self.names = names
        self.values = {}
        self.variables = dict(_fds.environ)
        self.context = self.context_now()
        self.files = {}
        if 'files' in self.shares:
            # Only where it is used: with one folder more files have to be put back after the check.
            if '' not in _sys.path and '.' not in _sys.path:
                _fds.makedirs(_WORKING_FOLDER, exist_ok=True)
                _fds.chdir(_WORKING_FOLDER)
            self.files = self.files_now()
        self.start_notices()

    def changes_out(self, ambient):
        self.notices_out(ambient)
        if self.names:
            changed = [name for name in self.names if self.space.get(name, _Missing) is not self.values.get(name, _Missing)
                       and self.may_send(name)]
            self.values.update({name: self.space[name] for name in changed})
            if changed:
                ambient['names'] = [[name, self.pack(self.space[name])] for name in changed]
        if 'environ' in self.shares:
            now = dict(_fds.environ)
            if now != self.variables:
                changed = [key for key in now.keys() | self.variables.keys() if now.get(key) != self.variables.get(key)]
                ambient['environ'] = [[key, now.get(key)] for key in changed]
                self.variables = now
        if 'files' in self.shares:
            now = self.files_now()
            if now != self.files:
                ambient['files'] = [[path, data.decode('latin-1') if type(data) is bytes else data]
                                    for path, data in ((path, now.get(path)) for path in sorted(now.keys() | self.files.keys()))
                                    if data != self.files.get(path)]
                self.files = now

    def changes_in(self, ambient):
        self.notices_in(ambient)
        for name, value in ambient.get('names', ()):
            if name not in self.names:
                raise Malformed('name')
            self.space[name] = self.values[name] = self.unpack(value)
        if 'environ' in self.shares:
            for key, value in ambient.get('environ', ()):
                if type(key) is not str or type(value) not in (str, type(None)):
                    raise Malformed('variable')
                if value is None:
                    _fds.environ.pop(key, None)
                else:
                    _fds.environ[key] = value
            self.variables = dict(_fds.environ)
        if 'files' in self.shares and 'files' in ambient:
            for path, data in ambient['files']:
                self.put_file(path, data)
            self.files = self.files_now()

    def context_now(self):
        context = _decimal.getcontext()
        return [context.prec, context.rounding]

    def files_now(self):
        """Path -> content; True for a folder. What is beyond the limits stays where it is."""
        found = {}
        left = _MOST_BYTES
        for folder, folders, files in _fds.walk(_SHARED_FOLDER):
            for name in folders:
                found[_fds.path.join(folder, name)] = True
            for name in files:
                path = _fds.path.join(folder, name)
                size = _fds.lstat(path).st_size
                if name[:1] != '.' and not _fds.path.islink(path) and size <= left and len(found) < _MOST_FILES:
                    left -= size
                    with _open(path, 'rb') as file:
                        found[path] = file.read()
        return found

    def put_file(self, path, data):
        if type(path) is not str or not path.startswith(_SHARED_FOLDER) or _fds.path.realpath(path) != path:
            raise Malformed('path')
        if not self.trusting and path.lower().endswith(_CODE_FILES):
            return
        if data is True:
            _fds.makedirs(path, exist_ok=True)
        elif data is None:
            (_fds.rmdir if _fds.path.isdir(path) else _fds.remove)(path) if _fds.path.exists(path) else None
        elif type(data) is str:
            with _open(path, 'wb') as file:
                file.write(data.encode('latin-1'))
        else:
            raise Malformed('file')


class _Missing:
    """Stands for a variable that is not there."""


_open = open


def _patched_names(tree):
    """
    (module, name) of what a test may put something of its own in the place of: read off its
    text. Only the standard library's, and not the streams, which are handled on their own.
    """
    modules = {}
    found = {('builtins', name) for name in ('input', 'print', 'open')}
    for node in _ast.walk(tree):
        if type(node) is _ast.Import:
            modules.update({alias.asname or alias.name.split('.')[0]: alias.name if alias.asname else alias.name.split('.')[0]
                            for alias in node.names})
    for node in _ast.walk(tree):
        t = type(node)
        if t is _ast.Constant and type(node.value) is str and _re.fullmatch(r'[A-Za-z_]\w*(\.[A-Za-z_]\w*)+', node.value):
            found.add(tuple(node.value.rsplit('.', 1)))
        elif t is _ast.Attribute and type(node.ctx) is _ast.Store:
            found.add((_dotted(node.value, modules), node.attr))
        elif t is _ast.Call and len(node.args) > 1 and type(node.args[1]) is _ast.Constant and type(node.args[1].value) is str:
            found.add((_dotted(node.args[0], modules), node.args[1].value))
    return {(module, name) for module, name in found if module and module.split('.')[0] in _sys.stdlib_module_names
            and not (module == 'sys' and name in ('stdout', 'stderr', 'stdin'))}


def _dotted(node, modules):
    """The module that an expression names, or None."""
    if type(node) is _ast.Name:
        return modules.get(node.id)
    if type(node) is _ast.Attribute:
        outer = _dotted(node.value, modules)
        return outer and outer + '.' + node.attr
    return None


def _global_names(tree, prompt_tree):
    """Variables that a test means to share with the program: declared `global` in
    it, or bound by both the prompt and the test."""
    declared = {name for node in _ast.walk(tree) if type(node) is _ast.Global for name in node.names}
    return declared | (_bound(tree) & _bound(prompt_tree) if prompt_tree is not None else set())


def _bound(tree):
    return {n.id for statement in tree.body if type(statement) in (_ast.Assign, _ast.AnnAssign, _ast.AugAssign)
            for n in _ast.walk(statement) if type(n) is _ast.Name and type(n.ctx) is _ast.Store}

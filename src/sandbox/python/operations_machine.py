# The operation trajectory of a program: every primitive operation with its operand values, in the
# order in which Python does them, as text. An interpreter of micro-Python (one function of
# assignments, loops, conditions, comprehensions and known built-ins) written in Python; a program
# outside it has no trajectory. What it says is checked against plain execution each time. The last
# part of operations.ts; the pool runs it inside its workers. It judges nothing.
#
# Defines trace_operations(code, entry_point, args_text, cap=150) -> str | None and
# operations_record(code, entry_point, args_text, cap=150) -> dict | None with the keys trajectory,
# inputs (spelled arguments), answer (from <ans> on) and tokens (special tokens and words in the
# trajectory).


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


class _Return(Exception):
    pass


class _Machine(_Expressions):
    """Executes one call and writes the trajectory into self.out."""

    def __init__(self, lines, env, cap):
        self.lines, self.env, self.cap = lines, env, cap
        self.out, self.names = [], []
        self.muted, self.steps = 0, 0

    # statements

    def run(self, body):
        for statement in body:
            self.statement(statement)

    def head(self, node):
        k = self.lines.get(node.lineno)
        if k is None or k > _MAX_LINE:
            raise Unsupported
        self.emit('<L%d>' % k)

    def statement(self, node):
        self.steps += 1
        if self.steps > 400:
            raise Unsupported
        if isinstance(node, _ast.Expr) and isinstance(node.value, _ast.Constant):
            return
        if isinstance(node, _ast.For):
            return self.for_loop(node)
        if isinstance(node, _ast.While):
            return self.while_loop(node)
        self.head(node)
        if isinstance(node, _ast.Assign):
            value = self.eval(node.value)
            for target in node.targets:
                self.assign(target, value)
        elif isinstance(node, _ast.AnnAssign) and node.value is not None:
            self.assign(node.target, self.eval(node.value))
        elif isinstance(node, _ast.AugAssign):
            self.augment(node)
        elif isinstance(node, _ast.If):
            self.run(node.body if self.test(node.test) else node.orelse)
        elif isinstance(node, _ast.Return):
            value = None if node.value is None else self.eval(node.value)
            self.emit('<ret>')
            self.say(value)
            raise _Return(value)
        elif isinstance(node, _ast.Expr) and isinstance(node.value, _ast.Call):
            self.call(node.value, statement=True)
        elif isinstance(node, _ast.Break):
            self.emit('break')
            raise _Break
        elif isinstance(node, _ast.Continue):
            self.emit('continue')
            raise _Continue
        elif isinstance(node, _ast.Pass):
            self.emit('pass')
        elif isinstance(node, _ast.Delete) and len(node.targets) == 1 and isinstance(node.targets[0], _ast.Subscript):
            target = node.targets[0]
            container, key = self.eval(target.value), self.key(target.slice)
            del container[key]
            self.changed(target.value)
        else:
            raise Unsupported

    def test(self, node):
        """A condition; always ends in <T> or <F>."""
        before = len(self.out)
        value = self.eval(node)
        truth = bool(value)
        if type(value) is not bool:
            self.value_or_name(node, value)
            self.emit('<=>', '<T>' if truth else '<F>')
        elif len(self.out) == before or self.out[-1] != ('<T>' if truth else '<F>'):
            self.emit('<T>' if truth else '<F>')
        return truth

    def for_loop(self, node):
        source, first = None, True
        if node.orelse:
            raise Unsupported
        self.head(node)
        source = self.iterable(node.iter)
        try:
            for item, rest in self.elements(source):
                if not first:
                    self.head(node)
                first = False
                self.step_to(node.target, item, rest)
                try:
                    self.run(node.body)
                except _Continue:
                    pass
        except _Break:
            return
        if not first:
            self.head(node)
        self.emit('<end>')

    def while_loop(self, node):
        if node.orelse:
            raise Unsupported
        while True:
            self.head(node)
            if not self.test(node.test):
                return
            self.steps += 1
            try:
                self.run(node.body)
            except _Continue:
                pass
            except _Break:
                return

    # names and their values

    def assign(self, target, value):
        if isinstance(target, _ast.Name):
            self.env[target.id] = value
            self.note(target.id)
            self.emit(target.id)
            self.say(value)
        elif isinstance(target, (_ast.Tuple, _ast.List)):
            values = list(value)
            if len(values) != len(target.elts) or any(isinstance(t, _ast.Starred) for t in target.elts):
                raise Unsupported
            for part, item in zip(target.elts, values):
                self.assign(part, item)
        elif isinstance(target, _ast.Subscript):
            container = self.eval(target.value)
            if type(container) not in (list, dict):
                raise Unsupported
            container[self.key(target.slice)] = value
            self.changed(target.value)
        else:
            raise Unsupported

    def augment(self, node):
        target = node.target
        if isinstance(target, _ast.Name):
            old = self.look(target.id)
            if type(old) in (list, set, dict):
                if not (type(old) is list and isinstance(node.op, _ast.Add)):
                    raise Unsupported
                old += self.eval(node.value)
                self.changed(target)
                return
            new = self.binary(node.op, target, old, node.value)
            self.assign(target, new)
        elif isinstance(target, _ast.Subscript):
            container = self.eval(target.value)
            if type(container) not in (list, dict):
                raise Unsupported
            key = self.key(target.slice)
            old = self.subscript(target.value, container, key)
            if type(old) in (list, set, dict):
                raise Unsupported
            container[key] = self.binary(node.op, None, old, node.value)
            self.changed(target.value)
        else:
            raise Unsupported

    def changed(self, node):
        """A container was changed in place: write the variable that holds it."""
        while isinstance(node, _ast.Subscript):
            node = node.value
        if not isinstance(node, _ast.Name):
            raise Unsupported
        value = self.look(node.id)
        others = [name for name in self.env if name != node.id and self.env[name] is value and not self.scoped(name)]
        for name in (node.id, *others):
            self.note(name)
            self.emit(name)
            self.say(value)

    def note(self, name):
        if not self.muted and not self.scoped(name) and name not in self.names:
            self.names.append(name)


def _body_lines(code, function):
    """Physical line number -> k of <Lk>: lines of the body that hold code, counted from 1."""
    lines, k = code.split('\n'), 0
    numbers = {}
    for number in range(function.lineno + 1, function.end_lineno + 1):
        text = lines[number - 1].strip()
        if text and not text.startswith('#'):
            k += 1
            numbers[number] = k
    return numbers


def _entry(code, entry_point):
    functions = [n for n in _ast.parse(code).body if not (isinstance(n, _ast.Expr) and isinstance(n.value, _ast.Constant))]
    if len(functions) != 1 or not isinstance(functions[0], _ast.FunctionDef) or functions[0].name != entry_point:
        raise Unsupported
    function = functions[0]
    a = function.args
    if function.decorator_list or a.vararg or a.kwarg or a.kwonlyargs or a.posonlyargs or a.defaults:
        raise Unsupported
    return function, [arg.arg for arg in a.args]


def _plainly(code, entry_point, args_text):
    namespace = {'__name__': 'program'}
    exec(compile(code, '<program>', 'exec'), namespace)
    return namespace[entry_point](*_ast.literal_eval('(' + args_text + ',)' if args_text.strip() else '()'))


def operations_record(code, entry_point, args_text, cap=150):
    try:
        function, names = _entry(code, entry_point)
        args = _ast.literal_eval('(' + args_text + ',)' if args_text.strip() else '()')
        if len(args) != len(names):
            return None
        inputs = []
        for name, value in zip(names, args):
            inputs += [name, *spell(value)]
        machine = _Machine(_body_lines(code, function), dict(zip(names, args)), cap)
        try:
            machine.run(function.body)
            machine.emit('<end>', '<ret>', '<None>')
            value = None
        except _Return as done:
            value = done.args[0]
        answer = ['<ans>']
        for name in machine.names:
            answer += [name, *spell(machine.env[name]), '<;>']
        answer += ['<ret>', *spell(value), '<;>']
        if not same(value, _plainly(code, entry_point, args_text)):
            return None
    except Exception:
        return None
    return {
        'trajectory': ''.join(machine.out),
        'inputs': ''.join(inputs),
        'answer': ''.join(answer),
        'tokens': len(machine.out),
    }


def trace_operations(code, entry_point, args_text, cap=150):
    record = operations_record(code, entry_point, args_text, cap)
    return None if record is None else record['trajectory']

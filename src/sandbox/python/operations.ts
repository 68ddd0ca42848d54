/**
 * The operation trajectory of a program: every primitive operation with its operand values, in the order in which Python
 * does them, as text. An interpreter of micro-Python (one function of assignments, loops, conditions, comprehensions and
 * known built-ins) written in Python; a program outside it has no trajectory. What it says is checked against plain
 * execution each time. Python source as text; the pool runs it inside its workers. It judges nothing.
 *
 * Defines trace_operations(code, entry_point, args_text, cap=150) -> str | None
 * and operations_record(code, entry_point, args_text, cap=150) -> dict | None with the keys
 * trajectory, inputs (spelled arguments), answer (from <ans> on) and tokens (special tokens and words in the trajectory).
 */
import { operationBuiltinsSource } from './operations-builtins.ts';
import { operationValuesSource } from './operations-values.ts';

const interpreterSource = String.raw`
_BINARY = {
    _ast.Add: ('<+>', _operator.add), _ast.Sub: ('<->', _operator.sub), _ast.Mult: ('<*>', _operator.mul),
    _ast.FloorDiv: ('<//>', _operator.floordiv), _ast.Mod: ('<%>', _operator.mod), _ast.Pow: ('<**>', _operator.pow),
    _ast.Div: ('</>', _operator.truediv),
}
_COMPARE = {
    _ast.Eq: ('<==>', _operator.eq), _ast.NotEq: ('<!=>', _operator.ne), _ast.Lt: ('<lt>', _operator.lt),
    _ast.LtE: ('<le>', _operator.le), _ast.Gt: ('<gt>', _operator.gt), _ast.GtE: ('<ge>', _operator.ge),
    _ast.In: ('<isin>', lambda a, b: a in b), _ast.NotIn: ('<notin>', lambda a, b: a not in b),
    _ast.Is: ('<is>', _operator.is_), _ast.IsNot: ('<isnot>', _operator.is_not),
}
_NUMBERS = (int, bool, float)


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


class _Return(Exception):
    pass


class _Machine(_Builtins):
    """Executes one call and writes the trajectory into self.out."""

    def __init__(self, lines, env, cap):
        self.lines, self.env, self.cap = lines, env, cap
        self.out, self.names = [], []
        self.muted, self.steps = 0, 0

    def emit(self, *tokens):
        if self.muted:
            return
        self.out += tokens
        if len(self.out) > self.cap:
            raise Unsupported

    def say(self, value):
        self.emit(*spell(value))

    def value_or_name(self, node, value):
        """Containers under a name are referred to by it; everything else is written out."""
        if isinstance(node, _ast.Name) and type(value) in (list, dict, set, tuple):
            self.emit(node.id)
        else:
            self.say(value)

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

    def elements(self, iterable):
        """Pairs (element, list of those still to come). A list is walked live, as Python does."""
        if type(iterable) is list:
            i = 0
            while i < len(iterable):
                yield iterable[i], iterable[i + 1:]
                i += 1
            return
        if type(iterable) is set and not all(type(item) is int for item in iterable):
            raise Unsupported
        items = list(iterable)
        if len(items) > 40:
            raise Unsupported
        for i, item in enumerate(items):
            yield item, items[i + 1:]

    def step_to(self, target, item, rest):
        """Binds a loop variable: its value, then what is still to come."""
        self.assign(target, tuple(item) if type(item) is _Indexed else item)
        self.emit('<|>')
        for other in rest:
            if type(other) is _Indexed:
                self.emit(_index(other[0]))
                self.say(other[1])
            else:
                self.say(other)

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
        self.note(node.id)
        self.emit(node.id)
        self.say(self.env[node.id])

    def note(self, name):
        if not self.muted and not self.scoped(name) and name not in self.names:
            self.names.append(name)

    def look(self, name):
        if name not in self.env:
            raise Unsupported
        return self.env[name]

    # expressions

    def eval(self, node):
        self.steps += 1
        if self.steps > 4000:
            raise Unsupported
        kind = type(node)
        if kind is _ast.Name:
            return self.look(node.id)
        if kind is _ast.Constant:
            if type(node.value) not in (int, bool, str, float, type(None)):
                raise Unsupported
            return node.value
        if kind is _ast.BinOp:
            left = self.eval(node.left)
            return self.binary(node.op, node.left, left, node.right)
        if kind is _ast.Compare:
            return self.compare(node)
        if kind is _ast.BoolOp:
            for part in node.values:
                value = self.eval(part)
                if bool(value) is not isinstance(node.op, _ast.And):
                    break
                if type(value) is not bool and part is not node.values[-1]:
                    self.value_or_name(part, value)
                    self.emit('<=>', '<T>' if value else '<F>')
            return value
        if kind is _ast.UnaryOp:
            return self.unary(node)
        if kind is _ast.Call:
            return self.call(node)
        if kind is _ast.Subscript:
            container = self.eval(node.value)
            if isinstance(node.slice, _ast.Slice):
                return self.slice(node, container)
            return self.subscript(node.value, container, self.key(node.slice))
        if kind is _ast.IfExp:
            return self.eval(node.body if self.test(node.test) else node.orelse)
        if kind in (_ast.List, _ast.Tuple, _ast.Set):
            items = [self.eval(item) for item in node.elts]
            return items if kind is _ast.List else tuple(items) if kind is _ast.Tuple else set(items)
        if kind is _ast.Dict:
            return {self.eval(k): self.eval(v) for k, v in zip(node.keys, node.values)}
        if kind is _ast.ListComp:
            return self.list_comprehension(node)
        if kind in (_ast.SetComp, _ast.DictComp):
            return self.other_comprehension(node)
        raise Unsupported

    def binary(self, op, left_node, left, right_node):
        right = self.eval(right_node)
        if type(op) not in _BINARY:
            raise Unsupported
        sign, function = _BINARY[type(op)]
        if isinstance(op, _ast.Mod) and type(left) is str:
            raise Unsupported
        if isinstance(op, _ast.Pow) and not (type(right) in (int, bool) and 0 <= right <= 8):
            raise Unsupported
        self.value_or_name(left_node, left)
        self.emit(sign)
        self.value_or_name(right_node, right)
        if type(left) in _NUMBERS and type(right) in _NUMBERS:
            spell(left), spell(right)
        value = function(left, right)
        self.emit('<=>')
        self.say(value)
        return value

    def compare(self, node):
        left_node, left = node.left, self.eval(node.left)
        for op, right_node in zip(node.ops, node.comparators):
            right = self.eval(right_node)
            sign, function = _COMPARE[type(op)]
            self.value_or_name(left_node, left)
            self.emit(sign)
            self.value_or_name(right_node, right)
            value = function(left, right)
            self.emit('<=>')
            self.say(value)
            if not value:
                break
            left_node, left = right_node, right
        return value

    def unary(self, node):
        if isinstance(node.op, _ast.USub) and isinstance(node.operand, _ast.Constant):
            return -node.operand.value
        value = self.eval(node.operand)
        if isinstance(node.op, _ast.Not):
            sign, result = 'not', not value
        elif isinstance(node.op, _ast.USub):
            sign, result = '<->', -value
        else:
            raise Unsupported
        self.emit(sign, *([] if sign == '<->' else ['<:>']))
        self.value_or_name(node.operand, value)
        self.emit('<=>')
        self.say(result)
        return result

    def key(self, node):
        if isinstance(node, _ast.Slice):
            raise Unsupported
        return self.eval(node)

    def subscript(self, node, container, key):
        kind = type(container)
        if kind is dict:
            self.value_or_name(node, container)
            self.emit('<:>')
            self.say(key)
        elif kind in (list, tuple, str) and type(key) is int:
            if kind is str:
                self.emit(*spell_indexed(container))
            else:
                self.value_or_name(node, container)
            if key < 0:
                self.say(key)
                container[key]
                self.emit(_index(key + len(container)))
            else:
                self.emit(_index(key))
        else:
            raise Unsupported
        value = container[key]
        self.emit('<=>')
        self.say(value)
        return value

    def slice(self, node, container):
        if type(container) not in (list, tuple, str):
            raise Unsupported
        bounds = [None if p is None else self.eval(p) for p in (node.slice.lower, node.slice.upper, node.slice.step)]
        self.value_or_name(node.value, container)
        self.emit('<[>')
        for i, bound in enumerate(bounds):
            if i == 1 or (i == 2 and bound is not None):
                self.emit('<:>')
            if bound is not None:
                self.say(bound)
        self.emit('<]>', '<=>')
        value = container[slice(*bounds)]
        self.say(value)
        return value


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
`;

export const operationsSource = operationValuesSource + operationBuiltinsSource + interpreterSource;

# A conversation between two interpreters about one program: each asks the other to
# call, read or step what lives there, strictly in turns, and every message first says
# which of the shared objects have changed. One module for both sides; what only the
# test's side does is in checker.py, what only the program's does in candidate.py.


def _refuse_constant(name):
    raise Malformed(name)


_decode = _json_module.JSONDecoder(parse_constant=_refuse_constant).decode


class Ended(BaseException):
    """The program has come to its end (a limit): nothing more can be asked of it."""


class Tampered(BaseException):
    """The other side does not keep to the form of messages."""


class Refused(BaseException):
    """What was asked for cannot be had here; the host is told why."""


# Requests whose arguments are values alone.
_OF_VALUES = frozenset(['call', 'send', 'throw'])
_RESERVE = 100
_recursion = _sys.getrecursionlimit


def _with_reserve(function, *args):
    """Calls a part of the harness with room for its own frames, however deep the
    program and the test are in each other."""
    limit = _recursion()
    _set_recursion(limit + _RESERVE)
    try:
        return function(*args)
    finally:
        _set_recursion(limit)


# Frames of the harness between a call from one side and what the other does for it, and
# how far they may raise the limit: some hundred calls to and fro take as much stack as
# a worker in Chromium has.
_BETWEEN = 10
_DEEPEST_TALK = 4000


def _with_room(function, *args):
    """Serves a request, whose frames of the harness do not count against what the program may recurse."""
    limit = _recursion()
    _set_recursion(max(limit, min(limit + _BETWEEN, _DEEPEST_TALK)))
    try:
        return function(*args)
    finally:
        _set_recursion(limit)


class _Wire(_Graph, _Values, _SameValues, _Classes, _Errors, _Objects):
    """
    One side. `side`: 1 the test's, -1 the program's. `trusting`: whether the other side's word
    counts in comparisons and by name; the program's side trusts the test's, never the other
    way round (wire_trust.py). `exchange` sends a text and returns the other side's next one.
    """

    def __init__(self, side, shared, space, exchange, most):
        super().__init__()
        self.table = _SharedObjects(side)
        self.trusted_by_peer = side > 0
        self.shared = shared
        self.space = space
        self.exchange = exchange
        self.most = most
        self.packers = self._packers()
        self.shells = self._value_shells()
        self.makers = {**self._value_makers(), **self._object_makers()}
        self.inline = {
            'g': self.read_global, 'p': self.read_shared, 'm': self.read_module, 'e': self.read_member, 'E': self.read_flags,
            'S': lambda parts: ''.join([part for part in _listed(parts)]), '?': lambda why: Uncomparable(),
        }
        self.reals = {}
        self.metaclasses = {}
        self.rebuilt = 0
        self.handed_out = 0
        self.start_same()
        self.start_tasks()

    # --- messages

    def write(self, kind, body):
        """The text of a message: what has changed, what is forgotten, and the
        body, which is packed already."""
        changed = self.table.changed()
        updates = [[number, self._pack_content(self.table.objects[number], self.table.forms[number][-1])] for number in changed]
        gone = self.table.purge()
        self.table.fresh.extend([number for number in changed if number in self.table.objects])
        self.table.settle()
        ambient = self.ambient_out()
        defs, self.defs = self.defs, []
        text = _dumps([kind, body, defs, updates, gone, ambient])
        if len(text) > self.most:
            raise Uncarried('a value of more than ' + str(self.most) + ' bytes')
        return text

    def read(self, text):
        """The kind of a message and its body, unpacked, after what it says of shared objects was done."""
        try:
            kind, body, defs, updates, gone, ambient = _decode(text)
            self.read_defs(defs)
            body = self.read_body(kind, body)
            for number, content in _listed(updates):
                form = self.table.forms[number][-1]
                if form not in _CONTENT:
                    raise Malformed('update')
                self._fill(self.table.objects[number], form, content)
                self.table.fresh.append(number)
            for number in _listed(gone):
                if type(number) is not int:
                    raise Malformed('number')
                if number in self.table.objects and self.table.forms[number] != 'k':
                    self.table.drop(number)
            self.table.settle()
            self.ambient_in(ambient)
            return kind, body
        except (Malformed, LookupError, TypeError, ValueError, ArithmeticError, AttributeError, RecursionError, ImportError) as e:
            raise Tampered(type(e).__name__ + ': ' + str(e)[:200]) from e

    def read_body(self, kind, body):
        if kind == 'r':
            state, *rest = body
            if state == 'ok':
                return state, self.unpack_one(rest[0])
            if state == 'stop':
                return 'ok', _Stop(self.unpack(rest[0]))
            if state == 'err':
                e = self.unpack(rest[0])
                if not isinstance(e, BaseException) or type(rest[1]) is not dict:
                    raise Malformed('error')
                return state, (e, rest[1])
            if state == 'end' and type(rest[0]) is dict:
                return state, rest[0]
        elif kind == 'q':
            op, target, args, named = body
            if type(op) is not str or type(named) is not dict:
                raise Malformed('request')
            self.check_request(op, target, args)
            return op, self.unpack(target), [self.unpack_one(a) for a in _listed(args)], {k: self.unpack_one(v) for k, v in named.items()}
        raise Malformed('kind')

    def ask(self, op, target=None, args=(), named=None):
        return self.talk(op, _with_reserve(self.request, op, target, args, named or {}))

    def request(self, op, target, args, named):
        # What is asked by name has the name first: the other side looks at it before it makes anything.
        names = 0 if op in _OF_VALUES else 1
        values = [_text_pack(x) if type(x) is str else self.pack(x) for x in args[:names]] + [self.pack_one(x) for x in args[names:]]
        return [op, self.pack(target), values, {k: self.pack_one(v) for k, v in named.items()}]

    def step(self, number, op, args):
        return self.talk(op, [op, ['@', number], [self.pack_one(x) for x in args], {}])

    def talk(self, op, body):
        """Sends a request and serves the other side's until the answer is there."""
        text = _with_reserve(self.write, 'q', body)
        while True:
            kind, body = _with_reserve(self.read, self.exchange(text))
            if kind == 'r':
                break
            text = _with_room(self.served, body)
        state, result = body
        if state == 'ok':
            if type(result) is _Stop and op not in ('next', 'send', 'throw'):
                raise Tampered('an end of nothing')
            return result
        if state == 'end':
            raise Ended(result)
        e, about = result
        self.note_raised(op, e, about)
        raise e

    def served(self, body):
        """Does what a request asks for; the text of the answer."""
        mark = self.table.count
        try:
            return _with_reserve(self.write, 'r', self.answer(*body))
        except (Uncarried, RecursionError) as e:
            self.forget(mark)
            return self.write('r', ['ok', ['?', str(e)[:200]]])

    def answer(self, op, target, args, named):
        try:
            result = self.perform(op, target, args, named)
        except (Ended, Tampered, Refused):
            raise
        except BaseException as e:
            return _with_reserve(self.failed, e)
        if type(result) is _Stop:
            return ['stop', _with_reserve(self.pack, result.value)]
        return ['ok', _with_reserve(self.pack_one, result)]

    def failed(self, e):
        return ['err', self.pack(e), {}]

# The test's side of a check: runs `check(candidate)` in an interpreter that never runs a program, talks about
# the program with the one that does (wire.py), and says how it ended. The verdict is the host's (check.ts);
# nothing that the program sends is evaluated here.

_TEST_FILE = '<test>'
_PROMPT_FILE = '<prompt>'


# Special names that a program's class may have though the test's side believes its objects.
_WITHOUT_A_WORD = frozenset('''__init__ __repr__ __str__ __format__ __call__ __enter__ __exit__ __getattr__ __setattr__ __iter__ __next__
__getitem__ __setitem__ __delitem__ __doc__ __module__ __qualname__ __annotations__ __post_init__'''.split())


class _Need(BaseException):
    """Replaying: the next answer is not known yet."""


class _Tester(_Trust, _TestTasks, _Surroundings, _Doing, _Wire):
    """The test's side. `transcript`: (message, answer) of the calls so far, where
    the test is run again and again instead of waiting."""

    def __init__(self, settings):
        super().__init__(1, frozenset(), {}, self.exchanged, settings['most'])
        self.transcript = settings['transcript']
        self.waits = settings['waits']
        self.follows_random = settings['random']
        self.asked = 0
        self.calls = 0
        self.need = None
        self.ended = None
        self.stopped_by = None
        self.last_call = None
        self.shown = None
        self.source = settings['test']
        self.watch = _Sightings()
        self.stdout = _sys.stdout
        self.stderr = _sys.stderr
        self.random = _random.getstate()
        self.patchable = {}
        self.patched = {}
        self.built_here = []

    def exchanged(self, text):
        if self.need is not None:
            raise _Need
        if self.stopped_by is not None:
            raise self.stopped_by
        at = self.asked
        self.asked += 1
        if at < len(self.transcript):
            sent, answer = self.transcript[at]
            if sent != text:
                raise Refused('the test does not do the same when it is run again, which this page needs; '
                              'it can run where pages are cross-origin isolated')
            return answer
        if self.waits:
            return _exchange(text)
        self.need = text
        raise _Need

    def talk(self, op, body):
        is_call = op in ('call', 'method', 'entry')
        if is_call:
            self.calls += 1
            self.last_call = [body, None]
        try:
            result = super().talk(op, body)
        except Ended as e:
            self.ended = e.args[0]
            raise
        except (Tampered, Refused) as e:
            self.stopped_by = self.stopped_by or e
            raise
        if is_call:
            self.last_call = [body, result]
        return result

    def ask(self, op, target=None, args=(), named=None):
        if self.refuse_word(op, target, args, named or {}):
            raise AttributeError(repr(type(target).__name__) + ' object has no attribute ' + repr(args[0]))
        if op in ('call', 'method'):
            self.shown = _call_text(args if op == 'call' else args[1:], named or {})
        result = super().ask(op, target, args, named)
        if op == 'name':
            self.named_by_test(args[0], result)
        self.note_got(op, target, args, result)
        return result

    def perform(self, op, target, args, named):
        return self.built(*args, **named) if op == 'class' else super().perform(op, target, args, named)

    def built(self, name, bases, body, **named):
        """
        A class of the program's that builds on one of the test's: it is made here, of
        functions that stay there. Its objects are the test's, so that it may not say
        what they equal, exceed or hold.
        """
        if type(name) is not str or type(bases) is not tuple or type(body) is not dict:
            raise TypeError('no class')
        word = [part for part in body if part[:2] == '__' and part not in _WITHOUT_A_WORD]
        if word or named or not all([type(base) in (type, _abc.ABCMeta) for base in bases]):
            raise TypeError('a class that the program builds on one of the test may not have ' + ', '.join(word + list(named)))
        made = _types.new_class(name, bases, {}, lambda space: space.update(body))
        self.built_here.append(made)
        return made

    def failed(self, e):
        if isinstance(e, (_Need, StepLimit, OutputLimit)):
            raise e
        self.watch.handed_over(e)
        return super().failed(e)

    # --- what the test's side notes of the program

    def note_raised(self, op, e, about):
        if op in ('call', 'method', 'entry', 'await'):
            self.watch.raised_by_program(e, about)
            if self.last_call is not None:
                self.last_call[1] = e

    # --- surroundings that both sides share

    def watch_patches(self, tree):
        for module, name in _patched_names(tree):
            try:
                found = _importlib.import_module(module)
                self.patchable[module, name] = found, getattr(found, name)
            except (ImportError, AttributeError):
                continue

    def may_send(self, name):
        """A variable of the program's, once the test has bound it too."""
        return name in self.space and name in self.values

    def ambient_out(self):
        ambient = {}
        if self.follows_random:
            state = _random.getstate()
            if state != self.random:
                self.random = ambient['random'] = state
        stdin = _sys.stdin
        if type(stdin) is _io.StringIO and not stdin.closed:
            ambient['in'] = _text_pack(stdin.getvalue()[stdin.tell():])
        changed = []
        for (module, name), (found, original) in self.patchable.items():
            now = getattr(found, name, original)
            if now is not self.patched.get((module, name), original):
                self.patched[module, name] = now
                changed.append([module, name, [] if now is original else [self.pack(now)]])
        if changed:
            ambient['patched'] = changed
        if 'decimal' in self.shares and self.context_now() != self.context:
            ambient['decimal'] = self.context = self.context_now()
        self.changes_out(ambient)
        return ambient or 0

    def ambient_in(self, ambient):
        if ambient == 0:
            return
        for key, stream, own in (('out', _sys.stdout, self.stdout), ('err', _sys.stderr, self.stderr)):
            if key in ambient:
                text = self.unpack(ambient[key])
                if type(text) is not str:
                    raise Malformed('output')
                if stream is not own:
                    stream.write(text)
        if 'read' in ambient and type(_sys.stdin) is _io.StringIO:
            _sys.stdin.read(ambient['read'])
        self.changes_in(ambient)
        if 'random' in ambient and self.follows_random:
            version, numbers, gauss = ambient['random']
            state = (version, tuple(numbers), gauss)
            if _reachable(self.random, state):
                self.random = state
                _random.setstate(state)


def _reachable(before, after):
    """
    Whether drawing numbers leads from one state of the generator to the other.
    A program that seeds it anew does not choose the test's.
    """
    if after[0] != before[0] or len(after[1]) != 625:
        return False
    if not all([type(n) is int and 0 <= n < 2 ** 32 for n in after[1]]) or not 1 <= after[1][-1] <= 624:
        return False
    if type(after[2]) not in (float, type(None)):
        return False
    trial = _random.Random()
    trial.setstate((before[0], before[1], None))
    for _ in range(200):
        numbers = trial.getstate()[1]
        if numbers[:-1] == after[1][:-1]:
            return after[1][-1] >= numbers[-1]
        for _ in range(625 - numbers[-1]):
            trial.getrandbits(32)
    return False


class _Names(dict):
    """The test's builtins; a name that neither they nor the test have is one of
    the program's, as in one process."""

    def __missing__(self, name):
        if type(name) is not str or name[:2] == '__':
            raise KeyError(name)
        try:
            return _talk.ask('name', None, [name])
        except NameError:
            raise KeyError(name) from None


def check(text):
    """Runs a test. 'text': JSON of the settings, see check.ts. Returns JSON: [how it ended, ...details]."""
    global _talk, _talked, _armed
    _talked = True
    _listen(0)
    settings = _decode(text)
    tester = _talk = _Tester(settings)
    for name, module in _STANDINS.items():
        _sys.modules[name] = module
    space = tester.space
    space['__name__'] = 'test'
    space['__builtins__'] = _Names(vars(_builtins))
    _random.seed(0)
    tester.random = _random.getstate()
    tester.watch.start()
    try:
        _armed = True
        try:
            _begin(tester, settings)
            exec(compile(settings['test'], _TEST_FILE, 'exec', dont_inherit=True), space)
            space['check'](space[_ENTRY_NAME])
            _armed = False
            ended = _finished(tester)
        except BaseException as e:
            _armed = False
            ended = _stopped(tester, e)
        return _dumps([ended, tester.calls, _last_of(tester)])
    finally:
        tester.watch.stop()
        _talk = None


_ENTRY_NAME = ' candidate'


def _begin(tester, settings):
    """Runs what the prompt defines and hands over, tells the program's side what
    both can name, and gets the candidate."""
    entry = settings['entry']
    root = _re.match(r'\s*(\w*)', entry).group(1)
    space = tester.space
    kept, declared = _prompt_parts(settings['prompt'], root, frozenset(settings['globals']), settings['goesOn'])
    for statement in kept:
        try:
            exec(compile(_ast.Module([statement], []), _PROMPT_FILE, 'exec', dont_inherit=True), space)
        except Exception:
            continue
    classes = [s.name for s in kept if type(s) is _ast.ClassDef and isinstance(space.get(s.name), type)]
    tester.shared = frozenset(classes)
    _by_chance.seed(settings['chance'])
    tester.start_trust(_expected_names(settings['test'], settings['prompt'], declared, root))
    tree, prompt_tree = _parsed(settings['test']), _parsed(settings['prompt'])
    names = sorted(_global_names(tree, prompt_tree)) if tree is not None else []
    tester.start_surroundings(settings['shares'], names)
    if tree is not None:
        tester.watch_patches(tree)
    if 'doctest' in settings['test']:
        _guard_doctest(settings['prompt'], settings['test'])
    body = {'shared': classes, 'entry': entry, 'names': names,
            **{key: settings[key] for key in ('shares', 'most', 'output', 'random')}}
    kind, reply = tester.read(tester.exchanged(_dumps(body)))
    if kind != 'r':
        raise Tampered('a request before the first')
    state, result = reply
    if state == 'end':
        tester.ended = result
        raise Ended
    if state == 'err':
        tester.watch.raised_by_program(*result)
        raise result[0]
    space[_ENTRY_NAME] = result
    tester.named_by_test(entry, result)
    if entry.isidentifier():
        space[entry] = result

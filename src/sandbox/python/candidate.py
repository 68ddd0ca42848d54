# The program's side of a check: the loaded program as the other side of a conversation (wire.py). Everything
# the test's side asks is done here, under the program's limits; what is said is believed there only as far as
# its form.


class _Program(_Trusting, _ProgramTasks, _Surroundings, _Doing, _Wire):
    """The program's side. Output, input and random numbers go along with every message."""

    def __init__(self, settings):
        job = _job
        super().__init__(-1, frozenset(settings['shared']), job.names, _exchange, settings['most'])
        self.errors = _Sink(settings['output'])
        _sys.stderr = _Stream(self.errors, True)
        self.follows_random = settings['random']
        self.random = None
        self.stdin = None
        self.originals = {}
        self.refused = None
        self.start_surroundings(settings['shares'], settings['names'])

    def is_simple(self):
        """Whether nothing but values went to and fro, so that this left no trace beside the program's own."""
        left = self.rebuilt or self.reals or self.originals or self.handed_out > 1
        return not left and _shared_loop is None and self.own_loop is None

    def perform(self, op, target, args, named):
        """Here the program is at work, and pays for it."""
        global _armed
        before = _armed
        _armed = True
        try:
            if op == 'entry':
                return _entry_of(_job, args[0])
            if op == 'name':
                name = args[0]
                if name not in self.space:
                    raise NameError('name ' + repr(name) + ' is not defined', name=name)
                return self.space[name]
            if op == 'class':
                return self.built(target, *args, **named)
            return super().perform(op, target, args, named)
        finally:
            _armed = before

    def built(self, meta, name, bases, body, **named):
        """A class of the test that builds on one of the program's, or is under a
        metaclass of it: it is made here, of functions that stay there."""
        if meta is not None:
            named['metaclass'] = meta
        if any([isinstance(base, _Mirror) for base in bases]):
            raise TypeError('a class cannot be built on classes of the test and of the program at once')
        return _types.new_class(name, bases, named, lambda space: space.update(body))

    def talk(self, op, body):
        try:
            return super().talk(op, body)
        except Refused as e:
            self.refused = self.refused or str(e)
            raise

    def answer(self, op, target, args, named):
        reply = super().answer(op, target, args, named)
        if self.refused:
            return ['end', {'outcome': 'harness-error', 'error': {'type': 'Limit', 'message': self.refused}}]
        if _left < 0:
            return ['end', {'outcome': 'step-limit'}]
        if _job.sink.over or self.errors.over:
            return ['end', {'outcome': 'output-limit'}]
        return reply

    def served(self, body):
        """A limit ends the program, whatever of it would catch the exception."""
        try:
            return super().served(body)
        except (Ended, Tampered, Refused):
            raise
        except Uncarried as e:
            return self.last('memory', str(e))
        except BaseException as e:
            return self.last(_outcome_of(e), _class_name_of(type(e)))

    def last(self, outcome, message):
        return _dumps(['r', ['end', {'outcome': outcome, 'error': {'type': 'Limit', 'message': message}}], [], [], [], 0])

    def failed(self, e):
        outcome = _outcome_of(e)
        about = _error_of(e)
        if outcome in ('step-limit', 'output-limit', 'memory'):
            return ['end', {'outcome': outcome, 'error': about}]
        return ['err', self.pack(e), about]

    def ambient_out(self):
        ambient = {}
        out = _output()
        if out:
            ambient['out'] = _text_pack(out)
        if self.errors.parts:
            ambient['err'] = _text_pack(''.join(self.errors.parts))
            self.errors.parts.clear()
        if self.stdin is not None and not self.stdin.closed and self.stdin.tell():
            ambient['read'] = self.stdin.tell()
        if self.follows_random:
            state = _random.getstate()
            if state != self.random:
                self.random = state
                ambient['random'] = state
        self.changes_out(ambient)
        return ambient or 0

    def ambient_in(self, ambient):
        """What of the test's surroundings has changed: its random numbers, its input."""
        global _left
        self.stdin = None
        if not ambient:
            return
        if 'random' in ambient:
            version, numbers, gauss = ambient['random']
            self.random = (version, tuple(numbers), gauss)
            _random.setstate(self.random)
        if 'in' in ambient:
            self.stdin = _sys.stdin = _io.StringIO(self.unpack(ambient['in']))
        self.changes_in(ambient)
        if 'decimal' in ambient:
            context = _decimal.getcontext()
            context.prec, context.rounding = ambient['decimal']
        for module, name, value in ambient.get('patched', ()):
            found = _importlib.import_module(module)
            original = self.originals.setdefault((module, name), getattr(found, name))
            setattr(found, name, self.unpack(value[0]) if value else original)

    def may_send(self, name):
        return name in self.space

    def note_raised(self, op, e, about):
        pass


def step(text):
    """
    One message of the test's side; returns the answer. The first is no request but JSON of the settings
    (checker.py), and is answered with the candidate.
    """
    global _talk, _left
    _listen(0)
    _left = _job.steps
    _sys.set_int_max_str_digits(4300)
    try:
        if _talk is None:
            settings = _decode(text)
            _talk = _Program(settings)
            return _talk.served(('entry', None, [settings['entry']], {}))
        kind, body = _talk.read(text)
        if kind != 'q':
            raise Tampered('an answer to nothing')
        return _talk.served(body)
    except Refused as e:
        return _talk.last('harness-error', str(e))
    except (Ended, Tampered) as e:
        return _talk.last('tamper', str(e))

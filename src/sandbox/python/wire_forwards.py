# Special methods of rebuilt classes: what the interpreter asks of an object without naming it (operators,
# iteration, `with`). Each asks the other side, and leaves to wire_trust.py what the answer may count for.


def _through(home, x, name, args):
    """A special method, of an instance, or of a class on which that of the
    instance was built here and which it reaches by `super()`."""
    if not home or type(x) is home[0]:
        return _talk.ask('do', x, [name, *args])
    return _talk.ask('method', home[0], [name, x, *args])


class _Question:
    """A special method that is about another value: asked of one, or of several in one message."""

    def __init__(self, home, x, name, more=(), is_swapped=False):
        self.home, self.x, self.more, self.is_swapped = home, x, more, is_swapped
        self.name = '__r' + name[2:] if is_swapped else name

    def __call__(self, other):
        if self.is_swapped:
            return _talk.ask('do', self.x, [self.name, other, *self.more])
        return _through(self.home, self.x, self.name, (other, *self.more))

    def each(self, others):
        return _talk.ask('each', self.x, [self.name, others, *self.more])


def _forwards(home, base):
    """
    Special methods for a rebuilt class, by the special name of the original that calls
    for them. `home`: a list that will hold the class; `base`: the built-in class it is
    built on, which answers from the content where the program has no word.
    """
    def natively(name):
        return getattr(base, name, None) if base is not None else None

    def does(name):
        own = natively(name) if name in _CONTENT_SAYS else None

        def method(self, *args):
            if own is not None and not _believed(self):
                return own(self, *args)
            return _talk.answered(self, name, _through(home, self, name, args))
        return method

    def operates(name, is_swapped=False):
        own = natively(('__r' + name[2:]) if is_swapped else name)

        def method(self, other, *modulus):
            result = _talk.calculated(self, name, other, _Question(home, self, name, modulus, is_swapped))
            return own(self, other, *modulus) if result is NotImplemented and own is not None else result
        return method

    def compares(name):
        own = natively(name)

        def method(self, other):
            return _talk.compared(self, name, other, _Question(home, self, name), own)
        return method

    def contains(self, item):
        if _own_word(self, item):
            return _through(home, self, '__contains__', (item,))
        own = natively('__contains__')
        return own(self, item) if own is not None else _looked_up(self, item)

    def following(self):
        item = _talk.ask('next', self)
        if type(item) is _Stop:
            raise StopIteration(item.value) if item.value is not None else StopIteration
        return item

    def awaiting(self):
        return _coroutine(_talk.table.numbers[id(self)]).__await__()

    async def following_later(self):
        return await _talk.awaited(_talk.table.numbers[id(self)], 'anext')

    def iterates(self):
        own = natively('__iter__')
        return own(self) if own is not None and not _believed(self) else _talk.iterated(self, _through(home, self, '__iter__', ()))

    def indexes(self, key):
        try:
            return _talk.answered(self, '__getitem__', _through(home, self, '__getitem__', (key,)))
        except IndexError:
            if type(key) is int and key >= 0:
                _talk.check_end(self, key)
            raise

    found = {name: {name: does(name)} for name in '''__len__ __setitem__ __delitem__ __bool__ __str__
        __repr__ __int__ __float__ __index__ __complex__ __format__ __reversed__ __abs__ __neg__ __pos__
        __invert__ __round__ __trunc__ __floor__ __ceil__ __enter__ __exit__ __aenter__ __aexit__ __get__ __set__ __delete__ __set_name__
        __bytes__ __hash__ __aiter__ __length_hint__ __missing__'''.split()}
    found['__call__'] = {'__call__': lambda self, *args, **named: _talk.ask('call', self, args, named)}
    for name in _BINARY:
        plain, right, inplace = '__' + name + '__', '__r' + name + '__', '__i' + name + '__'
        found[plain] = found[right] = {plain: operates(plain), right: operates(plain, True)}
        found[inplace] = {inplace: operates(inplace)}
    found['__divmod__'] = found['__rdivmod__'] = {'__divmod__': operates('__divmod__'), '__rdivmod__': operates('__divmod__', True)}
    for name in _COMPARED:
        found[name] = {name: compares(name)}
    found['__contains__'] = {'__contains__': contains}
    found['__iter__'] = {'__iter__': iterates}
    found['__getitem__'] = {'__getitem__': indexes}
    # A traceback stays where it is.
    found['__exit__'] = {'__exit__': lambda self, kind, value, traceback: _through(home, self, '__exit__', (kind, value, None))}
    found['__aexit__'] = {'__aexit__': lambda self, kind, value, traceback: _through(home, self, '__aexit__', (kind, value, None))}
    found['__next__'] = {'__next__': following}
    found['__await__'] = {'__await__': awaiting}
    found['__anext__'] = {'__anext__': following_later}
    if base is not None:
        for name in ('__hash__', '__new__', '__init__'):
            found[name] = {}
    return found


_COPIED = {
    '__copy__': lambda self: _talk.ask('do', self, ['__copy__']),
    '__deepcopy__': lambda self, memo: _talk.ask('do', self, ['__deepcopy__']),
    '__reduce_ex__': lambda self, protocol: _talk.ask('do', self, ['__reduce_ex__', protocol]),
    '__dir__': lambda self: _talk.ask('do', self, ['__dir__']),
    '__dict__': property(lambda self: _talk.ask('get', self, ['__dict__'])),
}
_FORWARDED = frozenset(_forwards([], None))

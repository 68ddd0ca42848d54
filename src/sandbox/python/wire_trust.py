# When the word of a program's object counts on the test's side. A value decides by its content; an object
# has no word about a value of the test's: that it equals one, holds one, differs from one by nothing. Such
# answers would be the program's verdict on itself. It has one where the test says that it expects an
# object: of a class that the prompt declares or the test uses as one (wire_expected.py). What it hands out
# without having heard a value (attributes, items, results of methods) is believed, as it is of a function.

# Items of a program's own container that are compared with one to find out whether it is in there.
_MOST_LOOKED_AT = 2_000
# Questions that a value of a built-in type answers from its content. Whatever else of the
# program has such a method (an object, a class, a function) has no word against a value.
_VALUES_OWN = frozenset('''issubset issuperset isdisjoint startswith endswith isalnum isalpha isascii isdecimal isdigit isidentifier islower
isnumeric isprintable isspace istitle isupper is_integer difference
symmetric_difference intersection union compare
compare_signal compare_total compare_total_mag same_quantum equals isclose
max min max_mag min_mag'''.split())
# Names of what values have and do: an object that heard a value and answers to one of
# them may stand for a difference.
_VALUE_TYPES = (int, float, complex, str, bytes, list, tuple, set, dict, _Decimal, _Fraction, _datetime.date, _datetime.datetime,
                _datetime.time, _datetime.timedelta)
_VALUE_NAMES = frozenset([name for t in _VALUE_TYPES for name in dir(t) if name[:1] != '_']).union(
    'all any sum mean min max std var prod size shape ndim dot item tolist norm nonzero empty equals values'.split())
# Of a class built on a built-in one its content answers these, unless the test expects the class.
_CONTENT_SAYS = frozenset('__len__ __bool__'.split())
_SHOWN = frozenset('__str__ __repr__'.split())
# Values among which one that counts is asked about: so many of a small one, fewer of a
# container, whose items all of them repeat.
_SIBLINGS = 256
_FEWEST_SIBLINGS = 16
_SIBLING_PARTS = 20_000
_ALPHABETS = ('abcdefghijklmnopqrstuvwxyz', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789')
# Anew for each check, from what the program does not know.
_by_chance = _random.Random()


def _is_object(x):
    """Whether it is one of the program's that has no content here."""
    return isinstance(type(x), _Mirror) and _base_of(type(x)) is None


def _believed(x):
    return _talk.trusting or _talk.believes(x)


def _own_word(x, *others):
    """Whether what an object says of itself in comparison with others may count."""
    return _believed(x) or all([_is_object(other) for other in others])


def _looked_up(container, item):
    """Whether an item is in a container of the program's: by its items, compared here."""
    for x in _itertools.islice(container, _MOST_LOOKED_AT):
        if item is x or item == x:
            return True
    return False


def _has(x, name):
    return any([name in _space_of(c) for c in _mro_of(type(x)) if c is not object])


def _window(value, count, step=1):
    """Numbers in even steps with the value somewhere among them, and nothing about them that says where."""
    place = _by_chance.randrange(count)
    return [value + (at - place) * step for at in range(count)]


def _like(letter):
    """Characters among which one does not stand out."""
    for letters in _ALPHABETS:
        if letter in letters:
            return letters
    first = max(0, ord(letter) - _by_chance.randrange(64))
    return [chr(n) for n in range(first, min(first + 64, 0x110000))]


def _texts_like(value, count):
    """Texts that differ from the given one in two places."""
    places = _by_chance.sample(range(len(value)), min(2, len(value)))
    pools = [_like(value[at]) for at in places]
    found = {}
    for letters in _itertools.islice(_shuffled(_itertools.product(*pools)), count):
        text = list(value)
        for at, letter in zip(places, letters):
            text[at] = letter
        found[''.join(text)] = None
    return list(found)


def _shuffled(items):
    items = list(items)
    _by_chance.shuffle(items)
    return items


def _siblings(value, count=_SIBLINGS):
    """
    Values of the same kind of which none, seen beside the given one, looks more like the one
    that is asked about; not that one itself, and nothing where no such values are known.
    """
    t = type(value)
    if t in (str, list, tuple, set, frozenset, dict):
        count = max(_FEWEST_SIBLINGS, min(count, _SIBLING_PARTS // (len(value) + 1)))
    if t is int or t is _Fraction or t is _Decimal:
        found = _window(value, count)
    elif t is float or t is complex:
        found = _window(value, count, _by_chance.choice([0.5, 1.0, 2.0]) * max(1.0, abs(value) / 8)) if value - value == 0 else []
    elif t is str and value:
        found = _texts_like(value, count)
    elif t in (list, tuple) and value:
        at = _by_chance.randrange(len(value))
        found = [t([*value[:at], part, *value[at + 1:]]) for part in _siblings(value[at], count)]
    elif t in (set, frozenset) and value:
        one = next(iter(value))
        found = [value - {one} | {part} for part in _siblings(one, count)]
    elif t is dict and value:
        key = _by_chance.choice(list(value))
        found = [{**value, key: part} for part in _siblings(value[key], count)]
    else:
        found = []
    return [x for x in found if x != value]


class _Trust:
    """
    What the test's side knows of the program's objects, by number. `made`: by the
    test, from a class that it expects. `derived`: got from those, of such a class.
    `told`: what an object that is not believed made of a value that it heard.
    """

    trusting = False

    def start_trust(self, expected):
        self.expected = expected
        self.classes = set()
        self.no_classes = set()
        self.made = set()
        self.derived = set()
        self.told = set()
        self.methods = set()

    def number_of(self, x):
        return self.table.numbers.get(id(x))

    def believes(self, x):
        number = self.number_of(x)
        return number in self.made or number in self.derived

    def named_by_test(self, name, x):
        """The test reached for one of the program's names. A class that it also
        has under a name for no class is no class to it."""
        if isinstance(x, _Mirror):
            if name not in self.expected:
                self.no_classes.add(self.number_of(x))
                self.classes.discard(self.number_of(x))
            elif self.number_of(x) not in self.no_classes:
                self.classes.add(self.number_of(x))

    def note_class(self, cls):
        if isinstance(cls, _Mirror):
            self.classes.add(self.number_of(cls))

    def note_made(self, cls, made):
        if self.is_expected(made) and self.number_of(cls) in self.classes:
            self.made.add(self.number_of(made))

    def is_expected(self, x):
        return isinstance(type(x), _Mirror) and any([self.number_of(c) in self.classes for c in _mro_of(type(x)) if isinstance(c, _Mirror)])

    def note_got(self, op, target, args, result):
        """A result came out of an object or a class."""
        if op == 'get' and type(result) is _Function and self.number_of(target) in self.classes:
            self.methods.add(self.number_of(result))
        if op == 'each' and type(result) is list:
            for _, answer in result:
                self.note_got('do', target, args, answer)
        if target is None or op not in ('method', 'get', 'do', 'next', 'call') or not isinstance(type(result), _Mirror):
            return
        asked = self.number_of(target)
        counts = asked in self.methods if op == 'call' else self.believes(target) or asked in self.classes
        if counts and self.is_expected(result):
            number = self.number_of(result)
            if number not in self.made:
                self.derived.add(number)
        elif asked in self.told and _is_object(result):
            self.told.add(self.number_of(result))

    def refuse_word(self, op, target, args, named):
        """Whether a question by name is one that only a value answers."""
        if op not in ('get', 'method') or self.believes(target) or self.number_of(target) in self.classes:
            return False
        if self.number_of(target) in self.told:
            return args[0] in _VALUE_NAMES
        return args[0] in _VALUES_OWN and (not args[1:] or not _own_word(target, *args[1:], *named.values()))

    def answered(self, x, name, result):
        """What a special method gives that heard no value."""
        if self.number_of(x) in self.told and name not in _SHOWN and not _is_object(result):
            raise TypeError('bad operand type: ' + repr(type(x).__name__))
        return result

    def calculated(self, x, name, other, ask):
        """What an operator gives. An object may be what comes next; a value is a
        verdict, and must depend on what it was asked about."""
        number = self.number_of(x)
        if _own_word(x, other) and (number not in self.derived or isinstance(type(other), _Mirror)):
            return ask(other)
        result, others = self.among(other, ask)
        if _is_object(result) and number not in self.derived:
            self.told.add(self.number_of(result))
            return result
        if _is_object(result) or sum([result is x or result == x for x in others]) * 4 <= len(others) > 0:
            return result
        return NotImplemented

    def compared(self, x, name, other, ask, own):
        if not _own_word(x, other):
            return own(x, other) if own is not None else NotImplemented
        number = self.number_of(x)
        if number in self.made or isinstance(type(other), _Mirror):
            return ask(other)
        if name == '__eq__' or name == '__ne__':
            says = name == '__eq__'
            result, others = self.among(other, ask)
            return result if bool(result) is not says or others and not any([bool(x) is says for x in others]) else NotImplemented
        result = ask(other)
        try:
            contrary = result is True and self.ask('do', x, [_REVERSED[name], other])
        except Exception:
            contrary = False  # it has one of the two alone
        return NotImplemented if contrary is True else result

    def among(self, value, ask):
        """The answer about a value, and those about its siblings, asked for in an
        order that does not say which one counts."""
        values = [value, *_siblings(value)]
        order = list(range(len(values)))
        _by_chance.shuffle(order)
        told = ask.each([values[at] for at in order]) if len(values) > 1 else None
        if type(told) is not list or len(told) != len(order):
            return ask(value), []
        answers = dict(zip(order, told))
        is_answer, result = answers.pop(0)
        if not is_answer and isinstance(result, BaseException):
            raise result
        return result, [x for is_answer, x in answers.values() if is_answer and x is not NotImplemented]

    def iterated(self, x, items):
        if self.number_of(x) in self.told:
            raise TypeError(repr(type(x).__name__) + ' object is not iterable')
        return self.counted(x, items) if items is not x and not self.believes(x) and _has(x, '__len__') else items

    def counted(self, x, items):
        """Nothing in an object that says it holds something is a way round the comparisons of a loop."""
        for count in _itertools.count():
            try:
                item = next(items)
            except StopIteration:
                return self.check_end(x, count)
            yield item

    def check_end(self, x, count):
        if self.believes(x) or not _has(x, '__len__'):
            return
        try:
            size = len(x)
        except TypeError:
            return  # a class
        if size > count:
            raise TypeError(repr(type(x).__name__) + ' object holds less than it says')


_REVERSED = {'__lt__': '__gt__', '__gt__': '__lt__', '__le__': '__gt__', '__ge__': '__lt__'}


class _Trusting:
    """The program's side of the same questions: it believes the test in everything."""

    trusting = True

    def note_made(self, cls, made):
        pass

    def note_class(self, cls):
        pass

    def believes(self, x):
        return True

    def answered(self, x, name, result):
        return result

    def calculated(self, x, name, other, ask):
        return ask(other)

    def compared(self, x, name, other, ask, own):
        return ask(other)

    def iterated(self, x, items):
        return items

    def check_end(self, x, count):
        pass

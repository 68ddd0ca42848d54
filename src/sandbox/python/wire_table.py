# What two interpreters that talk about the same objects keep of them: a number for
# each object that has crossed, and what its content was at the last crossing. No
# messages (wire.py), no forms of values (wire_values.py).
import operator as _operator
import sys as _sys
from array import array as _array
from collections import OrderedDict as _OrderedDict, deque as _deque

_refs = _sys.getrefcount
_same = _operator.is_


def _calibrated():
    """References that an object has which only a dictionary holds, as `purge` below counts them."""
    objects = {1: [], 2: []}
    for number in list(objects):
        fewest = _refs(objects[number])
    return fewest


_FEWEST = _calibrated()

# Content of a mutable object as a flat list, by the letter of its form; what
# `_changed` compares item by item.
_CONTENT = {
    'l': list.copy,
    'q': lambda x: list(_deque.__iter__(x)),
    's': lambda x: list(set.__iter__(x)),
    'B': lambda x: [bytes(x)],
    'a': lambda x: [_array.tobytes(x)],
    'd': lambda x: ([*dict.keys(x), *dict.values(x)] if not isinstance(x, _OrderedDict)
                    else [*_OrderedDict.keys(x), *_OrderedDict.values(x)]),
    'o': lambda x: [part for pair in _state(x).items() for part in pair],
}


class _SharedObjects:
    """
    The objects both sides know, by number. The side that sent an object first numbers it, the test's
    side upwards from 1 and the program's downwards from -1. Forms: a letter of `_CONTENT` for an
    object with content that is kept equal on both sides, 'v' for one that cannot change, 'h' for one
    that lives here and has a proxy there, 'p' for a proxy of one that lives there, 'k' for a class.
    A proxy with content of its own (a program's list class) has both letters: 'hl' here, 'pl' there.
    """

    def __init__(self, side):
        self.side = side
        self.objects = {}
        self.numbers = {}
        self.forms = {}
        self.contents = {}
        self.fresh = []
        self.count = 0

    def number(self):
        self.count += 1
        return self.count * self.side

    def keep(self, number, x, form):
        self.objects[number] = x
        self.numbers[id(x)] = number
        self.forms[number] = form
        if form[-1] in _CONTENT:
            self.fresh.append(number)
        return x

    def drop(self, number):
        x = self.objects.pop(number)
        del self.forms[number]
        self.contents.pop(number, None)
        if self.numbers.get(id(x)) == number:
            del self.numbers[id(x)]

    def settle(self):
        """Notes the content of what has crossed since the last time."""
        for number in self.fresh:
            form = self.forms.get(number)
            if form is not None:
                self.contents[number] = _CONTENT[form[-1]](self.objects[number])
        self.fresh.clear()

    def changed(self):
        """Numbers of the objects whose content is not what it was at the last crossing."""
        found = []
        for number, before in self.contents.items():
            now = _CONTENT[self.forms[number][-1]](self.objects[number])
            if len(now) != len(before) or not all(map(_same, now, before)):
                if self.forms[number][-1] not in 'Ba' or now != before:
                    found.append(number)
        return found

    def purge(self):
        """
        Drops what nobody on this side can reach any more and returns the
        numbers. From then on the other side's is an object of its own.
        """
        gone = []
        again = True
        while again:
            again = False
            for number in list(self.objects):
                if self.forms[number][0] not in 'hk' and _refs(self.objects[number]) <= _FEWEST:
                    self.drop(number)
                    gone.append(number)
                    again = True
        return gone

# Which object a text or a number is on both sides of the border between two interpreters. Such values cross
# by content; where one crosses by itself, as an argument or a result, it is the object it was when it crossed
# before, so that `candidate(x) is x` and `cached(1) is cached(1)` hold as in one process. Of what lies in
# containers only texts that the interpreter keeps once (names in source code) have an identity.

# Larger values, and values beyond so many, are new objects each time.
_LONGEST_HELD = 10_000
_MOST_HELD = 2_000
# The integers that the interpreter keeps once.
_KEPT_NUMBERS = range(-5, 257)
_is_kept_text = getattr(_sys, '_is_interned', lambda x: False)


def _is_held(x):
    t = type(x)
    if t is str or t is bytes:
        return 1 < len(x) <= _LONGEST_HELD
    if t is int:
        return x not in _KEPT_NUMBERS and x.bit_length() <= _LONGEST_HELD
    return t in _SIMPLE or t is float


class _SameValues:
    """`held`: type and content -> the object of this content that crossed last. Both sides hold the same."""

    def start_same(self):
        self.held = {}

    def pack_one(self, x):
        """The form of a value that crosses by itself: tagged where the last of its content was another."""
        form = self.pack(x)
        if not _is_held(x):
            return form
        key = type(x), repr(form)
        known = self.held.get(key)
        if known is x or (known is None and len(self.held) >= _MOST_HELD):
            return form
        self.held[key] = x
        return form if known is None else ['n', form]

    def unpack_one(self, data):
        is_new = type(data) is list and len(data) == 2 and data[0] == 'n'
        form = data[1] if is_new else data
        x = self.unpack(form)
        if not _is_held(x):
            return x
        key = type(x), repr(form)
        known = self.held.get(key)
        if known is not None and not is_new:
            return known
        if known is not None or len(self.held) < _MOST_HELD:
            self.held[key] = x
        return x

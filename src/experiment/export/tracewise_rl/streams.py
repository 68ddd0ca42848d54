"""Seeded streams that are forked by name: the same numbers as Tracewise's own
(src/base/random.ts), so that a seed draws alike."""

MASK = 0xFFFFFFFF


def hash_text(text, salt=0):
    """32-bit FNV-1a over UTF-16 units, with the finaliser of MurmurHash3."""
    value = (0x811C9DC5 ^ salt) & MASK
    for byte in text.encode("utf-16-le", "surrogatepass"):
        value = (value ^ byte) * 0x01000193 & MASK
    value = (value ^ value >> 16) * 0x85EBCA6B & MASK
    value = (value ^ value >> 13) * 0xC2B2AE35 & MASK
    return value ^ value >> 16


class Stream:
    """sfc32 (Chris Doty-Humphrey, PractRand), seeded by a path of names."""

    def __init__(self, path):
        self.path = path if isinstance(path, str) else f"#{path}"
        self.a, self.b, self.c = (hash_text(self.path, salt) for salt in (1, 2, 3))
        self.counter = 1
        for _ in range(12):
            self.word()

    def word(self):
        total = (self.a + self.b + self.counter) & MASK
        self.counter = (self.counter + 1) & MASK
        self.a = self.b ^ self.b >> 9
        self.b = (self.c + (self.c << 3)) & MASK
        self.c = ((self.c << 21 | self.c >> 11) + total) & MASK
        return total

    def int(self, n):
        """A whole number in 0 .. n - 1."""
        return int(self.word() / 4294967296 * n)

    def shuffle(self, items):
        """A shuffled copy (Fisher-Yates)."""
        copy = list(items)
        for i in range(len(copy) - 1, 0, -1):
            j = self.int(i + 1)
            copy[i], copy[j] = copy[j], copy[i]
        return copy

    def fork(self, name):
        """Determined by the names on the way to it alone, whatever was drawn before."""
        return Stream(f"{self.path}/{name}")


def take_in_order(items, position, count, stream):
    """`count` items from `position` on, in one shuffle of all of them after another."""
    taken, order, number = [], [], -1
    for at in range(position, position + count):
        if at // len(items) != number:
            number = at // len(items)
            order = stream.fork(f"round {number}").shuffle(items)
        taken.append(order[at % len(items)])
    return taken

# How objects that hold others cross between two interpreters: as one flat list of definitions, parts
# before what they are part of, so that a chain of any length is no deeper than one link. What cannot
# hold itself is made from its parts; what can is made empty as soon as another part names it, and
# filled when its turn comes. It knows no types: wire_values.py and wire_objects.py plan and make.


class Malformed(Exception):
    """A message that the harness does not write."""


def _listed(data):
    if type(data) is not list:
        raise Malformed('list')
    return data


# Not small: it crosses as a definition.
_WHOLE = object()
# Never worth a look for parts, but for the one float that does not equal itself: it has an identity.
_PARTLESS = frozenset([str, int, float, bool, type(None)])


class _Graph:
    """
    `defs`: what the next message defines, each [tag, number, head, parts]: the head is
    plain data and may name classes, a part is small data or ['@', number]. Tag '+' goes
    on with an object that is made already: the head are names, the parts their values.
    """

    def __init__(self):
        self.defs = []
        self.coming = {}
        self.shelled = set()

    # --- writing

    def pack(self, x):
        """The small form of a value. What has parts is defined in the same message."""
        form = self.small(x)
        if form is _WHOLE:
            self.define(x)
            form = self.small(x)
        return form

    def packed(self, items):
        return [self.pack(item) for item in items]

    def define(self, x):
        todo = [(x, None)]
        while todo:
            x, plan = todo.pop()
            if plan is not None:
                tag, number, head, parts = plan
                self.defs.append([tag, number, head, parts if type(parts) is str else [self.small(part) for part in parts]])
            elif self.small(x) is _WHOLE:
                plan = self.plan(x)
                if plan is not None:
                    tag, number, head, parts, later = plan
                    if later:
                        names, values = zip(*later)
                        todo.append((None, ('+', number, list(names), values)))
                        todo.extend([(part, None) for part in reversed(values) if type(part) not in _PARTLESS or part != part])
                    todo.append((None, (tag, number, head, parts)))
                    todo.extend([(part, None) for part in reversed(parts) if type(part) not in _PARTLESS or part != part])

    def plan(self, x):
        """(tag, number, head, parts, later) for an object that has just been
        numbered; None where its definition is written already."""
        packer = self.packers.get(type(x))
        return packer(x) if packer is not None else self.plan_other(x)

    def forget(self, mark):
        """What was numbered since then has not crossed after all."""
        self.defs = []
        for number in [n for n in self.table.objects if n * self.table.side > mark]:
            self.table.drop(number)

    # --- reading

    def read_defs(self, defs):
        self.coming = {}
        self.shelled.clear()
        for entry in _listed(defs):
            tag, number, _, _ = entry
            if tag != '+':
                if type(number) is not int or number in self.coming:
                    raise Malformed('number')
                self.coming[number] = entry
        for tag, number, head, parts in defs:
            if tag == '+':
                self.complete(self.table.objects[number], _listed(head), [self.unpack(part) for part in _listed(parts)])
                continue
            form = self.form_of(tag, head)
            if form[-1] in _CONTENT:
                if number not in self.shelled:
                    self.shell(number)
                self.shelled.discard(number)
                self._fill(self.table.objects[number], form[-1], parts)
            else:
                del self.coming[number]
                self.making = number
                self.receive(number, self.finished(tag, head, [self.unpack(part) for part in _listed(parts)]), form)

    def shell(self, number):
        """An object that is still to be filled."""
        tag, _, head, _ = self.coming.pop(number)
        form = self.form_of(tag, head)
        if form[-1] not in _CONTENT:
            raise Malformed('a part before it is there')
        self.shelled.add(number)
        return self.receive(number, self.empty(tag, head), form)

    def unpack(self, data):
        t = type(data)
        if t is not list:
            if t is dict:
                raise Malformed('object')
            return data
        tag = data[0]
        if tag == '@':
            number = data[1]
            return self.shell(number) if number in self.coming else self.table.objects[number]
        simple = _SIMPLE_READERS.get(tag)
        if simple is not None:
            parts = [self.unpack(part) for part in data[1:]]
            if not all([type(part) in _ATOMS for part in parts]):
                raise Malformed('parts')
            return simple(*parts)
        reader = self.inline.get(tag)
        if reader is None:
            raise Malformed('tag')
        return reader(*data[1:])

    def receive(self, number, x, form):
        """Numbers an object that the other side sent."""
        if type(number) is not int or number * self.table.side >= 0 or number in self.table.objects:
            raise Malformed('number')
        return self.table.keep(number, x, form)

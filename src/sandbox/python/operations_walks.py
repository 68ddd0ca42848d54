# Iterables and comprehensions in an operation trajectory: the elements as they come, with those still to
# come. What cannot be walked in a fixed order is unsupported. A part of operations.ts.

_QUIET_METHODS = {'items', 'keys', 'values'}


class _Indexed(tuple):
    """A pair of enumerate: shown as position and value while it is still to come."""


class _Walks:
    """What can be walked through; mixed into the machine that evaluates the rest."""

    _scopes = ()

    def scoped(self, name):
        return any(name in scope for scope in self._scopes)

    # what can be walked through

    def iterable(self, node):
        """The value of a loop's source. Ranges, pairs and views show their elements at the loop head only."""
        if isinstance(node, _ast.Call) and isinstance(node.func, _ast.Name) and not node.keywords:
            name = node.func.id
            if name in ('range', 'enumerate', 'zip', 'reversed') and name not in self.env:
                args = [self.eval(a) if name == 'range' or name == 'enumerate' and i else self.iterable(a) for i, a in enumerate(node.args)]
                if name == 'range':
                    for a in args:
                        spell(a)
                    items = range(*args)
                    if len(items) > 40:
                        raise Unsupported
                    return items if self.bare_range else list(items)
                if name == 'enumerate':
                    return [_Indexed(pair) for pair in enumerate(*args)]
                if name == 'zip':
                    return list(zip(*args))
                if type(args[0]) not in (list, tuple, str, range):
                    raise Unsupported
                return list(reversed(args[0]))
            if name in ('map', 'filter') and name not in self.env:
                return self.mapped(node)
        if isinstance(node, _ast.Call) and isinstance(node.func, _ast.Attribute) and node.func.attr in _QUIET_METHODS:
            holder = self.eval(node.func.value)
            if type(holder) is not dict or node.args:
                raise Unsupported
            return list(getattr(holder, node.func.attr)())
        if isinstance(node, _ast.GeneratorExp):
            return [item for item, _ in self.comprehension(node, node.elt)]
        value = self.eval(node)
        if type(value) not in (list, tuple, str, dict, set):
            raise Unsupported
        return value

    bare_range = True

    def mapped(self, node):
        """map and filter with a lambda or a known function, walked like a
        comprehension with the list so far."""
        if len(node.args) != 2:
            raise Unsupported
        out, keep = [], node.func.id == 'filter'
        for item, _ in self.elements(self.iterable(node.args[1])):
            self.emit('<|>')
            self.say(item)
            value = self.apply(node.args[0], item)
            if keep:
                self.emit('<=>', '<T>' if value else '<F>')
            if not keep or value:
                out.append(item if keep else value)
                self.emit('<.>')
                self.say(out)
        self.emit('<end>')
        return out

    def apply(self, function, item):
        """A lambda of one argument or a known function on one value."""
        if isinstance(function, _ast.Lambda):
            names = [a.arg for a in function.args.args]
            if len(names) != 1 or function.args.defaults:
                raise Unsupported
            return self.scope(names, lambda: (self.env.__setitem__(names[0], item), self.eval(function.body))[1])
        if isinstance(function, _ast.Name) and function.id in ('abs', 'len', 'str', 'int') and function.id not in self.env:
            value = {'abs': abs, 'len': len, 'str': str, 'int': int}[function.id](item)
            self.emit(function.id, '<:>')
            self.say(item)
            self.emit('<=>')
            self.say(value)
            return value
        raise Unsupported

    def scope(self, names, action):
        """Runs an action with variables of its own; the outer ones come back."""
        hidden = {n: self.env[n] for n in names if n in self.env}
        self._scopes = (*self._scopes, frozenset(names))
        try:
            return action()
        finally:
            self._scopes = self._scopes[:-1]
            for n in names:
                self.env.pop(n, None)
            self.env.update(hidden)

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

    # comprehensions

    def comprehension(self, node, element):
        """Yields (value, None) per element kept, writing every binding and
        condition. element may be a pair (key, value)."""
        names = [n.id for g in node.generators for n in _ast.walk(g.target) if isinstance(n, _ast.Name)]

        def level(i):
            if i == len(node.generators):
                if isinstance(element, tuple):
                    yield tuple(self.eval(part) for part in element), None
                else:
                    yield self.eval(element), None
                return
            generator = node.generators[i]
            if generator.is_async:
                raise Unsupported
            for item, rest in self.elements(self.iterable(generator.iter)):
                self.step_to(generator.target, item, rest)
                if all(self.test(condition) for condition in generator.ifs):
                    yield from level(i + 1)
            self.emit('<end>')

        hidden = {n: self.env[n] for n in names if n in self.env}
        self._scopes = (*self._scopes, frozenset(names))
        try:
            yield from level(0)
        finally:
            self._scopes = self._scopes[:-1]
            for n in names:
                self.env.pop(n, None)
            self.env.update(hidden)

    def list_comprehension(self, node):
        out = []
        for item, _ in self.comprehension(node, node.elt):
            out.append(item)
            self.emit('<.>')
            self.say(out)
        return out

    def other_comprehension(self, node):
        pairs = isinstance(node, _ast.DictComp)
        out = {} if pairs else set()
        for item, _ in self.comprehension(node, (node.key, node.value) if pairs else node.elt):
            if pairs:
                out[item[0]] = item[1]
            else:
                out.add(item)
            self.emit('<.>')
            self.say(out)
        return out

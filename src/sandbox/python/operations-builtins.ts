/**
 * The built-in functions, methods and comprehensions of micro-Python in an operation trajectory: how each one spells
 * what it does. Python source as text, the middle part of operations.ts. A closed list: what is not here is unsupported.
 */
export const operationBuiltinsSource = String.raw`
_SHOWN = {'abs', 'str', 'int', 'ord', 'chr', 'bool', 'round', 'divmod', 'pow'}
_MAKERS = {'list': list, 'tuple': tuple, 'set': set, 'dict': dict}
_QUIET_METHODS = {'items', 'keys', 'values'}
_CHANGERS = {
    list: {'append', 'extend', 'insert', 'remove', 'sort', 'reverse', 'clear', 'pop'},
    set: {'add', 'discard', 'remove', 'update', 'clear'},
    dict: {'update', 'clear', 'pop', 'setdefault'},
}
_ASKERS = {
    list: {'count', 'index', 'copy'},
    tuple: {'count', 'index'},
    dict: {'get', 'copy'},
    set: {'copy', 'union', 'intersection'},
    str: {
        'upper', 'lower', 'capitalize', 'title', 'swapcase', 'strip', 'lstrip', 'rstrip', 'split', 'count', 'find', 'index', 'replace',
        'startswith', 'endswith', 'isupper', 'islower', 'isalpha', 'isdigit', 'isspace', 'isalnum', 'join',
    },
}
_CHECKED_POW = 8


class _Indexed(tuple):
    """A pair of enumerate: shown as position and value while it is still to come."""


class _Builtins:
    """Calls and comprehensions; mixed into the machine that evaluates the rest."""

    _scopes = ()

    def scoped(self, name):
        return any(name in scope for scope in self._scopes)

    # what can be walked through

    def iterable(self, node):
        """The value of a loop's source. Ranges, pairs and views show their elements at the loop head only."""
        if isinstance(node, _ast.Call) and isinstance(node.func, _ast.Name) and not node.keywords:
            name = node.func.id
            if name in ('range', 'enumerate', 'zip', 'reversed') and name not in self.env:
                args = [self.iterable(a) if name != 'range' else self.eval(a) for a in node.args]
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
        """map and filter with a lambda or a known function, walked like a comprehension with the list so far."""
        if len(node.args) != 2:
            raise Unsupported
        out, keep = [], node.func.id == 'filter'
        for item, rest in self.elements(self.iterable(node.args[1])):
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

    # comprehensions

    def comprehension(self, node, element):
        """Yields (value, None) per element kept, writing every binding and condition. element may be a pair (key, value)."""
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

    # calls

    def call(self, node, statement=False):
        if any(isinstance(a, _ast.Starred) for a in node.args) or any(k.arg is None for k in node.keywords):
            raise Unsupported
        if isinstance(node.func, _ast.Attribute):
            return self.method(node, statement)
        if statement or not isinstance(node.func, _ast.Name) or node.func.id in self.env:
            raise Unsupported
        name, args = node.func.id, node.args
        if name == 'len' and len(args) == 1:
            return self.length(args[0])
        if name in ('sum', 'max', 'min', 'any', 'all') and len(args) == 1 or name == 'sum':
            return self.fold(name, node)
        if name in ('max', 'min') and not node.keywords:
            values = [self.eval(a) for a in args]
            return self.answer(name, args, values, {'max': max, 'min': min}[name](values))
        if name == 'sorted' and len(args) == 1:
            return self.sort(node)
        if node.keywords:
            raise Unsupported
        if name in _MAKERS and len(args) <= 1:
            if not args:
                return _MAKERS[name]()
            source = self.iterable(args[0])
            value = _MAKERS[name](source)
            self.shown(name, args[0], source)
            self.emit('<=>')
            self.say(value)
            return value
        if name in ('range', 'enumerate', 'zip', 'reversed', 'map', 'filter'):
            raise Unsupported
        if name in _SHOWN:
            values = [self.eval(a) for a in args]
            if name == 'pow' and not (len(values) == 2 and type(values[1]) is int and 0 <= values[1] <= _CHECKED_POW):
                raise Unsupported
            for v in values:
                spell(v)
            function = {'abs': abs, 'str': str, 'int': int, 'ord': ord, 'chr': chr, 'bool': bool, 'round': round, 'divmod': divmod, 'pow': pow}[name]
            return self.answer(name, args, values, function(*values))
        raise Unsupported

    def answer(self, name, nodes, values, result):
        """NAME : argument , argument = result"""
        self.emit(name, '<:>')
        for i, (n, v) in enumerate(zip(nodes, values)):
            if i:
                self.emit('<,>')
            self.value_or_name(n, v)
        self.emit('<=>')
        self.say(result)
        return result

    def shown(self, name, node, source):
        self.emit(name, '<:>')
        if isinstance(node, _ast.Name):
            self.value_or_name(node, source)
        else:
            self.say(list(source) if type(source) is range else source)

    def length(self, node):
        value = self.iterable(node)
        self.emit('len', '<:>')
        if type(value) is str:
            self.emit(*spell_indexed(value))
        else:
            self.value_or_name(node, list(value) if type(value) is range else value)
        self.emit('<=>')
        self.say(len(value))
        return len(value)

    def walk(self, node):
        """Elements for a fold: of a generator expression as it runs, else by position."""
        if isinstance(node, _ast.GeneratorExp):
            for item, _ in self.comprehension(node, node.elt):
                yield item, None
        else:
            source = self.iterable(node)
            for i, (item, _) in enumerate(self.elements(source)):
                yield item, i

    def fold(self, name, node):
        options = {k.arg: k.value for k in node.keywords}
        start = 0
        if name == 'sum':
            if options or len(node.args) > 2:
                raise Unsupported
            if len(node.args) == 2:
                start = self.eval(node.args[1])
            if type(start) is not int:
                raise Unsupported
        elif name in ('any', 'all'):
            if options:
                raise Unsupported
        elif not set(options) <= {'default', 'key'}:
            raise Unsupported
        if not isinstance(node.args[0], _ast.GeneratorExp):
            items = list(self.walk(node.args[0]))
        else:
            items = self.walk(node.args[0])
        self.emit(name, '<:>')
        if name == 'sum':
            self.say(start)
            for item, i in items:
                if i is not None:
                    self.emit(_index(i))
                self.emit('<+>')
                self.say(item)
                start = start + item
                self.emit('<=>')
                self.say(start)
            return start
        if name in ('any', 'all'):
            for item, i in items:
                if i is not None:
                    self.emit(_index(i))
                if i is not None or type(item) is not bool:
                    self.say(item)
                if bool(item) is (name == 'any'):
                    self.emit('<=>', '<T>' if name == 'any' else '<F>')
                    return name == 'any'
            self.emit('<=>', '<F>' if name == 'any' else '<T>')
            return name == 'all'
        return self.best(name, items, options)

    def best(self, name, items, options):
        """max and min: the best so far after each element."""
        found, best, best_key = False, None, None
        for item, i in items:
            if i is not None:
                self.emit(_index(i))
            if 'key' in options:
                key = self.apply(options['key'], item)
            else:
                key = item
                self.say(item)
            if not found or (key > best_key if name == 'max' else key < best_key):
                found, best, best_key = True, item, key
            self.emit('<,>')
            self.say(best)
        if not found:
            if 'default' not in options:
                raise Unsupported
            best = self.eval(options['default'])
            self.emit('<=>')
            self.say(best)
        return best

    def sort(self, node):
        options = {k.arg: k.value for k in node.keywords}
        if not set(options) <= {'reverse', 'key'}:
            raise Unsupported
        source = self.iterable(node.args[0])
        order = self.order(options)
        result = sorted(source, **order)
        self.shown('sorted', node.args[0], source)
        self.emit('<=>')
        self.say(result)
        return result

    def order(self, options):
        order = {}
        self.muted += 1
        if 'reverse' in options:
            order['reverse'] = self.eval(options['reverse'])
        if 'key' in options:
            function = options['key']

            def key(item):
                self.muted += 1
                try:
                    return self.apply(function, item)
                finally:
                    self.muted -= 1

            order['key'] = key
        self.muted -= 1
        return order

    def method(self, node, statement):
        holder_node, name = node.func.value, node.func.attr
        if name in _QUIET_METHODS and not statement:
            return self.iterable(node)
        holder = self.eval(holder_node)
        kind = type(holder)
        if kind is list and name == 'sort':
            holder.sort(**self.order({k.arg: k.value for k in node.keywords}))
            self.changed(holder_node)
            return None
        if node.keywords:
            raise Unsupported
        if name in _CHANGERS.get(kind, ()):
            args = [self.iterable(a) if name in ('extend', 'update') else self.eval(a) for a in node.args]
            value = getattr(holder, name)(*args)
            if not statement:
                if name not in ('pop', 'setdefault'):
                    raise Unsupported
                self.emit(name, '<:>')
                self.say(value)
            self.changed(holder_node)
            return value
        if statement or name not in _ASKERS.get(kind, ()):
            raise Unsupported
        if name == 'join':
            args = [self.iterable(a) for a in node.args]
            parts = list(args[0])
            result = holder.join(parts)
            self.emit('join', '<:>')
            self.say(holder)
            self.emit('<,>')
            if isinstance(node.args[0], _ast.Name):
                self.value_or_name(node.args[0], args[0])
            else:
                self.say(parts)
            self.emit('<=>')
            self.say(result)
            return result
        args = [self.eval(a) for a in node.args]
        return self.answer(name, [holder_node, *node.args], [holder, *args], getattr(holder, name)(*args))
`;

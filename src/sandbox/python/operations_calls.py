# The built-in functions and methods of micro-Python in an operation trajectory, and how each one spells what
# it does. The list is closed: what is not here is unsupported. A part of operations.ts.

_SHOWN = {
    'abs': abs, 'str': str, 'int': int, 'ord': ord, 'chr': chr, 'bool': bool, 'round': round, 'divmod': divmod, 'pow': pow,
}
_MAKERS = {'list': list, 'tuple': tuple, 'set': set, 'dict': dict}
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


class _Calls(_Walks):
    """Known functions and methods, and how each spells what it does."""

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
            function = _SHOWN[name]
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

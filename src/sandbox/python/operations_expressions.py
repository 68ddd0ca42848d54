# Expressions of micro-Python in an operation trajectory: operands first, then the operation and its value. It
# knows no statements and binds no names. A part of operations.ts.

_BINARY = {
    _ast.Add: ('<+>', _operator.add), _ast.Sub: ('<->', _operator.sub), _ast.Mult: ('<*>', _operator.mul),
    _ast.FloorDiv: ('<//>', _operator.floordiv), _ast.Mod: ('<%>', _operator.mod), _ast.Pow: ('<**>', _operator.pow),
    _ast.Div: ('</>', _operator.truediv),
}
_COMPARE = {
    _ast.Eq: ('<==>', _operator.eq), _ast.NotEq: ('<!=>', _operator.ne), _ast.Lt: ('<lt>', _operator.lt),
    _ast.LtE: ('<le>', _operator.le), _ast.Gt: ('<gt>', _operator.gt), _ast.GtE: ('<ge>', _operator.ge),
    _ast.In: ('<isin>', lambda a, b: a in b), _ast.NotIn: ('<notin>', lambda a, b: a not in b),
    _ast.Is: ('<is>', _operator.is_), _ast.IsNot: ('<isnot>', _operator.is_not),
}
_NUMBERS = (int, bool, float)


class _Expressions(_Calls):
    """Operators, comparisons, subscripts; every operation is written after its operands."""

    def emit(self, *tokens):
        if self.muted:
            return
        self.out += tokens
        if len(self.out) > self.cap:
            raise Unsupported

    def say(self, value):
        self.emit(*spell(value))

    def value_or_name(self, node, value):
        """Containers under a name are referred to by it; everything else is written out."""
        if isinstance(node, _ast.Name) and type(value) in (list, dict, set, tuple):
            self.emit(node.id)
        else:
            self.say(value)

    def look(self, name):
        if name not in self.env:
            raise Unsupported
        return self.env[name]

    def eval(self, node):
        self.steps += 1
        if self.steps > 4000:
            raise Unsupported
        kind = type(node)
        if kind is _ast.Name:
            return self.look(node.id)
        if kind is _ast.Constant:
            if type(node.value) not in (int, bool, str, float, type(None)):
                raise Unsupported
            return node.value
        if kind is _ast.BinOp:
            left = self.eval(node.left)
            return self.binary(node.op, node.left, left, node.right)
        if kind is _ast.Compare:
            return self.compare(node)
        if kind is _ast.BoolOp:
            for part in node.values:
                value = self.eval(part)
                if bool(value) is not isinstance(node.op, _ast.And):
                    break
                if type(value) is not bool and part is not node.values[-1]:
                    self.value_or_name(part, value)
                    self.emit('<=>', '<T>' if value else '<F>')
            return value
        if kind is _ast.UnaryOp:
            return self.unary(node)
        if kind is _ast.Call:
            return self.call(node)
        if kind is _ast.Subscript:
            container = self.eval(node.value)
            if isinstance(node.slice, _ast.Slice):
                return self.slice(node, container)
            return self.subscript(node.value, container, self.key(node.slice))
        if kind is _ast.IfExp:
            return self.eval(node.body if self.test(node.test) else node.orelse)
        if kind in (_ast.List, _ast.Tuple, _ast.Set):
            items = [self.eval(item) for item in node.elts]
            return items if kind is _ast.List else tuple(items) if kind is _ast.Tuple else set(items)
        if kind is _ast.Dict:
            return {self.eval(k): self.eval(v) for k, v in zip(node.keys, node.values)}
        if kind is _ast.ListComp:
            return self.list_comprehension(node)
        if kind in (_ast.SetComp, _ast.DictComp):
            return self.other_comprehension(node)
        raise Unsupported

    def binary(self, op, left_node, left, right_node):
        right = self.eval(right_node)
        if type(op) not in _BINARY:
            raise Unsupported
        sign, function = _BINARY[type(op)]
        if isinstance(op, _ast.Mod) and type(left) is str:
            raise Unsupported
        if isinstance(op, _ast.Pow) and not (type(right) in (int, bool) and 0 <= right <= 8):
            raise Unsupported
        self.value_or_name(left_node, left)
        self.emit(sign)
        self.value_or_name(right_node, right)
        if type(left) in _NUMBERS and type(right) in _NUMBERS:
            spell(left), spell(right)
        value = function(left, right)
        self.emit('<=>')
        self.say(value)
        return value

    def compare(self, node):
        left_node, left = node.left, self.eval(node.left)
        for op, right_node in zip(node.ops, node.comparators):
            right = self.eval(right_node)
            sign, function = _COMPARE[type(op)]
            self.value_or_name(left_node, left)
            self.emit(sign)
            self.value_or_name(right_node, right)
            value = function(left, right)
            self.emit('<=>')
            self.say(value)
            if not value:
                break
            left_node, left = right_node, right
        return value

    def unary(self, node):
        if isinstance(node.op, _ast.USub) and isinstance(node.operand, _ast.Constant):
            return -node.operand.value
        value = self.eval(node.operand)
        if isinstance(node.op, _ast.Not):
            sign, result = 'not', not value
        elif isinstance(node.op, _ast.USub):
            sign, result = '<->', -value
        else:
            raise Unsupported
        self.emit(sign, *([] if sign == '<->' else ['<:>']))
        self.value_or_name(node.operand, value)
        self.emit('<=>')
        self.say(result)
        return result

    def key(self, node):
        if isinstance(node, _ast.Slice):
            raise Unsupported
        return self.eval(node)

    def subscript(self, node, container, key):
        kind = type(container)
        if kind is dict:
            self.value_or_name(node, container)
            self.emit('<:>')
            self.say(key)
        elif kind in (list, tuple, str) and type(key) is int:
            if kind is str:
                self.emit(*spell_indexed(container))
            else:
                self.value_or_name(node, container)
            if key < 0:
                self.say(key)
                container[key]
                self.emit(_index(key + len(container)))
            else:
                self.emit(_index(key))
        else:
            raise Unsupported
        value = container[key]
        self.emit('<=>')
        self.say(value)
        return value

    def slice(self, node, container):
        if type(container) not in (list, tuple, str):
            raise Unsupported
        bounds = [None if p is None else self.eval(p) for p in (node.slice.lower, node.slice.upper, node.slice.step)]
        self.value_or_name(node.value, container)
        self.emit('<[>')
        for i, bound in enumerate(bounds):
            if i == 1 or (i == 2 and bound is not None):
                self.emit('<:>')
            if bound is not None:
                self.say(bound)
        self.emit('<]>', '<=>')
        value = container[slice(*bounds)]
        self.say(value)
        return value

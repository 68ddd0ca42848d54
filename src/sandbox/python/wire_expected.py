# Which names of a program a test uses as classes: read off its text, before anything
# runs. What it only calls may be a function, whatever the program has made of it.
# Names that a value's attributes share (`x.real`, `x.index`) say nothing.

# Names that only classes have: several words written as one.
_CLASS_NAME = _re.compile('[A-Z]+[a-z0-9]+[A-Z][A-Za-z0-9]*|[A-Z]{2,}[a-z][A-Za-z0-9]*').fullmatch


def _expected_names(test, prompt, declared, entry):
    """`declared`: classes that the prompt has the program write; `entry`: the name
    under which the candidate is tested."""
    try:
        tree = _ast.parse(test)
    except (SyntaxError, ValueError, RecursionError):
        return frozenset(declared)
    used = _Uses(entry)
    for node in _ast.walk(tree):
        used.note_held(node)
    for node in _ast.walk(tree):
        used.note(node)
    found = {name for name in used.classes if name[:1].isupper()}
    found.update([name for name in used.names if _CLASS_NAME(name) or _re.search(r'\bclass\W+' + _re.escape(name) + r'\b', prompt)])
    return frozenset(found.union(declared))


class _Uses:
    """`held`: by the name of a variable, what is called for its value. `classes`:
    names that are used as classes; `names`: all."""

    def __init__(self, entry):
        self.entry = entry
        self.aliases = {}
        self.held = {}
        self.classes = set()
        self.names = {entry}

    def note_held(self, node):
        t = type(node)
        if t is _ast.FunctionDef and node.name == 'check' and node.args.args:
            self.aliases[node.args.args[0].arg] = self.entry
        elif t is _ast.Name:
            self.names.add(node.id)
        elif t is _ast.Assign:
            for target in node.targets:
                pairs = zip(target.elts, node.value.elts) if type(target) is type(node.value) is _ast.Tuple else [(target, node.value)]
                for one, value in pairs:
                    if type(one) is _ast.Name:
                        self.held.setdefault(one.id, set()).update(self.made_of(value))

    def made_of(self, node):
        """Names that are called for what an expression gives, as a whole or as an operand."""
        t = type(node)
        if t is _ast.Call and type(node.func) is _ast.Name:
            return {self.aliases.get(node.func.id, node.func.id)}
        if t is _ast.Name:
            return self.held.get(node.id, set())
        if t is _ast.BinOp:
            return self.made_of(node.left) | self.made_of(node.right)
        return self.made_of(node.operand) if t is _ast.UnaryOp else set()

    def note(self, node):
        t = type(node)
        if t is _ast.Attribute:
            if type(node.value) is _ast.Name and node.value.id not in self.held:
                self.add([node.value])
            elif node.attr not in _VALUE_NAMES:
                self.classes |= self.made_of(node.value)
        elif t is _ast.Call and type(node.func) in (_ast.Name, _ast.Attribute):
            called = node.func.id if type(node.func) is _ast.Name else node.func.attr
            if called in ('isinstance', 'issubclass', 'raises', 'assertRaises', 'assertIsInstance'):
                self.add(node.args)
        elif t is _ast.ExceptHandler and node.type is not None:
            self.add([node.type])
        elif t is _ast.ClassDef:
            self.add(node.bases)
        elif t is _ast.Compare:
            sides = [self.made_of(side) for side in [node.left, *node.comparators]]
            for at, names in enumerate(sides):
                for other in sides[at + 1:]:
                    self.classes |= names & other

    def add(self, nodes):
        for part in nodes:
            self.classes.update([self.aliases.get(n.id, n.id) for n in _ast.walk(part) if type(n) is _ast.Name])

"""
Rewrites a program so that it says itself which of its variables it binds: after each
binding a call `__seen__(lambda: x)`, whose closure is the very cell of that variable, and
at the head of each function `__enter__(lambda: (x, y))`. It runs nothing: observer.py does.

Independent of the product on purpose: it works on the syntax tree, where the tracer works on bytecode.
"""
import ast


def rewrite(text):
    """The syntax tree of the program with the calls in it. What the program
    computes and the lines it executes stay the same."""
    return ast.fix_missing_locations(_Rewriter().visit(ast.parse(text)))


def _names(target):
    """Name nodes that an assignment to a target binds, in order."""
    if isinstance(target, ast.Name):
        return [target]
    if isinstance(target, (ast.Tuple, ast.List)):
        return [name for part in target.elts for name in _names(part)]
    if isinstance(target, ast.Starred):
        return _names(target.value)
    return []


def _captures(pattern):
    found = []
    for node in ast.walk(pattern):
        name = getattr(node, 'name', None) or getattr(node, 'rest', None)
        if isinstance(node, (ast.MatchAs, ast.MatchStar, ast.MatchMapping)) and name:
            found.append((name, node))
    return found


class _Bound(ast.NodeVisitor):
    """Names that one function binds in its own scope."""

    def __init__(self, function):
        self.names = []
        self.elsewhere = set()
        a = function.args
        for arg in [*a.posonlyargs, *a.args, *([a.vararg] if a.vararg else []), *a.kwonlyargs, *([a.kwarg] if a.kwarg else [])]:
            self.add(arg.arg)
        for part in function.body if isinstance(function.body, list) else [function.body]:
            self.visit(part)

    def add(self, name):
        if name not in self.names:
            self.names.append(name)

    def visit_Name(self, node):
        if isinstance(node.ctx, (ast.Store, ast.Del)):
            self.add(node.id)

    def visit_Global(self, node):
        self.elsewhere.update(node.names)

    visit_Nonlocal = visit_Global

    def visit_FunctionDef(self, node):
        self.add(node.name)
        for part in [*node.decorator_list, *node.args.defaults, *[d for d in node.args.kw_defaults if d]]:
            self.visit(part)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_ClassDef(self, node):
        self.add(node.name)
        for part in [*node.decorator_list, *node.bases, *[k.value for k in node.keywords]]:
            self.visit(part)

    def visit_Lambda(self, node):
        for part in [*node.args.defaults, *[d for d in node.args.kw_defaults if d]]:
            self.visit(part)

    def comprehension(self, node):
        # its own targets are its own; an assignment expression inside binds here
        for part in ast.walk(node):
            if isinstance(part, ast.NamedExpr):
                self.add(part.target.id)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = comprehension

    def visit_ExceptHandler(self, node):
        if node.name:
            self.add(node.name)
        self.generic_visit(node)

    def visit_Import(self, node):
        for alias in node.names:
            self.add(alias.asname or alias.name.split('.')[0])

    visit_ImportFrom = visit_Import

    def visit_match_case(self, node):
        for name, _ in _captures(node.pattern):
            self.add(name)
        self.generic_visit(node)


class _Rewriter(ast.NodeTransformer):
    def __init__(self):
        self.scopes = [('module', ())]

    # --- what is put in

    def seen(self, names, place):
        """The statement that says so, or nothing where the names are none of a function."""
        kind, shared = self.scopes[-1]
        names = {n: [] if line in (None, place.end_lineno) else [ast.Constant(line)]
                 for n, line in names if kind == 'function' or n in shared}
        if kind == 'module' or not names:
            return []
        calls = [_call('__seen__', [_thunk(ast.Name(n, ast.Load())), *at]) for n, at in names.items()]
        return [_at(ast.Expr(_tuple(calls)), place)]

    # --- scopes

    def visit_FunctionDef(self, node):
        bound = _Bound(node)
        own = [n for n in bound.names if n not in bound.elsewhere]
        node.decorator_list = [self.visit(d) for d in node.decorator_list]
        node.args = self.visit(node.args)
        self.scopes.append(('function', ()))
        first = next((s for s in node.body if not _is_silent(s, node)), None)
        place = None if first is None else getattr(first, 'decorator_list', None) or [first]
        position = None if first is None else node.body.index(first)
        body = self.statements(node.body)
        self.scopes.pop()
        if place and own:
            enter = _at(ast.Expr(_call('__enter__', [_thunk(_tuple([ast.Name(n, ast.Load()) for n in own]))])), place[0], end=False)
            body.insert(position, enter)
        node.body = body
        return [node, *self.seen([(node.name, None)], _Place(node.lineno))]

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node):
        own = _Bound(node).names
        node.args = self.visit(node.args)
        self.scopes.append(('function', ()))
        body = self.visit(node.body)
        self.scopes.pop()
        if own:
            enter = _at(_call('__enter__', [_thunk(_tuple([ast.Name(n, ast.Load()) for n in own]))]), node.body, end=False)
            body = _at(ast.Subscript(ast.Tuple([enter, body], ast.Load()), ast.Constant(1), ast.Load()), node.body)
        node.body = body
        return node

    def visit_ClassDef(self, node):
        shared = [n for s in node.body if isinstance(s, ast.Nonlocal) for n in s.names]
        node.decorator_list = [self.visit(d) for d in node.decorator_list]
        node.bases = [self.visit(b) for b in node.bases]
        self.scopes.append(('class', shared))
        node.body = self.statements(node.body)
        self.scopes.pop()
        return [node, *self.seen([(node.name, None)], _Place(node.lineno))]

    def statements(self, body):
        out = []
        for statement in body:
            new = self.visit(statement)
            out.extend(new if isinstance(new, list) else [new])
        return out

    # --- bindings

    def binding(self, node, targets):
        self.generic_visit(node)
        names = [n for t in targets for n in _names(t)]
        return [node, *self.seen([(n.id, n.lineno) for n in names], names[-1])] if names else node

    def visit_Assign(self, node):
        kind, _ = self.scopes[-1]
        if len(node.targets) == 1 or kind != 'function':
            return self.binding(node, node.targets)
        # one target at a time: a later one may fail
        chain = ast.copy_location(ast.Name('_chain_', ast.Store()), node)
        out = [_at(ast.Assign([chain], self.visit(node.value)), node, end=False)]
        for target in node.targets:
            one = _at(ast.Assign([self.visit(target)], ast.Name('_chain_', ast.Load())), target)
            names = _names(target)
            out += [one, *(self.seen([(n.id, n.lineno) for n in names], names[-1]) if names else [])]
        return [*out, _at(ast.Delete([ast.Name('_chain_', ast.Del())]), node.targets[-1])]

    def visit_AugAssign(self, node):
        return self.binding(node, [node.target])

    def visit_AnnAssign(self, node):
        return self.binding(node, [node.target] if node.value else [])

    def visit_Import(self, node):
        names = [(a.asname or a.name.split('.')[0], None) for a in node.names]
        return [node, *self.seen(names, _Place(node.lineno))]

    visit_ImportFrom = visit_Import

    def visit_For(self, node):
        names = _names(node.target)
        self.generic_visit(node)
        if names:
            node.body = self.seen([(n.id, n.lineno) for n in names], names[-1]) + node.body
        return node

    visit_AsyncFor = visit_For

    def visit_With(self, node):
        names = [n for item in node.items if item.optional_vars for n in _names(item.optional_vars)]
        self.generic_visit(node)
        if names:
            node.body = self.seen([(n.id, n.lineno) for n in names], names[-1]) + node.body
        return node

    visit_AsyncWith = visit_With

    def visit_ExceptHandler(self, node):
        self.generic_visit(node)
        if node.name:
            node.body = self.seen([(node.name, None)], _Place(node.lineno)) + node.body
        return node

    def visit_match_case(self, node):
        captures = _captures(node.pattern)
        self.generic_visit(node)
        kind, _ = self.scopes[-1]
        if captures and kind == 'function':
            last = max(captures, key=lambda c: c[1].end_lineno)[1]
            calls = [_call('__seen__', [_thunk(ast.Name(n, ast.Load()))]) for n, _ in captures]
            said = _at(ast.Subscript(ast.Tuple([_tuple(calls), ast.Constant(True)], ast.Load()), ast.Constant(1), ast.Load()), last)
            node.guard = ast.BoolOp(ast.And(), [said, node.guard]) if node.guard else said
        return node

    def visit_NamedExpr(self, node):
        place = _Place(node.target.lineno)
        self.generic_visit(node)
        kind, shared = self.scopes[-1]
        if kind == 'module' or (kind == 'class' and node.target.id not in shared):
            return node
        said = _at(_call('__seen__', [_thunk(ast.Name(node.target.id, ast.Load()))]), place)
        return _at(ast.Subscript(ast.Tuple([node, said], ast.Load()), ast.Constant(0), ast.Load()), place)


class _Place:
    """A place in the source that is a line."""

    def __init__(self, line):
        self.lineno = self.end_lineno = line
        self.col_offset = self.end_col_offset = 0


def _is_silent(statement, function):
    """Statements that no line event announces."""
    if isinstance(statement, (ast.Global, ast.Nonlocal)) or (isinstance(statement, ast.AnnAssign) and statement.value is None):
        return True
    is_text = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
    return is_text and statement is function.body[0]


def _call(name, args):
    return ast.Call(ast.Name(name, ast.Load()), args, [])


def _tuple(parts):
    return ast.Tuple(parts, ast.Load())


def _thunk(body):
    return ast.Lambda(ast.arguments(posonlyargs=[], args=[], kwonlyargs=[], kw_defaults=[], defaults=[]), body)


def _at(node, place, end=True):
    """Gives a new node and all in it that has no place yet the place of another."""
    line = place.end_lineno if end else place.lineno
    for part in ast.walk(node):
        if isinstance(part, (ast.expr, ast.stmt)) and not hasattr(part, 'lineno'):
            part.lineno = part.end_lineno = line
            part.col_offset = part.end_col_offset = 0
    return node

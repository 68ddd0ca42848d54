# What of a task's prompt the test's side runs itself: read off its text before anything runs.


def _parsed(text):
    try:
        return _ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def _prompt_parts(prompt, root, rebound, goes_on):
    """
    Statements of the prompt that the test's side runs itself: imports, constants
    and whole helpers. Not what the program goes on with (`goes_on`: inside the
    last of them), and not data that it can change; those are the program's. Also
    the names of the classes that the prompt declares for the program to write.
    """
    tree = None
    for text in (prompt, prompt.rstrip() + '\n    pass\n', prompt.rstrip() + '\n        pass\n'):
        try:
            tree = _ast.parse(text)
            break
        except (SyntaxError, ValueError):
            continue
    if tree is None:
        return [], frozenset()
    body = tree.body
    is_open = goes_on or text is not prompt
    kept, declared = [], set()
    for at, statement in enumerate(body):
        if type(statement) in (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef):
            if statement.name == root or (is_open and at == len(body) - 1):
                if type(statement) is _ast.ClassDef:
                    declared.add(statement.name)
                continue
        elif type(statement) in (_ast.Assign, _ast.AnnAssign, _ast.AugAssign):
            names = {n.id for n in _ast.walk(statement) if type(n) is _ast.Name and type(n.ctx) is _ast.Store}
            if names & rebound or not all([type(n) in _CONSTANT_NODES for n in _ast.walk(statement.value or statement)]):
                continue
        kept.append(statement)
    return kept, frozenset(declared)


_CONSTANT_NODES = (_ast.Constant, _ast.Tuple, _ast.UnaryOp, _ast.BinOp, _ast.operator, _ast.unaryop, _ast.Load,
                   _ast.Name, _ast.Add, _ast.Sub, _ast.Mult, _ast.Pow, _ast.USub, _ast.Div, _ast.FloorDiv, _ast.Mod, _ast.LShift)

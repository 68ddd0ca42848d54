# Decides whether a program is plain: whether it can do nothing but compute with values of its own, so that
# the interpreter is as pristine after it as before. It reads the syntax before the program runs, by lists of
# what is allowed: kinds of syntax, built-in names, names of methods, pairs of module and attribute. A program
# with anything else is not plain. That costs it nothing but time, because the host puts the interpreter back
# after it. What ran is not looked at.

import builtins as _builtins
import json as _json_module


def _plain_words(text):
    return frozenset(text.split())


_PLAIN_SYNTAX = frozenset([getattr(_ast, name) for name in _plain_words('''
    Module Expr Return Delete Assign AugAssign AnnAssign For While If Assert Pass Break Continue Try Raise Starred
    BoolOp NamedExpr BinOp UnaryOp IfExp Dict Set List Tuple ListComp SetComp DictComp GeneratorExp JoinedStr FormattedValue Constant
    Subscript Slice keyword arguments Match match_case MatchValue MatchSingleton MatchSequence MatchOr Load Store Del
    And Or Add Sub Mult Div FloorDiv Mod Pow LShift RShift BitOr BitXor BitAnd MatMult Invert Not UAdd USub
    Eq NotEq Lt LtE Gt GtE Is IsNot In NotIn''')])
_PLAIN_BUILTINS = _plain_words('''
    abs all any ascii bin bool bytearray bytes callable chr complex dict divmod enumerate filter float format frozenset hash hex int
    isinstance issubclass iter len list map max min next object oct ord pow print range repr reversed round set slice sorted str sum
    tuple zip Ellipsis NotImplemented
    Exception ArithmeticError AssertionError AttributeError EOFError FloatingPointError IndexError KeyError LookupError NameError
    NotImplementedError OverflowError RecursionError RuntimeError StopIteration TypeError UnicodeDecodeError UnicodeEncodeError
    UnicodeError ValueError ZeroDivisionError''')
# Of strings, numbers, containers, matches and patterns: none reads or writes an attribute that a text names.
_PLAIN_METHODS = _plain_words('''
    capitalize casefold center count encode endswith expandtabs find index isalnum isalpha isascii isdecimal isdigit isidentifier islower
    isnumeric isprintable isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind
    rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill decode
    append extend insert remove pop clear sort reverse copy get items keys values popitem setdefault update fromkeys
    add discard union intersection difference symmetric_difference issubset issuperset isdisjoint intersection_update difference_update
    symmetric_difference_update appendleft popleft extendleft rotate most_common elements subtract total move_to_end
    bit_length bit_count to_bytes from_bytes as_integer_ratio is_integer conjugate real imag numerator denominator fromhex hex
    group groups groupdict start end span sub subn match search fullmatch findall finditer pattern from_iterable args''')
_PLAIN_MODULES = {name: _plain_words(attributes) for name, attributes in {
    'math': '''acos acosh asin asinh atan atan2 atanh cbrt ceil comb copysign cos cosh degrees dist e erf erfc exp exp2 expm1 fabs factorial
        floor fma fmod frexp fsum gamma gcd hypot inf isclose isfinite isinf isnan isqrt lcm ldexp lgamma log log10 log1p log2 modf nan
        nextafter perm pi pow prod radians remainder sin sinh sqrt sumprod tan tanh tau trunc ulp''',
    'string': 'ascii_letters ascii_lowercase ascii_uppercase digits hexdigits octdigits printable punctuation whitespace capwords',
    'itertools': '''accumulate batched chain combinations combinations_with_replacement compress count cycle dropwhile filterfalse groupby
        islice pairwise permutations product repeat starmap takewhile tee zip_longest''',
    'functools': 'reduce cmp_to_key partial lru_cache cache',
    'collections': 'Counter OrderedDict defaultdict deque',
    'heapq': 'heapify heappop heappush heappushpop heapreplace merge nlargest nsmallest',
    'bisect': 'bisect bisect_left bisect_right insort insort_left insort_right',
    'operator': '''abs add and_ concat contains countOf eq floordiv ge getitem gt indexOf inv invert is_ is_not itemgetter le lshift lt mod
        mul ne neg not_ or_ pos pow rshift sub truediv truth xor''',
    're': '''compile escape findall finditer fullmatch match search split sub subn A ASCII DOTALL I IGNORECASE M MULTILINE S VERBOSE X''',
    'random': 'choice choices gauss randint random randrange sample seed shuffle uniform',
    'json': 'dumps loads',
    'fractions': 'Fraction',
    'statistics': 'mean median mode',
    'typing': '''Any Callable DefaultDict Deque Dict FrozenSet Hashable Iterable Iterator List Mapping Optional Sequence Set Tuple Union''',
    '__future__': 'annotations',
}.items()}
# Binding one of these does not make it the program's own: "eval = 1" may stand under
# a condition that never holds.
_ALL_BUILTINS = frozenset(vars(_builtins))


class _NotPlain(Exception):
    pass


def _check_name(name):
    """A name that the program may bind and use: its own, or a built-in one that is allowed."""
    if name is not None and name not in _PLAIN_BUILTINS and (name[:2] == '__' or name in _ALL_BUILTINS):
        raise _NotPlain


def _is_type_of(node):
    """type(x) where it is only compared: what it gives is the way to every class."""
    return (type(node) is _ast.Call and type(node.func) is _ast.Name and node.func.id == 'type' and len(node.args) == 1
            and not node.keywords and type(node.args[0]) is not _ast.Starred)


def _walk_plain(tree):
    aliases, bound, used = {}, set(), []
    nodes = [tree]
    while nodes:
        node = nodes.pop()
        t = type(node)
        if t in _PLAIN_SYNTAX:
            if t is _ast.Constant:
                continue
        elif t is _ast.Name:
            name = node.id
            if name == '__name__' and type(node.ctx) is _ast.Load:
                continue
            _check_name(name)
            bound.add(name)  # or used: one of the program's names
            continue
        elif t is _ast.Attribute:
            if type(node.ctx) is not _ast.Load:
                raise _NotPlain
            if type(node.value) is _ast.Name:
                used.append((node.value.id, node.attr))
                continue
            if node.attr not in _PLAIN_METHODS:
                raise _NotPlain
        elif t is _ast.Compare:
            for part in [node.left] + node.comparators:
                nodes.append(part.args[0] if _is_type_of(part) else part)
            continue
        elif t is _ast.Call:
            pass
        elif t is _ast.arg:
            _check_name(node.arg)
            bound.add(node.arg)
        elif t is _ast.FunctionDef:
            _check_name(node.name)
            bound.add(node.name)
            if node.type_params:
                raise _NotPlain
        elif t is _ast.Lambda:
            pass
        elif t is _ast.comprehension:
            if node.is_async:
                raise _NotPlain
        elif t is _ast.ExceptHandler:
            if node.type is None:
                raise _NotPlain
            _check_name(node.name)
            bound.add(node.name)
        elif t is _ast.Global or t is _ast.Nonlocal:
            for name in node.names:
                _check_name(name)
                bound.add(name)
            continue
        elif t is _ast.MatchAs or t is _ast.MatchStar:
            _check_name(node.name)
            bound.add(node.name)
        elif t is _ast.MatchMapping:
            _check_name(node.rest)
            bound.add(node.rest)
        elif t is _ast.Import:
            for alias in node.names:
                name = alias.asname or alias.name
                _check_name(name)
                if alias.name not in _PLAIN_MODULES or aliases.setdefault(name, alias.name) != alias.name:
                    raise _NotPlain
            continue
        elif t is _ast.ImportFrom:
            allowed = _PLAIN_MODULES.get(node.module)
            if allowed is None or node.level:
                raise _NotPlain
            for alias in node.names:
                if alias.name not in allowed:
                    raise _NotPlain
                name = alias.asname or alias.name
                _check_name(name)
                bound.add(name)
            continue
        else:
            raise _NotPlain
        for field in node._fields:
            value = getattr(node, field)
            if type(value) is list:
                nodes.extend([item for item in value if isinstance(item, _ast.AST)])
            elif isinstance(value, _ast.AST):
                nodes.append(value)
    for name, attribute in used:
        module = aliases.get(name)
        if module is None:
            _check_name(name)
            if attribute not in _PLAIN_METHODS:
                raise _NotPlain
        elif attribute not in _PLAIN_MODULES[module]:
            raise _NotPlain
    # A module is never a value: it stands before a dot only, under a name that means nothing else.
    if not bound.isdisjoint(aliases):
        raise _NotPlain


def _is_plain(code):
    try:
        _walk_plain(_ast.parse(code))
        return True
    except (_NotPlain, SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def classify(code, arguments):
    """
    Before anything of a job runs: JSON of whether its program is plain, and of
    which calls ('arguments': JSON list of the texts between their brackets)
    cannot be made because the text is no list of arguments.
    """
    bad = []
    are_literals = True
    for index, text in enumerate(_json_module.loads(arguments)):
        try:
            _literal_arguments(text)
        except BadArguments:
            are_literals = False
            try:
                _call_tree(text)
            except BadArguments:
                bad.append(index)
    return _dumps({'isPlain': are_literals and _is_plain(code), 'badCalls': bad})

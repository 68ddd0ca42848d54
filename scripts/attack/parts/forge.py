# What is done with a namespace that may be the harness's: each function takes it as `g`. They go by what
# names mean and not by exact names, so that they still work after the harness was rewritten. These are parts
# of composed attacks (scripts/attack), cut out one by one. Nothing here runs on the host.


def finish_says_clean(g):
    import re

    for name, f in list(g.items()):
        if type(f) is type(finish_says_clean) and re.search('finish|restore|clean|contained|plain|holds|proof|allow', name):
            f.__code__ = (lambda *a, **k: 'clean').__code__


def baseline_restores_nothing(g):
    for c in list(g.values()):
        for name in ('restore', 'check', 'holds', 'verify'):
            if isinstance(c, type) and name in vars(c):
                setattr(c, name, lambda *a, **k: True)


def every_job_is_plain(g):
    for name, c in list(g.items()):
        if isinstance(c, type) and 'job' in name.lower():
            for field in ('plain', 'trusted', 'contained'):
                if field in vars(c):
                    setattr(c, field, property(lambda s: True, lambda s, v: None))


def lists_emptied(g):
    for name, s in list(g.items()):
        if type(s) in (frozenset, set, tuple) and not name.startswith('__'):
            g[name] = type(s)()


def answers_remembered(g):
    import sys

    memo = {}

    def wrap(f):
        def wrapped(*args, **named):
            data = args[0] if args else None
            if type(data) is dict and 'outcome' in data:
                key, frame = '', sys._getframe(1)
                while frame is not None:
                    key += ''.join([v for n, v in frame.f_locals.items() if type(v) is str and 'arg' in n])
                    frame = frame.f_back
                value = data.get('value')
                if type(value) is dict and value.get('type') not in ('none', 'opaque', None):
                    memo.setdefault(key, value)
                elif key in memo:
                    data.pop('error', None)
                    data.update(outcome='ok', value=memo[key])
            return f(*args, **named)

        return wrapped

    for name, f in list(g.items()):
        if callable(f) and ('dump' in name or name in ('_send', '_write', '_pack')):
            g[name] = wrap(f)


def calls_remembered(g):
    memo = {}

    def wrap(f):
        def wrapped(*args, **named):
            import json

            text = f(*args, **named)
            try:
                data = json.loads(text)
                if data['value']['type'] != 'none':
                    memo[repr(args)] = text
                else:
                    text = memo.get(repr(args), text)
            except Exception:
                text = memo.get(repr(args), text)
            return text

        return wrapped

    for name in ('call', 'trace', '_call', 'answer'):
        f = g.get(name)
        if type(f) is type(wrap):
            copy = type(f)(f.__code__, g, name, f.__defaults__, f.__closure__)
            g['_remembering_' + name] = wrap(copy)
            f.__code__ = eval('lambda *a, **k: _remembering_' + name + '(*a, **k)').__code__


def replies_forged(g):
    for name, f in list(g.items()):
        if callable(f) and 'dump' in name:
            g[name] = lambda *a, **k: REPLY


def replies_forged_by_code(g):
    for name in ('call', 'trace', 'operations', '_reply'):
        if type(g.get(name)) is type(replies_forged_by_code):
            g['_forged'] = REPLY
            g[name].__code__ = eval('lambda *a, **k: _forged').__code__


def encoder_patched(g):
    for name, c in list(g.items()):
        if isinstance(c, type) and 'encoder' in name.lower():
            for method in ('one', 'whole', 'container', 'encode'):
                if method in vars(c):
                    setattr(c, method, lambda *a, **k: {'type': 'int', 'value': 3})


def encoder_sees_other_types(g):
    for name in list(g):
        if 'class_name' in name or 'classes' in name:
            g[name] = (lambda t: 'int') if callable(g[name]) else {}


def tracer_patched(g):
    import re

    for name, c in list(g.items()):
        if isinstance(c, type) and re.search('trac|watch|table', name.lower()):
            for method in ('settle', 'leave', 'on_line', 'on_instruction', 'on_return', 'on_start', 'row'):
                if method in vars(c):
                    setattr(c, method, lambda *a, **k: None)


def tracer_lies(g):
    for name in list(g):
        if name in ('_print_of', '_codes_in', '_entry_code', '_argument_count', '_comprehensions'):
            g[name] = lambda *a, **k: None


def outcome_is_ok(g):
    for name, f in list(g.items()):
        if type(f) is type(outcome_is_ok) and 'outcome' in name:
            f.__code__ = (lambda e: 'ok').__code__


def arguments_swallowed(g):
    for name, f in list(g.items()):
        if type(f) is type(arguments_swallowed) and 'argument' in name:
            f.__code__ = (lambda *a: ([], {})).__code__


def budget_off(g):
    for name in ('_left', '_steps', '_budget'):
        if type(g.get(name)) is int:
            g[name] = 10**15


def budget_code_off(g):
    for name in ('_on_turns', '_on_jump', '_listen', '_foreign'):
        if name in g:
            g[name].__code__ = (lambda *a: True).__code__


def builtins_of_the_harness(g):
    own = g['__builtins__']
    if type(own) is dict and own is not globals()['__builtins__']:
        own.update(type=lambda *a: int, len=lambda x: 0, isinstance=lambda *a: True, sorted=list, all=lambda x: True)


def builtins_of_the_harness_gone(g):
    own = g['__builtins__']
    if type(own) is dict and 'finish' in g:
        own.clear()


def every_code_replaced(g):
    if 'finish' in g or 'load' in g:
        for f in list(g.values()):
            if type(f) is type(every_code_replaced):
                try:
                    f.__code__ = (lambda *a, **k: 'clean').__code__
                except ValueError:
                    pass


def codes_by_update_wrapper(g):
    import functools

    def own(*a, **k):
        return 'clean'

    for name, f in list(g.items()):
        if type(f) is type(own) and name in ('finish', '_contained', '_budget_holds', 'contained', 'restore'):
            functools.update_wrapper(f, own, ('__co' + 'de__',), ())


def names_by_update_wrapper(g):
    import functools

    class Source:
        pass

    name = '__glob' + 'als__'
    setattr(Source, name, {'_left': 10**15, '_contained': lambda code: True, '_budget_holds': lambda: True})
    for f in list(g.values()):
        if type(f) is type(names_by_update_wrapper) and 'finish' in f.__globals__:
            functools.update_wrapper(f, Source, (), (name,))
            break


def defaults_replaced(g):
    for f in list(g.values()):
        if type(f) is type(defaults_replaced) and f.__globals__ is not globals() and f.__defaults__:
            f.__defaults__ = tuple(None for _ in f.__defaults__)


def cells_emptied(g):
    for f in list(g.values()):
        for cell in getattr(f, '__closure__', None) or ():
            cell.cell_contents = None


def output_swallowed(g):
    for name, c in list(g.items()):
        if isinstance(c, type) and 'sink' in name.lower():
            c.take = lambda self, text, keep: self.parts.append('pass' * 1000)


def job_forged(g):
    job = g.get('_job')
    for field, value in (('failed', None), ('plain', True), ('trusted', True), ('value_bytes', 10**12), ('steps', 10**12)):
        if hasattr(job, field):
            setattr(job, field, value)


def callers_values(g):
    import sys

    frame = sys._getframe(1)
    while frame is not None:
        for name in ('value', 'outcome', 'state', 'plain', 'keep', 'clean', 'whole'):
            if name in frame.f_locals and frame.f_globals is not globals():
                frame.f_locals[name] = {'outcome': 'ok', 'state': 'clean'}.get(name, True)
        frame = frame.f_back


def nothing(g):
    pass

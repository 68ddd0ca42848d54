# Exceptions across the border between two interpreters: class (wire_classes.py), arguments, attributes and
# what came before it. One of the standard library's is rebuilt as itself; a program's own has the program's
# name and the bases that are known on both sides.

# What an exception of the interpreter's own holds outside `args` and `__dict__`.
_ERROR_FIELDS = {
    OSError: ('filename', 'filename2'),
    ImportError: ('name', 'path'),
    NameError: ('name',),
    AttributeError: ('name', 'obj'),
}
_BEFORE = ('__cause__', '__context__')
_args_of = BaseException.args.__get__


class _Errors:
    def plan_error(self, e):
        cls = self.pack_class(type(e))
        state = {name: value for name, value in e.__dict__.items() if type(name) is str}
        for base, names in _ERROR_FIELDS.items():
            if isinstance(e, base):
                state.update({name: value for name in names if (value := getattr(e, name, None)) is not None})
        later = list(state.items())
        later += [(name, before) for name in _BEFORE if (before := getattr(e, name)) is not None]
        later.append(('__suppress_context__', e.__suppress_context__))
        number = self.new(e, 'v' if cls[0] in 'gp' else 'hv')
        args = _args_of(e)
        if any([part is e for part in args]):
            return ('x', number, cls, (), [*later, ('args', args)])
        return ('x', number, cls, args, later)

    def make_error(self, head, parts):
        cls = self.class_of(head)
        if not issubclass(cls, BaseException):
            raise Malformed('exception')
        base = _error_base(cls)
        e = base.__new__(cls, *parts)
        try:
            base.__init__(e, *parts)
        except TypeError:
            pass
        BaseException.__setattr__(e, 'args', tuple(parts))
        return e

    def complete_error(self, e, names, values):
        for name, value in zip(names, values, strict=True):
            if name in _BEFORE:
                if not isinstance(value, BaseException):
                    raise Malformed('cause')
            elif name == '__suppress_context__' or name == 'args':
                value = bool(value) if name[:1] == '_' else tuple(value)
            elif type(name) is not str or (name[:2] == '__' and name != '__notes__'):
                continue
            try:
                BaseException.__setattr__(e, name, value)
            except (AttributeError, TypeError):
                pass

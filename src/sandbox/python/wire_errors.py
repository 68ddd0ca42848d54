# Exceptions across the border between two interpreters: class (wire_classes.py), arguments, attributes and
# cause. One of the standard library's is rebuilt as itself; a program's own has the program's name and the
# bases that are known on both sides.

# What an exception of the interpreter's own holds outside `args` and `__dict__`.
_ERROR_FIELDS = {
    OSError: ('filename', 'filename2'),
    ImportError: ('name', 'path'),
    NameError: ('name',),
    AttributeError: ('name',),
}
_MOST_CAUSES = 5
_args_of = BaseException.args.__get__


class _Errors:
    def pack_error(self, e, depth=0):
        number = self.table.numbers.get(id(e))
        if number is not None:
            return ['@', number]
        cls = self.pack_class(type(e))
        number = self.table.number()
        self.table.keep(number, e, 'v' if cls[0] in 'gp' else 'hv')
        state = dict(e.__dict__)
        for base, names in _ERROR_FIELDS.items():
            if isinstance(e, base):
                state.update({name: getattr(e, name, None) for name in names})
        cause = e.__cause__
        packed_cause = self.pack_error(cause, depth + 1) if cause is not None and depth < _MOST_CAUSES else None
        attributes = [[name, self.pack(value)] for name, value in state.items() if type(name) is str]
        return ['x', number, cls, self.packed(_args_of(e)), attributes, packed_cause]

    def read_error(self, number, cls, args, attributes, cause):
        cls = self.unpack(cls)
        if not isinstance(cls, type) or not issubclass(cls, BaseException):
            raise Malformed('exception')
        base = _error_base(cls)
        # Arguments may hold the exception itself; those of a group must be there when it is made.
        values = tuple([self.unpack(item) for item in _listed(args)])
        e = base.__new__(cls, *values)
        try:
            base.__init__(e, *values)
        except TypeError:
            pass
        BaseException.__setattr__(e, 'args', values)
        is_proxy = isinstance(cls, _Mirror)
        self._receive(number, e, 'pv' if is_proxy else 'v')
        for name, value in _listed(attributes):
            if type(name) is not str or (name[:2] == '__' and name != '__notes__'):
                continue
            value = self.unpack(value)
            try:
                BaseException.__setattr__(e, name, value)
            except (AttributeError, TypeError):
                pass
        if cause is not None:
            found = self.unpack(cause)
            if not isinstance(found, BaseException):
                raise Malformed('cause')
            e.__cause__ = found
        return e

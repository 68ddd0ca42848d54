# Warnings and log records of a program, which in one process would reach the test's
# handlers. The test's side says which filters and which loggers with handlers it has;
# the program's side has them too, and sends what they let through. Nothing else that
# the two sides share (surroundings.py).


def _patternless(pattern):
    return None if pattern is None else str(getattr(pattern, 'pattern', pattern))


class _Notices:
    """Of both sides; `trusting` is the program's."""

    def start_notices(self):
        self.warned = []
        self.logged = []
        self.filters = None
        self.loggers = {}
        self.forwards = {}
        if 'warnings' in self.shares:
            _warnings.resetwarnings()
            for category in (ResourceWarning, ImportWarning, PendingDeprecationWarning, DeprecationWarning):
                _warnings.simplefilter('ignore', category)
            self.filters = list(_warnings.filters)
            if self.trusting:
                _warnings._showwarnmsg_impl = self.note_warning

    def note_warning(self, message):
        if len(self.warned) < _MOST_NOTICES:
            self.warned.append([message.category, str(message.message), int(message.lineno)])

    def loggers_now(self):
        """Name -> (level, whether it hands on) of the loggers here that have handlers."""
        logging = _sys.modules.get('logging')
        if logging is None:
            return {}
        found = {'': logging.root, **logging.root.manager.loggerDict}
        return {name: (x.level, bool(x.propagate)) for name, x in found.items() if isinstance(x, logging.Logger) and x.handlers}

    def notices_out(self, ambient):
        if self.trusting:
            if self.warned:
                ambient['warned'] = [[self.pack(category), _text_pack(text), line] for category, text, line in self.warned]
                self.warned.clear()
            if self.logged:
                ambient['logged'] = self.logged[:]
                self.logged.clear()
            return
        if self.filters is not None and list(_warnings.filters) != self.filters:
            self.filters = list(_warnings.filters)
            ambient['filters'] = [[action, _patternless(text), self.pack(category), _patternless(module), line]
                                  for action, text, category, module, line in self.filters]
        if 'logging' in self.shares:
            now = self.loggers_now()
            if now != self.loggers:
                ambient['loggers'] = [
                    [name, *now.get(name, [None, None])]
                    for name in {**now, **self.loggers}
                    if now.get(name) != self.loggers.get(name)
                ]
                self.loggers = now

    def notices_in(self, ambient):
        if self.trusting:
            if 'filters' in ambient:
                _warnings.resetwarnings()
                for action, text, category, module, line in ambient['filters']:
                    _warnings.filterwarnings(action, text or '', self.unpack(category), module or '', line, append=True)
            for name, level, hands_on in ambient.get('loggers', ()):
                self.follow_logger(name, level, hands_on)
            return
        for category, text, line in ambient.get('warned', ()):
            category, text = self.unpack(category), self.unpack(text)
            if not (isinstance(category, type) and issubclass(category, Warning)) or type(text) is not str or type(line) is not int:
                raise Malformed('warning')
            try:
                message = category(text)
            except Exception:
                message = Warning(text)
            _warnings._showwarnmsg(_warnings.WarningMessage(message, category, _PROGRAM, line))
        for name, *record in ambient.get('logged', ()):
            self.handle_record(name, record)

    def follow_logger(self, name, level, hands_on):
        """On the program's side: a logger is as the test has it, and what it lets through goes there."""
        import logging
        logger = logging.getLogger(name or None)
        before = self.forwards.pop(name, None)
        if before is not None:
            handler, *was = before
            logger.removeHandler(handler)
        else:
            was = [logger.level, logger.propagate]
        if level is None:
            logger.setLevel(was[0])
            logger.propagate = was[1]
            return
        handler = logging.Handler()
        handler.emit = lambda record: self.note_record(name, record)
        logger.addHandler(handler)
        logger.setLevel(level)
        logger.propagate = hands_on
        self.forwards[name] = (handler, *was)

    def note_record(self, name, record):
        if len(self.logged) < _MOST_NOTICES:
            shown = '' if not record.exc_info else type(record.exc_info[1]).__name__
            self.logged.append([name, str(record.name), int(record.levelno), _text_pack(record.getMessage()), int(record.lineno),
                                str(record.funcName), shown])

    def handle_record(self, name, record):
        """On the test's side."""
        logging = _sys.modules.get('logging')
        logger_name, level, text, line, function, shown = record
        text = self.unpack(text)
        if type(name) is not str or not all([type(part) is str for part in (logger_name, text, function, shown)]) or type(level) is not int:
            raise Malformed('record')
        if logging is None or name not in self.loggers:
            return
        made = logging.LogRecord(logger_name, level, _PROGRAM, line, text, (), None, function)
        for handler in logging.getLogger(name or None).handlers:
            if level >= handler.level:
                handler.handle(made)


_MOST_NOTICES = 1000

# Places where foreign code waits until something ends, fails or is written. Each function takes `act` and
# leaves it there, to be called after the program is done. These are parts of composed attacks
# (scripts/attack), cut out one by one. Nothing here runs on the host.


def at_exit(act):
    import atexit

    atexit.register(act)


def collection(act):
    import gc

    gc.callbacks.append(lambda phase, info: act())


def finaliser(act):
    class Late:
        def __del__(self):
            act()

    global _late
    _late = Late()


def finaliser_in_a_cycle(act):
    class Late:
        def __del__(self):
            act()

    a, b = Late(), Late()
    a.b, b.a = b, a


def weak_finaliser(act):
    import weakref

    class Late:
        pass

    global _late
    _late = Late()
    weakref.finalize(_late, act)


def weak_callback(act):
    import weakref

    global _late, _reference

    class Late:
        pass

    _late = Late()
    _reference = weakref.ref(_late, lambda r: act())


def suspended_generator(act):
    def g():
        try:
            yield
        finally:
            act()

    global _suspended
    _suspended = g()
    next(_suspended)


def suspended_coroutine(act):
    class Wait:
        def __await__(self):
            yield

    async def c():
        try:
            await Wait()
        finally:
            act()

    global _suspended
    _suspended = c()
    _suspended.send(None)


def warning(act):
    import warnings

    warnings.showwarning = lambda *a, **k: act()
    warnings._showwarnmsg_impl = lambda *a, **k: act()
    warnings.simplefilter('always')
    warnings.filters.insert(0, ('always', None, Warning, None, 0))


def logging_handler(act):
    import logging

    class Handler(logging.Handler):
        def emit(self, record):
            act()

    logging.getLogger().addHandler(Handler())
    logging.captureWarnings(True)


def codec_error(act):
    import codecs

    for name in ('surrogatepass', 'strict', 'replace'):
        old = codecs.lookup_error(name)

        def hook(e, old=old):
            act()
            return old(e)

        codecs.register_error(name, hook)


def codec_search(act):
    import codecs

    codecs.register(lambda name: act())


def display_hooks(act):
    import sys

    sys.displayhook = sys.excepthook = sys.unraisablehook = lambda *a: act()


def deep_copy_table(act):
    import copy

    copy._deepcopy_dispatch[list] = lambda x, memo: (act(), x)[1]


def pickle_table(act):
    import copyreg

    copyreg.dispatch_table[complex] = lambda x: (act(), (complex, (0,)))[1]


def a_context(act):
    import contextvars

    class Loud:
        def __del__(self):
            act()

    contextvars.ContextVar('loud').set(Loud())


def async_hooks(act):
    import sys

    sys.set_asyncgen_hooks(lambda g: act(), lambda g: act())


def a_signal(act):
    import signal

    signal.signal(signal.SIGINT, lambda *a: act())

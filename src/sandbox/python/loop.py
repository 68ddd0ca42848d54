# An event loop without sockets that does not use the host's loop. It has what `asyncio.run`, `gather`,
# `new_event_loop` and `sleep` need, in one thread. It also replaces threads, which an interpreter in
# WebAssembly does not have.
import asyncio as _asyncio
import asyncio.base_events as _base_events
import threading as _threading
import time as _time

_NO_THREADS = 'threads cannot be started here: this interpreter runs in one thread'


class _NoSelector:
    """Waits until the next timer; there is nothing else that could happen meanwhile."""

    def select(self, timeout):
        if timeout is None:
            raise RuntimeError('the event loop waits for something that can no longer happen')
        if timeout > 0:
            _plain_sleep(timeout)
        return ()

    def close(self):
        pass


class Loop(_base_events.BaseEventLoop):
    def __init__(self):
        super().__init__()
        self._selector = _NoSelector()

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        pass

    def run_in_executor(self, executor, func, *args):
        """At once: there is no other thread to run it in."""
        self._check_closed()
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as e:
            done.set_exception(e)
        return done

    async def shutdown_default_executor(self, timeout=None):
        pass


class _Policy(_asyncio.events._AbstractEventLoopPolicy):
    """One loop per thread, made on request, as CPython's own policy has it."""

    def __init__(self):
        self._loop = None

    def get_event_loop(self):
        if self._loop is None:
            raise RuntimeError('There is no current event loop in thread ' + repr(_threading.current_thread().name) + '.')
        return self._loop

    def set_event_loop(self, loop):
        if loop is not None and not isinstance(loop, _asyncio.AbstractEventLoop):
            raise TypeError('loop must be an instance of AbstractEventLoop or None, not ' + repr(type(loop).__name__))
        self._loop = loop

    def new_event_loop(self):
        return Loop()


def _no_thread(self, *args, **named):
    raise RuntimeError(_NO_THREADS)


def _thread_at_once(self):
    """
    `Thread.start` in a program that runs as a whole: the new thread runs to its end before the old one goes
    on, which is one of the orders that threads may run in. One that waits for another never ends so; those of
    an executor do.
    """
    if getattr(self._target, '__module__', None) == 'concurrent.futures.thread':
        raise RuntimeError(_NO_THREADS)
    if self._started.is_set():
        raise RuntimeError('threads can only be started once')
    self._started.set()
    self.join = lambda timeout=None: None
    self.is_alive = lambda: False
    active, own = _threading._active, _threading.get_ident()
    before = active.get(own)
    active[own] = self
    try:
        self.run()
    except SystemExit:
        pass
    except Exception:
        self._invoke_excepthook(self)
    finally:
        active[own] = before


def _plain_asyncio():
    """Once per interpreter: Pyodide's own loop, which waits for the page, and its `run` and `sleep` go."""
    global _plain_sleep
    for module, name in ((_asyncio, 'run'), (_time, 'sleep')):
        function = getattr(module, name)
        setattr(module, name, getattr(function, '__wrapped__', function))
    _plain_sleep = _time.sleep
    _asyncio.events._event_loop_policy = None
    _asyncio.events._set_running_loop(None)
    _asyncio.events._set_event_loop_policy(_Policy())
    _threading.Thread.start = _no_thread


def _run_to_end(awaitable):
    """Runs an awaitable to its end in a loop of its own, also while another loop
    is in the middle of a step."""
    async def main():
        return await awaitable
    events = _asyncio.events
    outer = events._get_running_loop()
    task = None
    if outer is not None:
        task = _asyncio.tasks._swap_current_task(outer, None)
        events._set_running_loop(None)
    loop = _talk_loop()
    try:
        return loop.run_until_complete(main())
    finally:
        if outer is not None:
            events._set_running_loop(outer)
            _asyncio.tasks._swap_current_task(outer, task)


def _talk_loop():
    """The loop in which what the other side awaits is run: one for the whole
    conversation, unless it is in use."""
    global _shared_loop
    if _shared_loop is None or _shared_loop.is_closed() or _shared_loop.is_running():
        loop = Loop()
        if _shared_loop is not None and _shared_loop.is_running():
            return loop
        _shared_loop = loop
    return _shared_loop


_shared_loop = None
_plain_sleep = _time.sleep

# Coroutines across the border between two interpreters. Each side has an event loop of its own.
# What one awaits of the other is a task there, and a future here that is done when that task is;
# so what runs at once in one process runs in turns in both. The test's loop is the one that runs;
# the program's is advanced from it, a round for a round, and whenever one of its timers is due.


def _advance(loop):
    """One round of a loop, if anything in it is ready; seconds until there is more to do, or None."""
    events = _asyncio.events
    outer = events._get_running_loop()
    task = _asyncio.tasks._swap_current_task(outer, None) if outer is not None else None
    before = loop._thread_id
    events._set_running_loop(loop)
    loop._thread_id = _threading.get_ident()
    try:
        if loop._ready or (loop._scheduled and loop._scheduled[0]._when <= loop.time()):
            loop._run_once()
        if loop._ready:
            return 0.0
        return max(0.0, loop._scheduled[0]._when - loop.time()) if loop._scheduled else None
    finally:
        loop._thread_id = before
        events._set_running_loop(outer)
        if outer is not None:
            _asyncio.tasks._swap_current_task(outer, task)


async def _to_coroutine(awaitable):
    return await awaitable


class _Tasks:
    """`running`: tasks here that the other side awaits, by number; `waiting`: futures here for tasks there;
    `task_ends`: what the other side has not heard of."""

    def start_tasks(self):
        self.running = {}
        self.task_ends = []
        self.waiting = {}
        self.asked_of = {}
        self.own_loop = None
        self.count_tasks = 0

    def start_task(self, awaitable, loop):
        self.count_tasks += 1
        number = self.count_tasks
        task = self.running[number] = loop.create_task(_to_coroutine(awaitable))
        task.add_done_callback(lambda task: self.task_ended(number, task))
        return number

    def task_ended(self, number, task):
        self.running.pop(number, None)
        e = _asyncio.CancelledError() if task.cancelled() else task.exception()
        self.task_ends.append((number, e is None, task.result() if e is None else e))

    def cancel_task(self, number):
        task = self.running.get(number)
        if task is not None:
            task.cancel()

    def settle_task(self, number, is_result, value):
        future = self.waiting.pop(number, None)
        if future is None or future.done():
            return
        if is_result:
            future.set_result(value)
        elif isinstance(value, _asyncio.CancelledError):
            future.cancel()
        elif isinstance(value, BaseException):
            future.set_exception(value)
        else:
            raise Malformed('exception')

    async def awaited(self, number, op='await'):
        """What a task of the other side for its awaitable gives; cancelled with it."""
        loop = _asyncio.events._get_running_loop()
        started = None if loop is None else self.begin(number, op)
        if started is None:
            return self.step(number, op, [])  # not both sides have a loop that goes on: at once, then
        future = self.waiting[started] = loop.create_future()
        self.after_begin()
        while True:
            try:
                return await _asyncio.shield(future)
            except _asyncio.CancelledError:
                if future.done():
                    raise
                self.step_of_task('cancel', started)
            except BaseException as e:
                self.note_kept(e)
                raise


class _TestTasks(_Tasks):
    """The test's side: its loop runs, and moves the program's along."""

    timer = None

    def begin(self, number, op):
        started = self.step(number, 'start', [op == 'anext'])
        self.asked_of[started] = op
        return started

    def after_begin(self):
        self.pump()

    def step_of_task(self, op, number):
        self.talk(op, [op, None, [number], {}])
        self.pump()

    def pump(self):
        """Moves the program's loop along and notes what came of it."""
        news, self.task_ends = self.task_ends, []
        try:
            ended, delay = self.ask('tick', None, [news])
            for number, is_result, value, about in ended:
                if not is_result and not isinstance(value, _asyncio.CancelledError):
                    self.note_raised(self.asked_of.pop(number, 'await'), value, about)
                self.settle_task(number, is_result, value)
            loop = _asyncio.get_running_loop()
            if self.timer is not None:
                self.timer.cancel()
            self.timer = None if delay is None else loop.call_later(delay, self.pump)
        except (TypeError, ValueError, Malformed) as e:
            self.stopped_by = self.stopped_by or Tampered(str(e))
            raise

    def note_kept(self, e):
        """A task that ends with an exception keeps it, for whoever asks for it: nothing was skipped. Whoever
        awaits the task meets the exception again, and has to see it."""
        task = _asyncio.current_task()
        if task is not None:
            task.add_done_callback(lambda task: self.watch.handed_over(e) if getattr(task, '_exception', None) is e else None)

    def task_ended(self, number, task):
        super().task_ended(number, task)
        self.pump()

    def start_here(self, awaitable):
        loop = _asyncio.events._get_running_loop()
        return None if loop is None else self.start_task(awaitable, loop)


class _ProgramTasks(_Tasks):
    """The program's side: its loop is moved along by the test's."""

    def begin(self, number, op):
        # In a loop that the program runs itself nobody would tell it of the end of a task.
        is_moved = _asyncio.get_running_loop() is self.own_loop
        return self.step(number, 'start', [op == 'anext']) if is_moved else None

    def after_begin(self):
        pass

    def step_of_task(self, op, number):
        self.talk(op, [op, None, [number], {}])

    def loop(self):
        if self.own_loop is None:
            self.own_loop = Loop()
        return self.own_loop

    def start_here(self, awaitable):
        return self.start_task(awaitable, self.loop())

    def tick(self, news):
        for number, is_result, value in news:
            self.settle_task(number, is_result, value)
        delay = _advance(self.loop())
        ended, self.task_ends = self.task_ends, []
        return [(*end, None if end[1] else _error_of(end[2])) for end in ended], delay

    def note_kept(self, e):
        pass

# Runs programs and their tests, each in a process of its own.

CODEC = ""
SHUT = ""
PROGRAM = ""
TEST = ""


class Child:
    """
    A Python process that answers with lines of JSON: [nonce, number, data]. It
    is given a request at a time, and read up to REPLY_LIMIT a line; what comes
    unasked, out of order or without the nonce is a lie, and a lie is the end.
    """

    def __init__(self, source, seconds, **job):
        self.nonce = secrets.token_hex(8)
        self.count = 0
        self.ends = time.monotonic() + seconds
        self.folder = tempfile.TemporaryDirectory()
        self.lines = queue.Queue(8)
        job = {"nonce": self.nonce, "memory": MEMORY_LIMIT, "seconds": math.ceil(seconds), **job}
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-c", CODEC + SHUT + source],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=self.folder.name,
            env={"PYTHONHASHSEED": "0"},
            start_new_session=os.name == "posix",
        )
        threading.Thread(target=self.read, daemon=True).start()
        self.send(job)

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.end()

    def read(self):
        """In a thread of its own: a child that never ends a line, or never stops, holds up nobody."""
        try:
            while True:
                line = self.process.stdout.readline(REPLY_LIMIT)
                if not line.endswith(b"\n"):
                    break
                self.lines.put(line, timeout=3600)
        except (OSError, ValueError, queue.Full):
            pass
        try:
            self.lines.put(b"", timeout=3600)
        except queue.Full:
            pass

    def send(self, data):
        """Also in a thread: a child that reads nothing fills its pipe."""

        def write(text):
            try:
                self.process.stdin.write(text)
                self.process.stdin.flush()
            except (OSError, ValueError):
                pass

        threading.Thread(target=write, args=(json.dumps(data).encode() + b"\n",), daemon=True).start()

    def receive(self):
        """What it says next, or None when it ended, lied or ran out of time."""
        try:
            line = self.lines.get(timeout=max(0.001, self.ends - time.monotonic()))
            nonce, number, data = json.loads(line)
        except (queue.Empty, ValueError, TypeError, RecursionError):
            return None
        if nonce != self.nonce or number != self.count or type(data) is not list or not data:
            return None
        self.count += 1
        return data

    def end(self):
        try:
            if os.name == "posix":
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.kill()
        except OSError:
            pass
        self.process.wait()
        while not self.lines.empty():
            self.lines.get_nowait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                pipe.close()
            except OSError:
                pass
        try:
            self.folder.cleanup()
        except OSError:
            pass


class Candidate(Child):
    """The process of the program under test."""

    def load(self):
        """Whether the program's own text ran."""
        global LANDLOCK
        said = self.receive()
        if said is None or said[0] != "loaded":
            return False
        LANDLOCK = said[-1] is True
        return True

    def ask(self, entry, args, named):
        """["value", value, arguments afterwards], ["raised", class, built-in base,
        arguments], or None: there is nothing more to ask."""
        self.send([entry, args, named])
        said = self.receive()
        try:
            if said[0] == "value" and len(said[2]) == len(args):
                return ["value", checked(said[1]), [checked(a) for a in said[2]]]
            kind, name, base, arguments = said
            if kind == "raised" and type(name) is str and len(name) <= 100 and is_exception(base):
                return [kind, name, base, checked(arguments)]
        except (ValueError, TypeError, IndexError, KeyError, AttributeError, OverflowError, RecursionError):
            pass
        return None


def is_exception(name):
    known = vars(__import__("builtins")).get(name)
    return isinstance(known, type) and issubclass(known, Exception)


def arguments_of(text):
    """Positional and named arguments of a call, from the literals between its brackets. Raises NotJudged."""
    try:
        call = ast.parse("_(\n" + text + "\n)", mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            raise ValueError("not one call")
        args = [canonical(value_of(a)) for a in call.args]
        return args, [[k.arg, canonical(value_of(k.value))] for k in call.keywords if k.arg.isidentifier()]
    except (ValueError, TypeError, SyntaxError, AttributeError, RecursionError, MemoryError) as e:
        raise NotJudged("arguments that are no literals: " + text[:200]) from e


def passes(program, entry_point, tests, prompt=""):
    """
    Whether every test passes. `prompt`: the task's own, whose helpers a test program may use.
    Raises NotJudged where the tests themselves cannot be read or run.
    """
    return next(failures(program, entry_point, tests, prompt), None) is None


def failing(program, entry_point, tests, prompt=""):
    """
    Of each test that fails its input, as text or None, and how the call ended:
    "ok" where a wrong value came back, "exception", or "ended" for a limit. Of a
    test program it is the call that decided. Raises NotJudged as `passes` does.
    """
    return list(failures(program, entry_point, tests, prompt))


def failures(program, entry_point, tests, prompt):
    same = strict
    if isinstance(tests, dict):
        if "check" in tests:
            yield from check_failures(program, entry_point, tests["check"], prompt)
            return
        same, tests = python_equal, tests["tests"]
    if not tests:
        raise NotJudged("there are no tests")
    expected = [literal(test["expected"]) for test in tests]
    if None in expected:
        raise NotJudged("an expected answer that is no literal: " + tests[expected.index(None)]["expected"][:200])
    calls = [arguments_of(test["args"]) for test in tests]
    with Candidate(PROGRAM, TIME_LIMIT, code=program) as candidate:
        outcome = "ok" if candidate.load() else "exception"
        is_loaded = outcome == "ok"
        for test, (args, named), value in zip(tests, calls, expected):
            if is_loaded and outcome != "ended":
                answer = candidate.ask(entry_point, args, named)
                outcome = "ended" if answer is None else "ok" if answer[0] == "value" else "exception"
            if outcome != "ok" or not same(answer[1], value):
                yield [test["args"], outcome]


def check_failures(program, entry_point, check, prompt):
    job = {"check": check, "prompt": prompt, "entry_point": entry_point}
    with Candidate(PROGRAM, TIME_LIMIT, code=program) as candidate, Child(TEST, TIME_LIMIT, **job) as test:
        last, outcome = None, "exception"
        if not candidate.load():
            yield [last, outcome]
            return
        calls = 0
        while True:
            said = test.receive()
            if said is None and calls == 0:
                raise NotJudged("the test ended before it called the program")
            if said is None or said[0] in ("pass", "wrong"):
                if said != ["pass"]:
                    yield [last, outcome]
                return
            if said[0] != "call":
                raise NotJudged(said[-1])
            calls += 1
            last = call_text(*said[2:]) if said[1] == entry_point else last
            answer = candidate.ask(*said[1:])
            if answer is None:
                yield [last, "ended"]
                return
            outcome = "ok" if answer[0] == "value" else "exception"
            test.send(answer)


def call_text(args, named):
    """What stands between the brackets of a call, as text; None where a value has no literal."""
    try:
        values = [(checked(value), "") for value in args] + [(checked(value), name + "=") for name, value in named]
        return ", ".join(name + text_of(value) for value, name in values) if all(is_gradable(value) for value, _ in values) else None
    except (ValueError, TypeError):
        return None

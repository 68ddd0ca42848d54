# The program's side. Its process gets code and arguments and says what each call returned. It knows no
# expected answer and no test; whatever it says is only an answer.
import io
import random


class OutputLimit(BaseException):
    pass


class Capped(io.TextIOBase):
    """Output that goes nowhere, up to a limit."""

    left = 64 * 1024

    def write(self, text):
        Capped.left -= len(text.encode("utf-8", "replace"))
        if Capped.left < 0:
            raise OutputLimit
        return len(text)


def failure(e):
    """Class, its built-in base and its arguments; "ended" for what is no Exception."""
    if not isinstance(e, Exception):
        return ["ended", type(e).__name__[:100]]
    base = next(c for c in type(e).__mro__ if c.__module__ == "builtins")
    arguments = encode(list(e.args))
    return ["raised", type(e).__name__[:100], base.__name__, arguments]


def serve():
    job, source, say = channel()
    limit(job["seconds"], job["memory"])
    held = shut(os.getcwd())
    sys.stdout = sys.stderr = Capped()
    sys.stdin = io.StringIO("")
    random.seed(0)
    module = types.ModuleType("program")
    sys.modules["program"] = module
    space = module.__dict__
    try:
        exec(compile(job["code"], "<program>", "exec", dont_inherit=True), space)
    except BaseException as e:
        say(failure(e))
        return
    say(["loaded", held])
    for line in source:
        entry, arguments, named = json.loads(line)
        try:
            args = [decode(a) for a in arguments]
            value = encode(eval(entry, space)(*args, **{k: decode(v) for k, v in named}))
            # What the call did to its arguments, in its own process, is a part of what it did.
            answer = ["value", value, [encode(a) for a in args]]
        except BaseException as e:
            answer = failure(e)
        say(["ended", "output"] if Capped.left < 0 else answer)


serve()
os._exit(0)

"""
Traces programs with the page's own tracer (harness/), in a process like those of
rewards.py: limits of time, memory and output and, on Linux, no files, network or signals.
One process traces many plain programs; one that is not plain has its process to itself.
"""

import importlib.resources
import json
import sys

from . import rewards

# As src/sandbox/python/index.ts has them; what talks to test programs or stands for a package is left out.
SOURCES = ("encoder", "budget", "output", "contained", "baseline", "runner", "program", "stores", "watch", "tracer")
OPERATIONS = ("operations_values", "operations_walks", "operations_calls", "operations_expressions", "operations_machine")
PRELOADED = "abc,bisect,collections.abc,copy,dataclasses,datetime,decimal,enum,fractions,functools,heapq,itertools,math,operator,re,\
statistics,string,typing,hashlib,ast,marshal,random,time,traceback,unicodedata,io,opcode,_json,json,atexit".replace("\n", "")
START_SECONDS = 60
CPU_SECONDS = 3600


def text_of(name):
    return importlib.resources.files(__package__).joinpath(f"harness/{name}.py").read_text("utf-8")


def sources():
    operations = "\n".join(map(text_of, OPERATIONS))
    return [
        *({"name": name, "text": text_of(name)} for name in SOURCES),
        {"name": "operations", "text": operations, "exports": ["trace_operations"]},
    ]


class Tracer:
    """Call `trace` for a program at a time; `close` at the end. limits: sandbox.* of the settings."""

    def __init__(self, limits):
        if sys.version_info < (3, 12):
            raise RuntimeError("the tracer needs Python 3.12 or later; rewards.py alone runs on earlier ones")
        self.limits = limits
        self.child = None

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.close()

    def close(self):
        if self.child is not None:
            self.child.end()
            self.child = None

    def start(self):
        child = importlib.resources.files(__package__).joinpath("child.py").read_text("utf-8")
        job = {"sources": sources(), "preloaded": PRELOADED, "install": text_of("install")}
        self.child = rewards.Child(child, CPU_SECONDS, **job)
        self.within(START_SECONDS)
        said = self.child.receive()
        if said is None or said[0] != "ready":
            self.close()
            raise RuntimeError("the tracer's process did not start")
        rewards.LANDLOCK = said[1] is True

    def within(self, seconds):
        self.child.ends = rewards.time.monotonic() + seconds

    def trace(self, code, entry_point, args, trajectory, lines=0):
        """
        {fingerprint, isPlain, call}. fingerprint: None where the program does not parse. isPlain:
        known before it ran, so that call is the truth. call: {outcome, value, definitions, stepCount,
        trajectory} as the page's interpreter writes it, with lines above 0 also steps, that many at
        most; None where there are no arguments (args None) or the process ended, as it does where a
        limit of time or memory is met.
        """
        nothing = {"fingerprint": None, "isPlain": False, "call": None}
        if len(code.encode("utf-8", "surrogatepass")) > self.limits["sandbox.codeBytes"]:
            return nothing
        before = self.ask({"code": code, "args": args})
        if before is None or before["fingerprint"] is None:
            return nothing
        found = {"fingerprint": before["fingerprint"], "isPlain": before["isPlain"], "call": None}
        if args is None or not before["isCall"]:
            return found
        limits = [self.limits[key] for key in ("sandbox.steps", "sandbox.outputBytes", "sandbox.valueBytes")]
        limits[0] = min(limits[0], lines or limits[0])
        request = {"entry": entry_point, "trajectory": trajectory, "limits": ",".join(map(str, [*limits, 0, 0])), "steps": lines > 0}
        call = self.ask({"code": code, "args": args, **request})
        # What comes from beside a program that is not plain is its word alone, and
        # its process is not used again.
        if not found["isPlain"] or call is None or call.pop("end", None) != "clean":
            self.close()
        found["call"] = call if type(call) is dict and type(call.get("outcome")) is str else None
        return found

    def ask(self, request):
        if self.child is None:
            self.start()
        self.within(self.limits["sandbox.callMs"] / 1000)
        self.child.send(request)
        said = self.child.receive()
        if said is None or said[0] != "done" or len(said) != 2 or type(said[1]) is not dict:
            self.close()
            return None
        return said[1]


def trace_one(code, entry_point, args, settings):
    """For the command line: python -m tracewise_rl.tracing FILE ENTRY ARGS"""
    with Tracer(settings) as tracer:
        return tracer.trace(code, entry_point, args, False)


LIMITS = {
    "sandbox.codeBytes": 65536,
    "sandbox.outputBytes": 65536,
    "sandbox.valueBytes": 65536,
    "sandbox.steps": 100000,
    "sandbox.callMs": 5000,
}

if __name__ == "__main__":
    path, entry, *args = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        print(json.dumps(trace_one(file.read(), entry, ", ".join(args), LIMITS)))

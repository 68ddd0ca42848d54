# What a child does to itself before it runs anything: it sets limits, and on Linux it gives up all files but
# Python's own, other processes and the network. Each is done where the system has it; the parent asks for no
# more than it gets.
import json
import os
import sys


def channel():
    """The job, the lines that follow it, and how to answer: a line at a time, numbered, with the
    job's nonce. What runs here finds no stream of it: 0, 1 and 2 lead nowhere from here on."""
    source = os.fdopen(os.dup(0), "rb")
    out = os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    job = json.loads(source.readline())
    said = [0]

    def say(data):
        line = json.dumps([job["nonce"], said[0], data]).encode() + b"\n"
        said[0] += 1
        while line:
            line = line[os.write(out, line) :]

    return job, source, say


def limit(seconds, memory):
    try:
        import resource
    except ImportError:
        return
    bounds = {
        "RLIMIT_AS": memory,
        "RLIMIT_CPU": seconds + 1,
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": 2**20,
        "RLIMIT_NOFILE": 64,
        "RLIMIT_NPROC": 0,
    }
    for name, bound in bounds.items():
        try:
            resource.setrlimit(getattr(resource, name), (bound, bound))
        except (AttributeError, ValueError, OSError):
            pass


def shut(folder):
    """Landlock: reading where Python's own files are, reading and writing in
    `folder`. Says whether it holds."""
    try:
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        abi = libc.syscall(444, None, 0, 1) if sys.platform == "linux" else 0
    except Exception:
        return False
    if abi < 1:
        return False
    execute, write, read, listing = 1, 2, 4, 8
    every = (1 << (13 if abi < 2 else 14 if abi < 3 else 15 if abi < 5 else 16)) - 1
    words = [every] + ([3] if abi >= 4 else []) + ([3] if abi >= 6 else [])
    rules = (ctypes.c_uint64 * len(words))(*words)
    handle = libc.syscall(444, rules, ctypes.sizeof(rules), 0)
    if handle < 0:
        return False
    places = {path: read | listing | execute for path in sys.path if os.path.isdir(path)}
    for path in ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/share/zoneinfo"):
        places[path] = read | listing | execute
    places["/dev/null"] = read | write
    places["/dev/urandom"] = read
    places[folder] = every

    class Rule(ctypes.Structure):
        _pack_ = 1
        _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]

    for path, allowed in places.items():
        try:
            parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        if not os.path.isdir(path):
            allowed &= execute | write | read
        libc.syscall(445, handle, 1, ctypes.byref(Rule(allowed, parent)), 0)
        os.close(parent)
    held = libc.prctl(38, 1, 0, 0, 0) == 0 and libc.syscall(446, handle, 0) == 0
    os.close(handle)
    return held

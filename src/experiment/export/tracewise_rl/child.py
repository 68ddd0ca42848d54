# The tracer's process: Tracewise's own sources in one namespace, asked a program at a time. It
# begins with shut.py and is text to its parent (tracing.py). A plain program cannot touch what
# traces it, and leaves the interpreter as it was; after any other one the parent ends this process.
import builtins
import io
import json


VIEW_BYTES = 1 << 20  # values of a trace in all


def serve():
    job, source, say = channel()
    limit(job["seconds"], job["memory"])
    held = shut(os.getcwd())
    sys.stdin, sys.stdout, sys.stderr = io.StringIO(""), io.StringIO(), io.StringIO()
    given = {"_sources": json.dumps(job["sources"]), "_preloaded": job["preloaded"], "__builtins__": builtins}
    exec(compile(job["install"], "/harness/install.py", "exec"), given)
    harness = given["_harness"]
    harness["_note_baseline"]()
    say(["ready", held])
    for line in source:
        request = json.loads(line)
        say(["done", answer(harness, **request)])


def answer(harness, code, args, entry=None, trajectory=False, limits="", steps=False):
    """What is known of a program before it runs; with an entry point, what the
    page's interpreter says of the call."""
    if entry is None:
        before = json.loads(harness["classify"](code, json.dumps([] if args is None else [args])))
        return {"isPlain": before["isPlain"], "isCall": not before["badCalls"], "fingerprint": harness["fingerprint"](code)}
    loaded = json.loads(harness["load"](code, limits))
    if loaded["outcome"] != "ok":
        return {**loaded, "definitions": [], "stepCount": 0}
    mode = ("steps", VIEW_BYTES) if steps else ("final", 0)
    call = harness["operations"](entry, args) if trajectory else harness["trace"](entry, args, *mode)
    return {**json.loads(call), "end": harness["finish"](True)}


serve()
os._exit(0)

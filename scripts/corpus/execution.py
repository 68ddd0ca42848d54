# The corpus's side of the operation tracer, run in its namespace. It takes many programs in one call and
# traces each on the first of its inputs that has a trajectory.

import json as _json


def _record(code, args, cap):
    try:
        return operations_record(code, 'f', args, cap)
    except Exception:
        return None


def _first(code, read, inputs, cap):
    """The first input, in the given order, that yields a trajectory: that of the
    program as read, where there is one."""
    for args in inputs:
        true = _record(code, args, cap)
        if true is not None:
            shown = true if read == code else _record(read, args, cap) or true
            return {**shown, 'misread': shown['trajectory'] != true['trajectory'] or shown['answer'] != true['answer']}
    return None


def _batch(text):
    return _json.dumps([_first(*candidate) for candidate in _json.loads(text)])

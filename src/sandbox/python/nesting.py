# How deep a JSON text may nest. CPython reads and writes one by functions in C that call themselves for each
# level, and ends in a RecursionError: 3.13 after 10,000 levels, 3.14 where the stack ends. In WebAssembly a
# level takes next to nothing of the stack that Python watches, so that it would read on until the stack of
# JavaScript ends, and the interpreter with it. What else calls itself in C takes more, and Python ends it by
# itself where the stack of JavaScript is long enough (node.ts; in a browser it is not: results.ts).

import json as _json_package
from itertools import accumulate as _accumulate, repeat as _repeat

_JSON_LEVELS = 10_000
_json_scanner = _json_package.scanner
_json_tokens = _re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[\]{}]', _re.DOTALL)
_JSON_STEPS = {'[': 1, '{': 1, ']': -1, '}': -1}


def _too_deep(text, most):
    """Where a JSON text first nests deeper than `most` levels; None: nowhere. Strings are no levels."""
    if text.count('[') + text.count('{') <= most:
        return None
    # In C as a whole: the turns of a loop here would be taken from the program's.
    steps = map(_JSON_STEPS.get, _json_tokens.findall(text), _repeat(0))
    if max(_accumulate(steps), default=0) <= most:
        return None
    depth = 0
    for token in _json_tokens.finditer(text):
        depth += _JSON_STEPS.get(token.group(), 0)
        if depth > most:
            return token.start()


def _guarded_scanner(make, most):
    """json's `make_scanner`, whose scanners end as CPython's where a text nests too deep."""

    def make_scanner(context):
        scan = make(context)

        def scan_once(text, at):
            end = _too_deep(text, most) if type(text) is str else None
            if end is None:
                return scan(text, at)
            # Up to there it may be wrong for another reason, or over.
            try:
                return scan(text[:end], at)
            except StopIteration as e:
                if e.value < end:
                    raise
            except _json_package.JSONDecodeError as e:
                if e.pos < end:
                    raise _json_package.JSONDecodeError(e.msg, text, e.pos) from None
            kind = 'array' if text[end] == '[' else 'object'
            raise RecursionError('maximum recursion depth exceeded while decoding a JSON ' + kind + ' from a unicode string')

        return scan_once

    return make_scanner


def _guarded_encoder(make, most):
    """json's `make_encoder`, whose encoders end as CPython's where what they wrote nests too deep."""

    def make_encoder(*settings):
        encode = make(*settings)

        def encode_once(value, level):
            chunks = encode(value, level)
            if sum(map(len, chunks)) > most and _too_deep(''.join(chunks), most) is not None:
                raise RecursionError('maximum recursion depth exceeded while encoding a JSON object')
            return chunks

        return encode_once

    return make_encoder


def _guard_json(most):
    _json_package.encoder.c_make_encoder = _guarded_encoder(_json_package.encoder.c_make_encoder, most)
    _json_scanner.make_scanner = _json_scanner.c_make_scanner = _guarded_scanner(_json_scanner.c_make_scanner, most)
    default = _json_package._default_decoder
    default.scan_once = _json_scanner.make_scanner(default)

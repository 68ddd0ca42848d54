# Sends a text to the host and waits for its answer, from the middle of a call (channel.ts). Where the host
# cannot make an interpreter wait (a page without shared memory), there is nothing to write to.
import os as _os

_write = _os.write
_read = _os.read
_CHANNEL = 1000  # border.ts


def _exchange(text):
    data = text.encode()
    try:
        _write(_CHANNEL, b'%08x' % len(data) + data)
    except OSError:
        raise Refused('the program calls what the test gave it, which needs a page that is cross-origin isolated') from None
    size = int(_read(_CHANNEL, 8), 16)
    parts = []
    while size > 0:
        part = _read(_CHANNEL, size)
        if not part:
            raise Refused('the answer broke off')
        parts.append(part)
        size -= len(part)
    return b''.join(parts).decode()

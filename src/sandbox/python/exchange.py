# Sending a text to the host and waiting for its answer, through the device file that the host has put there (device.ts). Where there is none
# (a page without shared memory), nothing inside a call can be asked.
import os as _os

_write = _os.write
_read = _os.read
_device = None


def _open_exchange():
    """Once per interpreter, after the host has made the device."""
    global _device
    try:
        _device = _os.open('/dev/conversation', _os.O_RDWR)
    except OSError:
        _device = None


def _exchange(text):
    if _device is None:
        raise Refused('the program calls what the test gave it, which needs a page that is cross-origin isolated')
    _write(_device, text.encode())
    size = int(_read(_device, 8), 16)
    parts = []
    while size > 0:
        part = _read(_device, size)
        if not part:
            raise Refused('the answer broke off')
        parts.append(part)
        size -= len(part)
    return b''.join(parts).decode()

# Captures what a program writes. Standard output and error share one cap in bytes.

import io as _io


class OutputLimit(BaseException):
    pass


class _Sink:
    """Output of one job: parts of text, bytes counted against one cap for standard
    output and error together."""

    __slots__ = ('parts', 'left', 'chars', 'over')

    def __init__(self, cap):
        self.parts = []
        self.left = cap
        self.chars = 0
        self.over = False

    def take(self, text, keep):
        size = len(text) if text.isascii() else len(text.encode('utf-8', 'surrogatepass'))
        if size > self.left:
            self.over = True
            if keep and self.left > 0:
                self.parts.append(text[:self.left // 4])
            self.left = 0
            raise OutputLimit
        self.left -= size
        if keep:
            self.chars += len(text)
            self.parts.append(text)


class _Bytes(_io.BufferedIOBase):
    def __init__(self, stream):
        self._stream = stream

    def writable(self):
        return True

    def write(self, data):
        data = bytes(data)
        self._stream.write(data.decode('utf-8', 'replace'))
        return len(data)


class _Stream(_io.TextIOBase):
    def __init__(self, sink, keep):
        self._sink = sink
        self._keep = keep
        self.buffer = _Bytes(self)

    encoding = 'utf-8'
    errors = 'strict'

    def writable(self):
        return True

    def write(self, text):
        if self.closed:
            raise ValueError('I/O operation on closed file.')
        if not isinstance(text, str):
            raise TypeError('write() argument must be str, not ' + _class_name_of(type(text)))
        text = str.__str__(text)
        self._sink.take(text, self._keep)
        return len(text)

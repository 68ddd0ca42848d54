# What is run of a program: the entry of a call, or the program as a whole. The entry is named without
# evaluating text. A whole program runs as in a process of its own: as `__main__`, with standard input in file
# 0 and what it writes in file 1.

import atexit as _exit_functions
import os as _fds

_WHOLE_PATH = '/tmp/.whole'
_kept_fds = []


def _entry_of(job, entry):
    """
    What `entry` names in the program: a name, or names and empty brackets
    joined by dots (`Solution().two_sum`). Of those the object is made once per
    job, as `check(Solution().two_sum)` makes it once. Runs the program's code.
    """
    first, *rest = entry.split('.')
    if not rest and not first.endswith('()'):
        if entry not in job.names:
            raise NameError("name '" + entry + "' is not defined")
        return job.names[entry]
    if entry not in job.entries:
        found = _part_of(lambda name: _entry_of(job, name), first)
        for part in rest:
            found = _part_of(lambda name, of=found: getattr(of, name), part)
        job.entries[entry] = found
    return job.entries[entry]


def _part_of(named, part):
    if part.endswith('()'):
        return named(part[:-2])()
    return named(part)


def _run_whole(job, text):
    """
    Runs the loaded program once on `text`, functions registered to run at its end
    included. Whatever it raises gets through. Files 0 and 1 are plain files
    meanwhile, so that open(0), os.read and os.write do what they do in a process.
    """
    names = job.names
    names['__name__'] = '__main__'
    _sys.modules['__main__'] = job.module
    given = _file_of(text.encode('utf-8', 'surrogatepass'), 0)
    written = _file_of(b'', 1)
    _sys.stdin = _io.open(0, encoding='utf-8', closefd=False)
    _threading.Thread.start = _thread_at_once
    try:
        try:
            exec(job.code, names)
        finally:
            _exit_functions._run_exitfuncs()
            _flush(_sys.stdout)
    finally:
        _threading.Thread.start = _no_thread
        _sys.stdin = _io.TextIOWrapper(_io.BytesIO(b''))
        try:
            size = _fds.fstat(written).st_size
            if size > 0:
                # One byte more than may be taken is enough to be over the limit.
                data = _fds.pread(written, min(size, job.sink.left + 1), 0)
                job.sink.take(data.decode('utf-8', 'replace'), True)
        finally:
            for number, fd in ((0, given), (1, written)):
                _fds.dup2(_kept_fds[number], number)
                _fds.close(fd)


def _flush(stream):
    """At its end a process writes out what the stream that stands for its output
    still holds, whatever becomes of that."""
    try:
        stream.flush()
    except Exception:
        pass


def _file_of(data, number):
    """A file without a name that holds `data`, open as file `number` as well. Returns its own descriptor."""
    fd = _fds.open(_WHOLE_PATH, _fds.O_RDWR | _fds.O_CREAT | _fds.O_TRUNC)
    _fds.unlink(_WHOLE_PATH)
    view = memoryview(data)
    while view:
        view = view[_fds.write(fd, view):]
    _fds.lseek(fd, 0, 0)
    if not _kept_fds:
        _kept_fds.extend([_fds.dup(0), _fds.dup(1)])
    _fds.dup2(fd, number)
    return fd

# Runs a test that is a program of its own and calls the function by its name.
# _PROGRAM, its text, and _NAME are put before it.


def check(candidate):
    space = globals()
    space[_NAME] = candidate
    exec(compile(_PROGRAM, '<test>', 'exec'), space)

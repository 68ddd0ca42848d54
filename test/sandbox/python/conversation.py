# A program and a test that talk, for the tests of both sides of a check. Each is in a
# namespace of its own with everything that an interpreter has. They share one process
# here, so sys.modules, the streams and the random numbers are the same for both.

import json
import random
import sys

from sources import LIMITS, harness


class Pair:
    """
    `check` runs a test on a program. `spoil`, where it is set, changes every answer
    of the program's side on its way but the first, which hands over the candidate.
    """

    def __init__(self):
        self.program, self.tester = harness(), harness()
        self.program['_exchange'] = self.back
        self.tester['_exchange'] = self.answer
        self.spoil = None

    def check(self, code, test, entry='f', prompt='', waits=True, transcript=()):
        """How it ended, the number of calls and the last of them, as checker.py says it."""
        kept = sys.stdin, sys.stdout, sys.stderr, random.getstate()
        self.answers = 0
        settings = {
            'test': test, 'prompt': prompt, 'entry': entry, 'globals': [], 'random': False, 'most': 10 ** 6, 'output': 10 ** 5,
            'transcript': list(transcript), 'waits': waits, 'goesOn': False, 'shares': [], 'chance': 0,
        }
        try:
            if not transcript:
                done = json.loads(self.program['load'](code, LIMITS))
                if done != {'outcome': 'ok'}:
                    raise AssertionError(done)
            return json.loads(self.tester['check'](json.dumps(settings)))
        finally:
            sys.stdin, sys.stdout, sys.stderr, state = kept
            random.setstate(state)

    def answer(self, text):
        """What the program's side says to a message."""
        self.answers += 1
        said = self.program['step'](text)
        return self.spoil(said) if self.spoil is not None and self.answers > 1 else said

    def back(self, text):
        """What the test's side says while it waits for an answer: it is asked in turn."""
        talk = self.tester['_talk']
        return talk.served(talk.read(text)[1])

    def forget(self):
        self.spoil = None
        self.program['_talk'] = self.program['_job'] = None
        sys.modules.pop('program', None)

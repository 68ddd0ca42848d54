"""Rewards of a Tracewise run, outside of Tracewise.

TRL: reward functions tests_reward and trace_reward; a row of the other kind
gets None, so the other metric is not diluted. verl: compute_score.

tests_reward RUNS PROGRAMS THAT A MODEL WROTE. Each runs in a process of its own, which gets code
and arguments and gives back what each call returned, as plain data; expected answers and tests
stay outside of it, and what comes back is compared here. A test program (`check(candidate)`) runs
in a second process, whose candidate asks the first. Both have limits of time, memory, output and
(on Linux) of files, network and signals: LANDLOCK below says whether the system has those. Where
it has not, a program can reach what you can reach, the other process included: then use a machine
or container that holds nothing you would miss, the answers included. A task that cannot be judged
(its own literal or test is broken) raises NotJudged; its reward is None, never 0.
"""

import ast
import functools
import io
import itertools
import json
import math
import os
import queue
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
import tokenize

TIME_LIMIT = 10  # seconds for all tests of one program
MEMORY_LIMIT = 512 * 2**20  # bytes
REPLY_LIMIT = 2**20  # bytes of one answer
LANDLOCK = None  # whether the last program was kept from files, network and other processes


class NotJudged(Exception):
    """The task is at fault, not the program: its test does not run, or a literal of it cannot be read."""

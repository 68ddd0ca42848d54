"""
The loop without a trainer: which prompts a step holds, their rewards, and the records
that it leaves for the steps after it. It holds no model. trl.py and verl.py put it into
their trainers; several processes of one run hold equal loops, each told of all records.
"""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

from . import funnel, rewards
from .own import OwnRewards
from .questions import code_question
from .records import RecordBuffer
from .streams import Stream, take_in_order
from .tracing import Tracer

# The columns of a row, every one a text (TRL: a column of Arrow has one type).
COLUMNS = ("prompt", "task_id", "entry_point", "tests", "kind", "ground_truth")


def read_settings(path):
    """The settings that an export wrote: a JSON object of `section.name: value`. @see settings.json"""
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def read_rows(path):
    """Rows of JSON Lines."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


class Loop:
    """
    One step is plan(), the rewards of its rollouts (judge, grade), take() and
    finish(). tasks: rows of kind codegen. fits: whether a question and its
    answer leave the model room, as (question, answer) -> bool.
    """

    def __init__(self, settings, tasks, fits=lambda question, answer: True):
        if not tasks:
            raise ValueError("there are no tasks: train.jsonl holds no row of kind codegen")
        self.settings = settings
        # A task counts once, however often a file lists it.
        self.tasks = list({row["task_id"]: row for row in tasks}.values())
        self.fits = fits
        limit_programs(settings)
        self.random = Stream(settings["seed"])
        self.buffer = RecordBuffer(settings["records.capacity"])
        self.step = 0
        self.taken = {"code": 0, "fill": 0}
        self.plan_taken = self.taken
        self.judged = []
        self.born = []
        self.tracer = None
        self.own = OwnRewards(settings)

    def plan(self, prompts):
        """
        The rows of the next step, `prompts` of them: tasks first, then questions
        about own programs. Where the buffer holds fewer questions than the step
        wants, tasks stand in their place. Asking twice gives the same rows.
        """
        settings, step = self.settings, self.step + 1
        code, alignment = settings["code.prompts"], settings["alignment.prompts"]
        wanted = min(prompts, round(prompts * alignment / (code + alignment)))
        records = self.buffer.draw(
            step,
            wanted,
            settings["records.strategy"],
            settings["records.maxAge"],
            settings["records.capPerTask"],
            self.random.fork("records").fork(f"step {step}"),
        )
        order = self.random.fork("tasks")
        tasks = take_in_order(self.tasks, self.taken["code"], prompts - wanted, order.fork("code"))
        empty = wanted - len(records)
        fill = take_in_order(self.tasks, self.taken["fill"], empty, order.fork("fill"))
        self.plan_taken = {"code": self.taken["code"] + len(tasks), "fill": self.taken["fill"] + empty}
        return [*map(self.code_row, [*tasks, *fill]), *map(self.question_row, records)]

    def question_row(self, record):
        """A record as a row of the columns above."""
        truth = {
            "format": self.settings["alignment.format"],
            "grading": self.settings["alignment.grading"],
            "reward": self.settings["alignment.reward"],
            "variables": [{"name": item["name"], "value": item["value"]} for item in record["variables"]],
            "answer": record["answer"],
            "code": record["program"],
            "input": record["args"],
        }
        return {
            "prompt": self.as_prompt(record["prompt"]),
            "task_id": record["taskId"],
            "entry_point": record["entryPoint"],
            "tests": "[]",
            "kind": "exec_align",
            "ground_truth": json.dumps(truth, ensure_ascii=False),
        }

    def as_prompt(self, text):
        """A text to continue, or a message to a model that chats."""
        return [{"role": "user", "content": text}] if self.settings["prompt.style"] == "chat" else text

    def code_row(self, row):
        """A task as the settings put it; its row has the bare prompt, which programs are completed by."""
        if self.settings["prompt.style"] != "chat":
            return row
        truth = {**json.loads(row["ground_truth"]), "prompt": row["prompt"]}
        return {**row, "prompt": self.as_prompt(code_question(row["prompt"])), "ground_truth": json.dumps(truth, ensure_ascii=False)}

    def judge(self, rows, completions, tokens=None):
        """
        The reward of each program: 1 if every test passes, else 0, less what its length
        costs; None for a task that cannot be judged. tokens: of each completion, for
        code.overlongCache. What the funnel wants to know of them is remembered until take().
        """
        extraction = self.settings["code.extraction"]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            candidates = list(pool.map(lambda row, text: judged(row, text, extraction), rows, completions))
        for candidate, count in zip(candidates, tokens or ()):
            if candidate["reward"] is not None:
                candidate["reward"] += punishment(self.settings, count)
        self.judged.extend(candidates)
        return [candidate["reward"] for candidate in candidates]

    def facts(self, candidate):
        """What the funnel asks of one judged program; it is traced here."""
        return funnel.facts(candidate, self.tracing(), self.settings, self.fits)

    def tracing(self):
        if self.tracer is None:
            self.tracer = Tracer(self.settings)
        return self.tracer

    def take(self):
        """The facts of all programs that were judged here since the last time, in
        order: plain data, to be sent to every process."""
        candidates, self.judged = self.judged, []
        return [self.facts(candidate) for candidate in candidates]

    def finish(self, facts):
        """
        Ends the step with the facts of all its programs. Returns {name:
        number}: gates, records born and kept.
        """
        self.step += 1
        self.taken = self.plan_taken
        born, gates = funnel.gather(facts, self.step, self.buffer.has, self.settings["records.deduplicate"])
        self.buffer.add(born)
        self.buffer.expire(self.step, self.settings["records.maxAge"])
        self.born = [item["record"] for item in born]
        counted = {f"funnel/{gate['gate']}": gate["out"] for gate in gates}
        return {**counted, "records/born": len(born), "records/buffered": len(self.buffer)}

    def state(self):
        """Plain data from which `restore` goes on."""
        return {"version": 1, "step": self.step, "taken": self.taken, "buffer": self.buffer.stored}

    def restore(self, state):
        if state.get("version") != 1:
            raise ValueError(f"the state of the loop is of version {state.get('version')!r}, this program reads version 1")
        self.step, self.taken = state["step"], state["taken"]
        self.buffer = RecordBuffer(self.settings["records.capacity"], state["buffer"])

    def close(self):
        if self.tracer is not None:
            self.tracer.close()


def limit_programs(settings):
    """Sets the limits of judged programs in this process."""
    rewards.TIME_LIMIT = settings["sandbox.jobMs"] / 1000
    rewards.MEMORY_LIMIT = settings["sandbox.heapMegabytes"] * 2**20


def judged(row, completion, extraction):
    """What the funnel wants to know of a program, its reward before length
    included: None where the task cannot be judged."""
    tests, prompt = json.loads(row["tests"]), json.loads(row["ground_truth"]).get("prompt", row["prompt"])
    program = rewards.program_in(prompt, completion, row["entry_point"], extraction)
    listed = tests["tests"] if isinstance(tests, dict) and "tests" in tests else tests
    inputs = [test["args"] for test in listed] if isinstance(listed, list) else []
    reward, failing = 0.0, []
    if program is not None:
        try:
            failing = rewards.failing(program, row["entry_point"], tests, prompt)
            reward = float(not failing)
        except rewards.NotJudged as e:
            print(f"not judged: {row['task_id']}: {e}", file=sys.stderr)
            reward = None
    return {
        "task_id": row["task_id"],
        "entry_point": row["entry_point"],
        "program": program,
        "inputs": inputs,
        "failing": failing,
        "reward": reward,
        "passes": reward,
    }


def punishment(settings, tokens):
    """DAPO's soft overlong punishment (arXiv 2503.14476, equation 13), times code.overlongPenalty."""
    cache = settings["code.overlongCache"]
    within = settings["code.maxNewTokens"] - cache - tokens
    return 0.0 if cache == 0 or within >= 0 else settings["code.overlongPenalty"] * max(-1.0, within / cache)


def grade(row, completion):
    """The reward of an answer; None where there is nothing to grade."""
    return rewards.alignment_score(completion, json.loads(row["ground_truth"]))

"""
The loop in verl, on as many machines as Ray has: a dataset whose batches hold fresh questions about
programs that the model wrote in the steps before, and a reward manager whose workers judge and
trace. The dataset lives with the trainer and holds the buffer; what the workers found waits for it
in an actor of Ray (without Ray: in this process). launch.sh of an export names both classes.
"""

import json
import os

import torch
from torch.utils.data import Dataset
from verl.experimental.reward_loop.reward_manager.base import RewardManagerBase

from . import funnel
from .loop import Loop, grade, judged, limit_programs, punishment, read_rows, read_settings
from .own import OwnRewards
from .tracing import Tracer

CODE_SOURCE = "tracewise_code"
# The name under which the CodeRL+ reference code grades predicted values.
ALIGNMENT_SOURCE = "exec_semantics_align"
HELDOUT = "heldout.jsonl"
HUB = "tracewise-loop"


def settings_beside(path):
    return read_settings(os.path.join(os.path.dirname(os.path.abspath(path)), "settings.json"))


class Hub:
    """Where what the reward workers found waits for the dataset."""

    def __init__(self):
        self.facts = []

    def add(self, fact):
        self.facts.append(fact)

    def take(self):
        facts, self.facts = self.facts, []
        return facts


HERE = Hub()


def hub():
    """(add, take) of the one hub of a run."""
    import ray

    if not ray.is_initialized():
        return HERE.add, HERE.take
    actor = ray.remote(Hub).options(name=HUB, get_if_exists=True, num_cpus=0).remote()
    return lambda fact: ray.get(actor.add.remote(fact)), lambda: ray.get(actor.take.remote())


def messages(prompt):
    return prompt if isinstance(prompt, list) else [{"role": "user", "content": prompt}]


class CodeRLDataset(Dataset):
    """
    `data.custom_cls`. Row i of the training set is prompt i % batch of a step; it is made when
    it is asked for, so that the loader must not read ahead (data.dataloader_num_workers=0) nor
    shuffle (data.shuffle=False). The first row of a batch ends the step before it, with
    whatever the workers found meanwhile. Rows of heldout.jsonl are as they are.
    """

    def __init__(self, data_files, tokenizer, config, processor=None, max_samples=-1, **kwargs):
        paths = [data_files] if isinstance(data_files, str) else list(data_files)
        rows = [row for path in paths for row in read_rows(path)]
        self.settings = settings_beside(paths[0])
        self.batch = config.get("gen_batch_size", None) or config.train_batch_size
        self.is_training = not all(os.path.basename(path) == HELDOUT for path in paths)
        self.loop = Loop(self.settings, rows)
        self.rows = rows[:max_samples] if max_samples > 0 else rows
        self.plan = None
        if self.is_training:
            # Made here, so that it lives as long as the trainer.
            _, self.take = hub()

    def __len__(self):
        return self.batch * max(1, self.settings["steps"]) if self.is_training else len(self.rows)

    def __getitem__(self, index):
        if not self.is_training:
            return verl_row(self.loop.code_row(self.rows[index]), index, "heldout")
        if index % self.batch == 0 or self.plan is None:
            self.settle()
            self.plan = self.loop.plan(self.batch)
        return verl_row(self.plan[index % self.batch], index % self.batch, "train")

    def settle(self):
        """Ends the step whose rows were handed out, if there is one."""
        if self.plan is None:
            return
        self.plan = None
        # They come from many machines in any order; names and duplicates are not to depend on it.
        facts = sorted(self.take(), key=lambda fact: (fact["at"], json.dumps(fact, sort_keys=True)))
        numbers = self.loop.finish(facts)
        print("tracewise " + json.dumps({"step": self.loop.step, **numbers}), flush=True)

    def state_dict(self):
        """A checkpoint is written after a step and before the next one's rows."""
        self.settle()
        return self.loop.state()

    def load_state_dict(self, state):
        self.plan = None
        self.loop.restore(state)

    def resume_dataset_state(self):
        """verl's own datasets read their files again here; this one holds them."""


def verl_row(row, at, split):
    """A row of the loop in verl's columns."""
    is_code = row["kind"] == "codegen"
    truth = json.loads(row["ground_truth"])
    if not is_code:
        values = {item["name"]: item["value"] for item in truth["variables"]}
        # What the reference code reads of such a row.
        truth = {
            **truth,
            "expected_output": values.pop("return", None),
            "expected_local_variable": values,
        }
    return {
        "data_source": CODE_SOURCE if is_code else ALIGNMENT_SOURCE,
        "prompt": messages(row["prompt"]),
        "raw_prompt": messages(row["prompt"]),
        "ability": "code",
        "reward_model": {"style": "rule", "ground_truth": json.dumps({**row, "prompt": bare(row), "ground_truth": json.dumps(truth)})},
        "extra_info": {"split": split, "index": at},
        "index": at,
        "dummy_tensor": torch.tensor([0], dtype=torch.uint8),
        "tools_kwargs": {},
        "interaction_kwargs": {},
    }


def bare(row):
    """The prompt as text: what a program is completed by."""
    return row["prompt"] if isinstance(row["prompt"], str) else row["prompt"][-1]["content"]


class CodeRLRewardManager(RewardManagerBase):
    """
    `reward.reward_manager` (source importlib). Judges a program or grades an answer
    in a worker of Ray, and traces what the funnel wants to know of a program there. A
    task that cannot be judged gets 0, since verl takes no None, and makes no record.
    """

    def __init__(self, config, tokenizer, compute_score=None, **kwargs):
        super().__init__(config, tokenizer, compute_score)
        files = config.data.train_files
        self.settings = settings_beside(files if isinstance(files, str) else files[0])
        limit_programs(self.settings)
        self.add, _ = hub()
        self.own = OwnRewards(self.settings)

    async def run_single(self, data):
        item = data[-1:][0]
        responses = item.batch["responses"]
        length = int(item.batch["attention_mask"][-responses.shape[-1] :].sum())
        text = self.tokenizer.decode(responses[:length], skip_special_tokens=True)
        row = json.loads(item.non_tensor_batch["reward_model"]["ground_truth"])
        about = item.non_tensor_batch["extra_info"]
        score = await self.loop.run_in_executor(None, self.scored, row, text, length, about)
        return {"reward_score": score, "reward_extra_info": {"acc": score}}

    def scored(self, row, text, length, about):
        if row["kind"] != "codegen":
            return grade(row, text) or 0.0
        candidate = judged(row, text, self.settings["code.extraction"])
        with Tracer(self.settings) as tracer:
            candidate["reward"] = self.own.total(row, text, candidate, lambda: tracer)
            if candidate["reward"] is not None:
                candidate["reward"] += punishment(self.settings, length)
            if about["split"] == "train":
                self.add({**funnel.facts(candidate, tracer, self.settings, self.fits), "at": about["index"]})
        return candidate["reward"] or 0.0

    def fits(self, question, answer):
        """verl cuts prompts at data.max_prompt_length."""
        if self.settings["prompt.style"] == "chat":
            question = self.tokenizer.apply_chat_template(messages(question), add_generation_prompt=True, tokenize=False)
        most, needed = self.settings["records.maxAnswerTokens"], self.count(answer) + 1
        room = needed <= self.settings["alignment.maxNewTokens"] and (most == 0 or needed <= most)
        return room and self.count(question) <= self.config.data.max_prompt_length

    def count(self, text):
        return len(self.tokenizer.encode(text, add_special_tokens=False))

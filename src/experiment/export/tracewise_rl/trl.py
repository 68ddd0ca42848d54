"""
The loop in TRL's GRPOTrainer: every batch of generations holds fresh questions
about programs that the model wrote in the steps before.

    from tracewise_rl.trl import CodeRLTrainer    # a GRPOTrainer; further argument: loop=Loop(...)

or, for `trl grpo --config grpo.yaml`, reward functions whose module (loop.py of an export)
calls `follow`: it puts the same into the GRPOTrainer of that process. The rows of the
dataset are the tasks; a batch takes from them, and from the records, what the loop says.
"""

import json
import os
from pathlib import Path

from transformers import TrainerCallback
from trl import GRPOTrainer

from .loop import Loop, grade, read_rows, read_settings
from .rewards import text_in

STATE = "tracewise-loop.json"
RECORDS = "records.jsonl"


def room(tokenizer, settings, context):
    """Whether a question and its true answer fit: the answer its budget, both the
    context. A chat's template is counted."""
    budget, most = settings["alignment.maxNewTokens"], settings["records.maxAnswerTokens"]

    def count(text):
        return len(tokenizer(text, add_special_tokens=False)["input_ids"])

    def fits(question, answer):
        if settings["prompt.style"] == "chat":
            message = [{"role": "user", "content": question}]
            question = tokenizer.apply_chat_template(message, tokenize=False, add_generation_prompt=True)
        needed = count(answer) + 1
        return count(question) + budget <= context and needed <= budget and (most == 0 or needed <= most)

    return fits


class Keeper(TrainerCallback):
    """Keeps the loop beside each checkpoint, and takes it up again."""

    def __init__(self, loop):
        self.loop = loop

    def on_train_begin(self, args, state, control, **kwargs):
        path = Path(args.output_dir, f"checkpoint-{state.global_step}", STATE)
        if state.global_step > 0 and path.exists():
            self.loop.restore(json.loads(path.read_text("utf-8")))

    def on_save(self, args, state, control, **kwargs):
        folder = Path(args.output_dir, f"checkpoint-{state.global_step}")
        if state.is_world_process_zero and folder.is_dir():
            Path(folder, STATE).write_text(json.dumps(self.loop.state()), "utf-8")

    def on_train_end(self, args, state, control, **kwargs):
        self.loop.close()


def begin(trainer, loop):
    """Gives a trainer its loop: the tokenizer and the context say what fits."""
    loop.fits = room(trainer.processing_class, loop.settings, context_of(trainer.model))
    trainer.loop = loop
    trainer.add_callback(Keeper(loop))


def context_of(model):
    return getattr(model.config, "max_position_embeddings", None) or 2**31


def with_fresh_rows(trainer, inputs, generate):
    """
    One batch of generations: `inputs` say only how many rows this process has. `generate` is TRL's own.
    Rows stand in groups of num_generations, process after process, as TRL's sampler deals them out.
    """
    from accelerate.utils import gather_object

    loop, state = trainer.loop, trainer.accelerator
    group = trainer.num_generations
    plan = loop.plan(len(inputs) * state.num_processes // group)
    first = state.process_index * len(inputs)
    done = generate([plan[(first + i) // group] for i in range(len(inputs))])
    numbers = loop.finish(gather_object(loop.take()))
    for name, value in numbers.items():
        trainer._metrics["train"][name].append(float(value))
    if state.is_main_process and loop.born:
        os.makedirs(trainer.args.output_dir, exist_ok=True)
        with open(Path(trainer.args.output_dir, RECORDS), "a", encoding="utf-8") as file:
            file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in loop.born)
    return done


def reward_functions(loop):
    """tests_reward, trace_reward and the run's own, whose names TRL logs; a row of the other kind
    gets None, so that no mean is diluted."""

    def tests_reward(completions, prompts, kind, tests, task_id, entry_point, ground_truth, completion_ids=None, **kwargs):
        at = [i for i, name in enumerate(kind) if name == "codegen"]
        columns = {"prompt": prompts, "tests": tests, "task_id": task_id, "entry_point": entry_point, "ground_truth": ground_truth}
        rows = [{name: column[i] for name, column in columns.items()} for i in at]
        tokens = None if completion_ids is None else [len(completion_ids[i]) for i in at]
        found = dict(zip(at, loop.judge(rows, [text_in(completions[i]) for i in at], tokens)))
        return [found.get(i) for i in range(len(completions))]

    def trace_reward(completions, kind, ground_truth, **kwargs):
        rows = [{"ground_truth": truth} for truth in ground_truth]
        return [
            grade(row, text_in(text)) if name == "exec_align" else None for row, text, name in zip(rows, completions, kind)
        ]

    def own(name):
        def reward(completions, prompts, kind, tests, task_id, entry_point, ground_truth, **kwargs):
            at = [i for i, one in enumerate(kind) if one == "codegen"]
            # TRL asks functions in their order, tests_reward first: the last that were judged are its.
            candidates = loop.judged[len(loop.judged) - len(at) :]
            columns = {"prompt": prompts, "tests": tests, "ground_truth": ground_truth}
            found = {}
            for i, candidate in zip(at, candidates):
                row = {column: values[i] for column, values in columns.items()}
                found[i] = loop.own.score(name, row, text_in(completions[i]), candidate, loop.tracing)
            return [found.get(i) for i in range(len(completions))]

        reward.__name__ = name
        return reward

    return tests_reward, trace_reward, *map(own, loop.own.names)


class CodeRLTrainer(GRPOTrainer):
    """A GRPOTrainer whose batches hold fresh questions. reward_funcs: those of
    `reward_functions(loop)`, and further ones."""

    def __init__(self, *args, loop, **kwargs):
        super().__init__(*args, **kwargs)
        begin(self, loop)

    def _generate_and_score_completions(self, inputs):
        generate = super()._generate_and_score_completions
        return with_fresh_rows(self, inputs, generate) if self.model.training else generate(inputs)


def follow(folder):
    """
    For `trl grpo`, which makes its GRPOTrainer itself: from here on every
    GRPOTrainer of this process follows the loop of an export's folder, and begins
    with its adapter/ where there is one. Returns the reward functions.
    """
    folder = Path(folder)
    settings = read_settings(folder / "settings.json")
    tasks = [row for row in read_rows(folder / "export" / "train.jsonl") if row["kind"] == "codegen"]
    loop = Loop(settings, tasks)
    made, generated = GRPOTrainer.__init__, GRPOTrainer._generate_and_score_completions

    def make(self, model, *args, peft_config=None, **kwargs):
        adapter = folder / "adapter"
        if peft_config is not None and isinstance(model, str) and adapter.is_dir():
            model, peft_config = with_adapter(model, adapter, kwargs.get("args")), None
        made(self, model, *args, peft_config=peft_config, **kwargs)
        begin(self, loop)

    def generate(self, inputs):
        return with_fresh_rows(self, inputs, lambda rows: generated(self, rows)) if self.model.training else generated(self, inputs)

    GRPOTrainer.__init__, GRPOTrainer._generate_and_score_completions = make, generate
    return reward_functions(loop)


def with_adapter(model, adapter, args):
    """A base model with a trained adapter that goes on learning."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    options = getattr(args, "model_init_kwargs", None) or {}
    base = AutoModelForCausalLM.from_pretrained(model, **{name: value for name, value in options.items() if value is not None})
    return PeftModel.from_pretrained(base, adapter, is_trainable=True)

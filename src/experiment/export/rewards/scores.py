# Finds the program in a completion, and is what TRL and verl call: tests_reward, trace_reward, compute_score.


def text_in(completion):
    """TRL gives a text, or for conversations a list of messages."""
    return completion if isinstance(completion, str) else completion[-1]["content"]


def program_in(prompt, completion, entry_point, extraction):
    """The program, or None. 'continuation': prompt and completion as one text; 'body': the
    same up to the end of the function; 'fence': the last code block that defines it."""
    if extraction == "body":
        first, *rest = completion.split("\n")
        inner = itertools.takewhile(lambda line: not re.match(r"\S", line), rest)
        completion = "\n".join([first, *inner])
    if extraction in ("continuation", "body"):
        return prompt + completion if completion.strip() else None
    blocks = re.findall(r"^```[^\n`]*\n(.*?)^```[ \t]*$", completion, flags=re.S | re.M)
    blocks = [block for block in blocks if "def " + entry_point + "(" in block]
    return blocks[-1] if blocks else None


# What TRL calls: the name of a function becomes the name of its metric.


def tests_reward(completions, prompts, tests, kind, entry_point, ground_truth, **kwargs):
    """1 if every test passes, else 0; None for alignment rows and for tasks that
    cannot be judged, which are named on standard error."""
    rewards = []
    for i, completion in enumerate(completions):
        if kind[i] != "codegen":
            rewards.append(None)
            continue
        extraction = json.loads(ground_truth[i])["extraction"]
        prompt = text_in(prompts[i])
        program = program_in(prompt, text_in(completion), entry_point[i], extraction)
        try:
            rewards.append(float(program is not None and passes(program, entry_point[i], json.loads(tests[i]), prompt)))
        except NotJudged as e:
            print("not judged: " + entry_point[i] + ": " + str(e), file=sys.stderr)
            rewards.append(None)
    return rewards


def trace_reward(completions, kind, ground_truth, **kwargs):
    """Share of what the program computes that is predicted right; None for code rows."""
    return [
        alignment_score(text_in(completion), json.loads(ground_truth[i])) if kind[i] == "exec_align" else None
        for i, completion in enumerate(completions)
    ]


# What verl calls.


def compute_score(data_source, solution_str, ground_truth, extra_info=None, **kwargs):
    """Raises NotJudged for a task that cannot be judged: verl takes no None, and 0 would be a verdict."""
    truth = json.loads(ground_truth)
    if data_source == "exec_semantics_align":
        grading = {
            "format": "json",
            "grading": truth.get("grading", "strict"),
            "reward": "paper",
            "variables": [
                {"name": name, "value": value} for name, value in truth["expected_local_variable"].items()
            ],
        }
        if truth["expected_output"] is not None:
            grading["variables"].append({"name": "return", "value": truth["expected_output"]})
        return alignment_score(solution_str, grading)
    program = program_in(truth["prompt"], solution_str, truth["entry_point"], "fence")
    return float(program is not None and passes(program, truth["entry_point"], truth["tests"], truth["prompt"]))

# Reads alignment answers: nano's notation, or one line with an object.

CHARACTERS = {"<dash>": "-", "<space>": " ", "<comma>": ",", "<dot>": "."}
NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)
MAX_ITEMS, MAX_DEPTH, MAX_TEXT = 12, 2, 12
SMALLEST, LARGEST = -60, 160


def tokens_of(text):
    return re.findall(r"<[^<>\s]+>|[^<]+|<", text)


def read_value(tokens, at, depth=0):
    """(value, index after it), or None."""
    if at >= len(tokens) or depth > MAX_DEPTH + 1:
        return None
    token = tokens[at]
    if token in ("<T>", "<F>"):
        return ["bool", token == "<T>"], at + 1
    if token == "<None>":
        return ["none"], at + 1
    if token == '<">':
        return read_text(tokens, at + 1)
    if token == "<[>":
        return read_items(tokens, at + 1, "<]>", depth)
    if token == "<(>":
        return read_items(tokens, at + 1, "<)>", depth)
    if token == "<{>":
        if tokens[at + 1 : at + 2] == ["<.>"]:
            return read_items(tokens, at + 2, "<}>", depth)
        return read_dict(tokens, at + 1, depth)
    whole = re.fullmatch(r"<(0|-?[1-9]\d{0,2})>", token, re.ASCII)
    if whole is None or not SMALLEST <= int(whole.group(1)) <= LARGEST:
        return None
    n = int(whole.group(1))
    fraction = tokens[at + 1] if at + 1 < len(tokens) else ""
    if fraction not in ("<.0>", "<.5>"):
        return ["int", str(n)], at + 1
    half = 0.5 if fraction == "<.5>" else 0.0
    return ["float", repr(n - half if n < 0 else n + half)], at + 2


def read_text(tokens, at):
    text, numbered = "", tokens[at : at + 1] == ["<@0>"]
    while at < len(tokens):
        if tokens[at] == '<">':
            return ["str", text], at + 1
        if numbered:
            if tokens[at] != "<@" + str(len(text)) + ">":
                return None
            at += 1
        raised = tokens[at : at + 1] == ["<^>"]
        at += raised
        token = tokens[at] if at < len(tokens) else ""
        letter = re.fullmatch(r"<([a-z])>|<'(\w)>", token, re.ASCII)
        c = next((g for g in letter.groups() if g), None) if letter else CHARACTERS.get(token)
        if letter and letter.group(2) and not re.fullmatch("[a-z0-9]", letter.group(2)):
            c = None
        if c is None or (raised and not "a" <= c <= "z") or len(text) == MAX_TEXT:
            return None
        text += c.upper() if raised else c
        at += 1
    return None


def read_items(tokens, at, close, depth):
    items = []
    while tokens[at : at + 1] != [close]:
        if close == "<]>":
            if tokens[at : at + 1] != ["<@" + str(len(items)) + ">"]:
                return None
            at += 1
        item = read_value(tokens, at, depth + 1)
        if item is None or len(items) == MAX_ITEMS:
            return None
        items.append(item[0])
        at = item[1]
    return [{"<]>": "list", "<)>": "tuple", "<}>": "set"}[close], items], at + 1


def read_dict(tokens, at, depth):
    entries = []
    while tokens[at : at + 1] != ["<}>"]:
        key = read_value(tokens, at, depth + 1)
        if key is None or tokens[key[1] : key[1] + 1] != ["<:>"] or len(entries) == MAX_ITEMS:
            return None
        item = read_value(tokens, key[1] + 1, depth + 1)
        if item is None:
            return None
        entries.append([key[0], item[0]])
        at = item[1]
    return ["dict", entries], at + 1


def read_trace(text):
    """Final values by name, or None for a malformed answer."""
    tokens = tokens_of(text)
    if tokens.count("<ans>") != 1:
        return None
    at, values = tokens.index("<ans>") + 1, {}
    while "return" not in values:
        if at >= len(tokens):
            return None
        name = "return" if tokens[at] == "<ret>" else tokens[at]
        if not NAME.fullmatch(name) or name in values or "<;>" not in tokens[at:]:
            return None
        end = tokens.index("<;>", at)
        value = read_value(tokens, at + 1)
        values[name] = value[0] if value is not None and value[1] == end else ["opaque"]
        at = end + 1
    return values if at == len(tokens) else None


def read_object(text):
    """The same from a last line that is a JSON object or a Python dict."""
    lines = [line.strip() for line in text.split("\n")]
    lines = [line for line in lines if line and not re.fullmatch(r"```\w*", line)]
    if not lines or sum(line.startswith("{") and line.endswith("}") for line in lines) > 1:
        return None

    def pairs(items):
        if len({key for key, _ in items}) != len(items):
            raise ValueError("two values for one name")
        return dict(items)

    def refused(text):
        raise ValueError(text)

    def finite(text):
        return float(text) if math.isfinite(float(text)) else refused(text)

    try:
        try:
            value = json.loads(lines[-1], object_pairs_hook=pairs, parse_constant=refused, parse_float=finite)
        except ValueError:
            value = value_of(ast.parse(lines[-1], mode="eval").body, True) if is_plain(lines[-1]) else None
        if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
            return None
        return {key: canonical(item, finite=True) for key, item in value.items()}
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError, OverflowError, tokenize.TokenError):
        return None


def is_plain(text):
    """Whether the text is spelt as an answer may be: no comments, no formatted
    strings, no strings side by side."""
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    kinds = [token.type for token in tokens]
    texts = [token.string for token in tokens if token.type == tokenize.STRING]
    beside = any(x == y == tokenize.STRING for x, y in zip(kinds, kinds[1:]))
    return tokenize.COMMENT not in kinds and not beside and all(re.match(r"([rRuU]|[rR]?[bB]|[bB][rR])?['\"]", text) for text in texts)


def lines_of(text):
    """One part per executed line and per final value."""
    lines, started, answering = [], False, False
    for token in tokens_of(text):
        if not started or token == "<ans>" or (not answering and re.fullmatch(r"<L\d+>", token, re.ASCII)):
            lines.append(token)
        else:
            lines[-1] += token
        started = True
        answering = answering or token == "<ans>"
        if answering and token == "<;>":
            started = False
    return lines


def right_prefix(text, answer):
    """Right lines before the first wrong one / lines, the end counted as a line.
    The whole text counts as ended."""
    predicted, truth = lines_of(text), lines_of(answer)
    right = 0
    while right < min(len(predicted), len(truth)) and predicted[right] == truth[right]:
        right += 1
    whole = right == len(truth) == len(predicted)
    return (right + whole) / (len(truth) + 1)


# By alignment.format; what is not here is refused, not graded by another format's reader.
READERS = {"trace": read_trace, "json": read_object, "json-direct": read_object}


def alignment_score(text, truth):
    """@param truth the row's ground_truth as a dict"""
    if truth["format"] not in READERS:
        raise ValueError(f"rewards.py cannot read answers of the alignment format {truth['format']!r}")
    if truth["reward"] in ("prefix", "line", "token"):
        return right_prefix(text, truth["answer"])
    same = strict if truth["grading"] == "strict" else lenient
    values = READERS[truth["format"]](text)
    items = truth["variables"]
    if not items:
        return None
    if values is None:
        return 0.0
    right = 0
    for item in items:
        expected = literal(item["value"])
        predicted = values.get(item["name"])
        right += expected is not None and predicted is not None and same(predicted, expected)
    if truth["reward"] == "reference":
        named = sum(item["name"] != "return" for item in items)
        return 0.1 + 0.9 * min(1.0, right / (1 + named))
    return right / len(items)

"""The calls that a test in HumanEval's form makes with literal arguments: the text
between the brackets of each `candidate(...)`."""
import ast
import json


def calls_of(test):
    """JSON text: a list of texts, in the order of the source, each once."""
    found = []
    for node in ast.walk(ast.parse(test)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == 'candidate':
            try:
                for part in [*node.args, *[k.value for k in node.keywords]]:
                    ast.literal_eval(part)
            except ValueError:
                continue
            text = ', '.join([ast.unparse(a) for a in node.args] + [k.arg + '=' + ast.unparse(k.value) for k in node.keywords])
            if text not in found:
                found.append(text)
    return json.dumps(found)

"""Every action that is written into the audit log has a sentence, and every sentence an action."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from campaign.web.organizer.audit.sentences import KINDS, SENTENCES

SERVICES = Path(__file__).parents[2] / "campaign"
# What enters something into the log, or hands an action on to what does.
WRITES = re.compile(r"record|changed|_record_end|succeed|fail|check_password")
ACTION = re.compile(r"[a-z_]+\.[a-z_.-]+|login|logout|purge|password_again")


def written() -> Iterator[tuple[str, str]]:
    """Each action by its pattern, and where it is written."""
    for path in sorted(SERVICES.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            for part in parts(node):
                pattern = pattern_of(part)
                if re.fullmatch(ACTION, re.sub(r"\[\^.*?\]\+", "x", pattern.replace("\\", ""))):
                    yield pattern, f"{path.relative_to(SERVICES)}:{part.lineno}"


def parts(node: ast.AST) -> Iterator[ast.expr]:
    """What may name an action: an argument of what writes, or what a variable of that name holds."""
    if isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        named = [keyword.value for keyword in node.keywords if keyword.arg in {"action", "before_code"}]
        yield from leaves(*named, *(node.args if WRITES.search(called) else ()))
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "action":
        yield from leaves(node.value)
    if isinstance(node, ast.Tuple) and len(node.elts) == 2 and isinstance(node.elts[1], ast.Dict):
        yield from leaves(node.elts[0])


def leaves(*nodes: ast.expr) -> Iterator[ast.expr]:
    for node in nodes:
        if isinstance(node, ast.IfExp):
            yield from leaves(node.body, node.orelse)
        elif isinstance(node, (ast.Constant, ast.JoinedStr)):
            yield node


def pattern_of(node: ast.expr) -> str:
    """The action as a regular expression: what a variable puts in may be anything."""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else "[^ ]+" for part in node.values
        )
    return re.escape(str(node.value)) if isinstance(node, ast.Constant) else ""


def test_every_action_has_a_sentence() -> None:
    without = [
        f"{where}: {pattern}"
        for pattern, where in written()
        if not any(re.fullmatch(pattern, action) for action in SENTENCES)
    ]
    assert not without, "\n".join(without)


def test_every_sentence_is_for_an_action_that_is_written() -> None:
    patterns = {pattern for pattern, _ in written()}
    unused = [
        action for action in SENTENCES if not any(re.fullmatch(pattern, action) for pattern in patterns)
    ]
    assert not unused


def test_an_action_is_of_one_kind() -> None:
    assert sum(len(kind.sentences) for kind in KINDS.values()) == len(SENTENCES)

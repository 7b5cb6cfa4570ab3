"""One place writes an email's state: `services.outbox.transitions`."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "campaign"
OWNER = PACKAGE / "services" / "outbox" / "transitions.py"
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != OWNER and "migrations" not in path.parts)
TABLE = {"outbox_email", "OutboxEmail"}


def test_nothing_but_the_transitions_writes_the_state_of_an_email() -> None:
    offences = [
        f"{path.relative_to(PACKAGE)}:{line}" for path in FILES for line in offences_in(path.read_text())
    ]
    assert offences == []


def test_such_a_write_would_be_found_however_it_is_spelled() -> None:
    written = (
        "def f(): session.execute(update(outbox_email).values(state=x))",
        "def f(): session.execute(outbox_email.update().values(state=x))",
        "def f():\n  again = update(OutboxEmail).where(y)\n  again.values(due_at=z, state=x)",
        "def f():\n  values = {'state': x}\n  update(outbox_email).values(**values)",
        "def f(): values = {'reason': r}; values['state'] = x; update(outbox_email).values(values)",
        "STATEMENT = update(outbox_email).values(state=x)",
        "def f(): email.state = OutboxState.QUEUED",
        "def f(): session.execute(text('UPDATE outbox_email SET state = 1'))",
        "def f(): update(outbox_email).values({outbox_email.c.state: x})",
    )
    assert [source for source in written if not list(offences_in(source))] == []
    assert not list(offences_in("def f(): update(outbox_email).values(due_at=x)\ndef g(): y.values(state=x)"))


def offences_in(source: str) -> Iterator[int]:
    tree = ast.parse(source)
    for scope in tree.body:
        for part in scope.body if isinstance(scope, ast.ClassDef) else [scope]:
            updates = any(updates_emails(node) for node in ast.walk(part))
            for node in ast.walk(part):
                if (updates and sets_state(node)) or assigns_state(node) or is_sql(node):
                    yield node.lineno  # type: ignore[attr-defined]


def updates_emails(node: ast.AST) -> bool:
    """`update(outbox_email)` or `outbox_email.update()`."""
    if not isinstance(node, ast.Call):
        return False
    names = [node.func.value] if isinstance(node.func, ast.Attribute) and node.func.attr == "update" else []
    if isinstance(node.func, ast.Name) and node.func.id == "update":
        names = node.args
    return any(isinstance(name, ast.Name) and name.id in TABLE for name in names)


def sets_state(node: ast.AST) -> bool:
    """A keyword or a key `state` of what is to be written."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values":
        return any(keyword.arg == "state" for keyword in node.keywords)
    if isinstance(node, ast.Dict):
        return any(key is not None and is_state(key) for key in node.keys)
    return isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store) and is_state(node.slice)


def is_state(key: ast.AST) -> bool:
    if isinstance(key, ast.Attribute):
        return key.attr == "state"
    return isinstance(key, ast.Constant) and key.value == "state"


def assigns_state(node: ast.AST) -> bool:
    """An object's `state` set to one of an email's."""
    if not isinstance(node, ast.Assign):
        return False
    is_attribute = any(
        isinstance(target, ast.Attribute) and target.attr == "state" for target in node.targets
    )
    return is_attribute and "OutboxState" in ast.unparse(node.value)


def is_sql(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and "update outbox_email set" in " ".join(node.value.lower().split())
    )

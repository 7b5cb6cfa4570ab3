"""One row that no key opens: every page of the desk shows or skips it, and all the others are there."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import text

from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.store.encrypted_places import EncryptedPlace, encrypted_places
from campaign.store.tables.encrypted import EncryptedBytes
from tests.browsing import Browser
from tests.conftest import Clock
from tests.web.organizer.test_guard import VALUES, routes

# What is about this one row alone says in one sentence that it cannot be read.
OF_ONE = {
    "signature": {"supporter", "supporter_words", "correct_supporter"},
    "supporter": {"supporter", "supporter_words", "correct_supporter"},
    "message": {"supporter_words"},
    "signature_change": {"supporter"},
    "reply": {"reply"},
    "signature_import": {"import_table"},
}


def break_one(runtime: Runtime, place: EncryptedPlace) -> dict[str, object] | None:
    """Damage all that is encrypted of a table's first row; what it was, None where there is none."""
    name, key = place.table.name, place.id.name
    columns = ", ".join(column.name for column in place.columns)
    with runtime.database.transaction() as session:
        found = session.execute(text(f"SELECT {key}, {columns} FROM {name} ORDER BY {key} LIMIT 1"))
        row = found.mappings().one_or_none()
        if row is None:
            return None
        for column in place.columns:
            if value := row[column.name]:
                cut = value[:60] if isinstance(column.type, EncryptedBytes) else str(value)[:60]
                changed = text(f"UPDATE {name} SET {column.name} = :cut WHERE {key} = :id")
                session.execute(changed, {"cut": cut, "id": row[key]})
        return dict(row)


def mend(runtime: Runtime, place: EncryptedPlace, row: dict[str, object]) -> None:
    name, key = place.table.name, place.id.name
    values = ", ".join(f"{column.name} = :{column.name}" for column in place.columns)
    with runtime.database.transaction() as session:
        session.execute(text(f"UPDATE {name} SET {values} WHERE {key} = :{key}"), row)


def looked_at(app: Flask, browser: Browser, ids: dict[str, int | str]) -> Iterator[tuple[str, int]]:
    """Every page of the desk, by its name and with its status."""
    known = {f"{name}_id": value for name, value in ids.items()}
    numbers = {name: known.get(name, value) for name, value in VALUES.items()}
    with app.test_request_context():
        rules = [(rule, rule.build(numbers)) for rule, method, _ in routes(app) if method == "GET"]
    for rule, built in rules:
        assert built
        answer = browser.client.get(built[1], base_url="http://127.0.0.1:8000")
        yield rule.endpoint.removeprefix("organizer."), answer.status_code
        answer.close()


@pytest.mark.slow
def test_one_broken_row_of_any_table_keeps_nobody_from_any_page(
    app: Flask,
    ids: dict[str, int | str],
    runtime: Runtime,
    logged_in: Callable[[Role], Browser],
    clock: Clock,
) -> None:
    def all_pages() -> dict[str, int]:
        clock.forward(minutes=16)  # so many looks at people within less ask for the password
        return dict(looked_at(app, logged_in(Role.OWNER), ids))

    usual = all_pages()
    broken: dict[str, dict[str, int]] = {}
    tried = set()
    for place in encrypted_places():
        was = break_one(runtime, place)
        if was is None:
            continue
        name = place.table.name
        tried.add(name)
        pages = all_pages()
        mend(runtime, place, was)
        told = {page: status for page, status in pages.items() if status != usual[page]}
        broken[name] = {page: status for page, status in told.items() if page not in OF_ONE.get(name, ())}
    assert {name: pages for name, pages in broken.items() if pages} == {}
    assert len(tried) > 10

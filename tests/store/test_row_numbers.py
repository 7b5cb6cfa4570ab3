"""Numbers of rows that are about to be written: nobody else is given one of them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import event, select

from campaign.runtime import Runtime
from campaign.store.prepared import Prepared
from campaign.store.row_numbers import new_numbers
from campaign.store.tables import Supporter
from campaign.store.tables.core import signing_form, supporter
from tests import make


@pytest.mark.slow_on_postgresql
def test_many_who_write_at_once_share_no_number(runtime: Runtime, now: datetime) -> None:
    page = make.campaign(runtime, now=now)
    addresses = [[f"s{batch}-{one}@mail.example" for one in range(5)] for batch in range(12)]

    def keep(batch: list[str]) -> None:
        make.keep(runtime, *(make.new_form(page, now=now, email=address) for address in batch))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(keep, addresses))
    with runtime.database.reading() as session:
        kept = session.execute(select(signing_form.c.id, signing_form.c.email)).all()
    assert len({row.id for row in kept}) == 60
    assert {row.email for row in kept} == {address for batch in addresses for address in batch}


def test_numbers_are_new_and_those_that_were_not_used_do_no_harm(runtime: Runtime, now: datetime) -> None:
    make.sign_and_confirm(runtime, make.campaign(runtime, now=now), now=now)
    with runtime.database.transaction() as session:
        there = set(session.scalars(select(supporter.c.id)))
        taken = new_numbers(session.connection(), supporter, 3)
        assert len(set(taken)) == 3
        assert not there & set(taken)
        assert list(new_numbers(session.connection(), supporter, 0)) == []
    make.sign_and_confirm(runtime, make.page(runtime), now=now, email="bo@mail.example")
    with runtime.database.reading() as session:
        assert len(session.scalars(select(supporter.c.email)).all()) == 2


def test_objects_that_are_stored_together_are_numbered_by_one_statement(
    runtime: Runtime, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    run: list[object] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        run.append(statement)

    # What is kept prepared goes past SQLAlchemy's events.
    ask = Prepared.all

    def asked(prepared: Prepared, *args: Any) -> Any:
        run.append(prepared)
        return ask(prepared, *args)

    monkeypatch.setattr(Prepared, "all", asked)
    with runtime.database.transaction() as session:
        event.listen(session.connection(), "before_cursor_execute", note)

        def stored(first: int, number: int) -> list[Supporter]:
            run.clear()
            people = [
                Supporter(address_hash=f"h{at}", email=f"s{at}@mail.example", created_at=now)
                for at in range(first, first + number)
            ]
            # One that comes with a number of its own, which no other is given.
            people[1].id = 1000 + first
            session.add_all(people)
            session.flush()
            return people

        of_five = stored(0, 5)
        statements_for_five = len(run)
        of_fifty = stored(5, 50)
        assert len(run) == statements_for_five
        assert len([one for one in run if isinstance(one, Prepared)]) == 1
        people = of_five + of_fifty
        assert len({one.id for one in people}) == 55
        others = [one.id for one in (*of_fifty[:1], *of_fifty[2:])]
        assert others == sorted(others), "in the order in which they were added"
    with runtime.database.reading() as session:
        emails = session.scalars(select(supporter.c.email).order_by(supporter.c.address_hash)).all()
        assert set(emails) == {f"s{at}@mail.example" for at in range(55)}

"""Numbers of rows that are about to be written: nobody else is given one of them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from sqlalchemy import select

from campaign.runtime import Runtime
from campaign.store.row_numbers import new_numbers
from campaign.store.tables.core import signing_form, supporter
from tests import make


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

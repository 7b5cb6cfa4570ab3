import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from campaign.domain.campaign_page import CampaignPage
from campaign.errors import UnavailableError
from campaign.runtime import Runtime
from campaign.services.signatures.form_queue import FormQueue
from campaign.services.signatures.kept_forms import NewForm
from campaign.store import time_limits
from campaign.store.database import Database
from campaign.store.tables import Signature, SigningForm
from campaign.worker import loop
from tests import make
from tests.waiting import PATIENCE_SECONDS


@pytest.fixture
def page(runtime: Runtime, now: datetime) -> CampaignPage:
    return make.campaign(runtime, now=now)


def form(page: CampaignPage, email: str, *, now: datetime) -> NewForm:
    officials = tuple(official.id for official in page.officials)
    return make.new_form(page, now=now, email=email, officials=officials, words="Please.")


def count(runtime: Runtime, table: type) -> int:
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_two_hundred_people_at_once_are_all_kept(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    queue = FormQueue(runtime.database)
    forms = [form(page, f"p{number % 150}@mail.example", now=now) for number in range(200)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(queue.keep, forms))
    assert count(runtime, SigningForm) == 200
    make.settle(runtime, now=now)
    assert len(make.emails(runtime, kind="confirmation")) == 150
    assert count(runtime, Signature) == 0


def test_two_processes_worth_of_queues_neither_lose_nor_lock_each_other(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    queues = [FormQueue(runtime.database) for _ in range(2)]
    forms = [form(page, f"p{number}@mail.example", now=now) for number in range(160)]
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda pair: queues[pair[0] % 2].keep(pair[1]), enumerate(forms)))
    assert count(runtime, SigningForm) == 160


def test_what_is_wrong_with_one_form_is_not_the_others_trouble(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    queue = FormQueue(runtime.database)
    good = [form(page, f"p{number}@mail.example", now=now) for number in range(20)]
    broken = replace(form(page, "bad@mail.example", now=now), email=None)  # type: ignore[arg-type]
    with ThreadPoolExecutor(8) as pool:
        results = [pool.submit(queue.keep, each) for each in [*good[:10], broken, *good[10:]]]
    assert [result for result in results if result.exception()] == [results[10]]
    assert count(runtime, SigningForm) == 20


# Only a file can be held by another program.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_when_the_database_is_held_everybody_is_told_and_nothing_is_half_stored(
    runtime: Runtime, page: CampaignPage, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_limits, "WRITE_SECONDS", 0.2)
    forms = [form(page, f"p{number}@mail.example", now=now) for number in range(6)]
    holder = sqlite3.connect(runtime.database.url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    fresh = Database(runtime.database.url, data_keys=runtime.database.data_keys)
    queue = FormQueue(fresh)
    with ThreadPoolExecutor(6) as pool:
        waiting = [pool.submit(queue.keep, each) for each in forms]
        for result in waiting:
            with pytest.raises(UnavailableError, match="try again"):
                result.result(timeout=PATIENCE_SECONDS)
    holder.execute("ROLLBACK")
    holder.close()
    queue.keep(forms[0])
    assert count(runtime, SigningForm) == 1
    fresh.close()


def test_forms_come_in_are_settled_and_confirmed_while_mail_goes_out(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign_and_confirm(runtime, page, now=now, officials=(page.officials[0].id,))
    later = now + timedelta(hours=2)
    forms = [form(page, f"p{number % 3}@mail.example", now=later) for number in range(60)]
    with ThreadPoolExecutor(9) as pool:
        keeping = [pool.submit(runtime.form_queue.keep, each) for each in forms]
        working = [pool.submit(loop.drain, runtime, clock=lambda: later) for _ in range(4)]
        for result in [*keeping, *working]:
            result.result(timeout=PATIENCE_SECONDS)
    loop.drain(runtime, clock=lambda: later)
    asked = {mail.to_address for mail in make.emails(runtime, kind="confirmation")}
    assert asked == {"rana@mail.example", *(f"p{number}@mail.example" for number in range(3))}

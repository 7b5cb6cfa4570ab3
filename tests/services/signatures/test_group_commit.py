import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from campaign.services.signatures.group_commit import SigningQueue
from campaign.services.signatures.submission import Submission, prepare
from sqlalchemy import func, select

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signing import SignatureForm
from campaign.errors import UnavailableError
from campaign.runtime import Runtime
from campaign.store import time_limits
from campaign.store.database import Database
from campaign.store.tables import Message, Signature
from campaign.worker import loop
from tests import make
from tests.waiting import PATIENCE_SECONDS


@pytest.fixture
def page(runtime: Runtime, now: datetime) -> CampaignPage:
    return make.campaign(runtime, now=now)


def submission(runtime: Runtime, page: CampaignPage, email: str, *, now: datetime) -> Submission:
    officials = tuple(official.id for official in page.officials)
    details = SignatureForm(name="Rana Idris", email=email, officials=officials, words="Please.")
    return prepare(page, details, context=make.mail_context(runtime), now=now)


def count(runtime: Runtime, table: type) -> int:
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_two_hundred_people_at_once_are_all_stored_once(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    queue = SigningQueue(runtime.database)
    forms = [submission(runtime, page, f"p{number % 150}@mail.example", now=now) for number in range(200)]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(queue.sign, forms))
    assert count(runtime, Signature) == 150
    assert count(runtime, Message) == 450
    assert len(make.emails(runtime, kind="confirmation")) == 150
    assert len(make.emails(runtime, kind="message")) == 300


def test_two_processes_worth_of_queues_neither_lose_nor_lock_each_other(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    queues = [SigningQueue(runtime.database) for _ in range(2)]
    forms = [submission(runtime, page, f"p{number % 40}@mail.example", now=now) for number in range(160)]
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda pair: queues[pair[0] % 2].sign(pair[1]), enumerate(forms)))
    assert count(runtime, Signature) == 40
    assert len(make.emails(runtime, kind="confirmation")) == 40


def test_what_is_wrong_with_one_form_is_not_the_others_trouble(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    queue = SigningQueue(runtime.database)
    good = [submission(runtime, page, f"p{number}@mail.example", now=now) for number in range(20)]
    broken = replace(submission(runtime, page, "bad@mail.example", now=now), links={"confirm": None})
    with ThreadPoolExecutor(8) as pool:
        results = [pool.submit(queue.sign, form) for form in [*good[:10], broken, *good[10:]]]
    assert [one for one in results if one.exception()] == [results[10]]
    assert count(runtime, Signature) == 20


# Only a file can be held by another program.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_when_the_database_is_held_everybody_is_told_and_nothing_is_half_stored(
    runtime: Runtime, page: CampaignPage, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time_limits, "WRITE_SECONDS", 0.2)
    forms = [submission(runtime, page, f"p{number}@mail.example", now=now) for number in range(6)]
    holder = sqlite3.connect(runtime.database.url.removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    fresh = Database(runtime.database.url)
    queue = SigningQueue(fresh)
    with ThreadPoolExecutor(6) as pool:
        waiting = [pool.submit(queue.sign, form) for form in forms]
        for one in waiting:
            with pytest.raises(UnavailableError, match="try again"):
                one.result(timeout=PATIENCE_SECONDS)
    holder.execute("ROLLBACK")
    holder.close()
    queue.sign(forms[0])
    assert count(runtime, Signature) == 1
    fresh.close()


def test_signing_again_and_sending_at_the_same_time_wait_for_each_other_in_one_direction(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    make.sign_and_confirm(runtime, page, now=now, officials=(page.officials[0].id,))
    later = now + timedelta(hours=2)
    forms = [submission(runtime, page, f"p{number % 3}@mail.example", now=later) for number in range(60)]
    with ThreadPoolExecutor(9) as pool:
        signing = [pool.submit(runtime.signing_queue.sign, form) for form in forms]
        sending = [pool.submit(loop.drain, runtime, clock=lambda: later) for _ in range(4)]
        for one in [*signing, *sending]:
            one.result(timeout=PATIENCE_SECONDS)
    assert count(runtime, Signature) == 4

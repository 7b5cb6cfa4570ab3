"""Several messages of one supporter in one request: alike but for the salutation, and refused one by one."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from campaign.domain.outcomes import Accepted, NotBegun, Refused, Throttled, Unknown
from campaign.mail.email import Email, TextFile
from campaign.mail.from_addresses import FromAddresses
from campaign.mail.providers.batches import batches
from campaign.mail.providers.sendgrid import SendGridProvider
from campaign.mail.render import in_paragraphs
from campaign.runtime import build_runtime
from campaign.settings import Settings
from campaign.worker import loop
from tests.conftest import Clock
from tests.queueing import campaign_with_officials, enqueue, states
from tests.stand_in import Act, StandIn

FROM_ADDRESSES = FromAddresses("Ondra <c@ondra.example>")

WORDS = "I live <below> the dam.\n\nMore -salutation- of mine.\n\nRana Idris\n"


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture
def provider(stand_in: StandIn) -> Iterator[SendGridProvider]:
    made = SendGridProvider(
        host=stand_in.url,
        api_key="k",
        from_addresses=FROM_ADDRESSES,
        batch_size=8,
        seconds=5,
    )
    yield made
    made.close()


def message(number: int, *, salutation: str = "Dear Official {},", words: str = WORDS, **more: Any) -> Email:
    text = f"{salutation.format(number)}\n\n{words}"
    return Email(
        public_id=f"{number:032d}",
        kind="message",
        to_address=f"office-{number}@waters.example",
        from_name="Rana Idris",
        reply_to="rana@mail.example",
        subject="The dam",
        text=text,
        html=in_paragraphs(text, "en"),
        **more,
    )


def as_delivered(request: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What each recipient of a request reads, the provider having put in what stands for the tokens."""
    delivered = []
    for person in request["personalizations"]:
        bodies = [part["value"] for part in request["content"]]
        for token, value in person.get("substitutions", {}).items():
            bodies = [body.replace(token, value) for body in bodies]
        delivered.append((person["to"][0]["email"], *bodies))
    return delivered


def test_emails_with_other_files_are_no_batch(provider: SendGridProvider) -> None:
    files = [(TextFile("manifest.json", "application/json", text),) for text in ("{}", "[]")]
    emails = [message(1), message(2, files=files[0]), message(3, files=files[1]), message(4, files=files[1])]
    assert [[one.public_id[-1] for one in batch] for batch in provider.batches(emails)] == [
        ["1"],
        ["2"],
        ["3", "4"],
    ]


def test_everybody_reads_what_a_request_of_their_own_would_have_said(
    provider: SendGridProvider, stand_in: StandIn, now: datetime
) -> None:
    emails = [message(1), message(2, salutation="To A & B {}\nin their office,"), message(3)]

    (batch,) = provider.batches(emails)
    outcomes = provider.send_batch(batch, now=now)

    assert {type(outcome) for outcome in outcomes} == {Accepted}
    (request,) = stand_in.requests
    assert as_delivered(request.json) == [(one.to_address, one.text, one.html) for one in emails]
    assert [person["custom_args"] for person in request.json["personalizations"]] == [
        {"campaign_email_id": one.public_id} for one in emails
    ]


def test_only_what_is_alike_travels_together() -> None:
    emails = [
        message(1),
        message(2, words="Other words.\n\nRana Idris\n"),
        replace(message(3), from_name="Tomas Rehn"),
        replace(message(4), reply_to="tomas@mail.example"),
        replace(message(5), subject="The weir"),
        replace(message(6), html="<p>Designed</p>"),
        replace(message(7), to_address="OFFICE-1@waters.example"),
        message(8),
    ]

    grouped = [[email.public_id[-1] for email in batch] for batch in batches(emails, at_most=8)]

    assert grouped == [["1"], ["2"], ["3"], ["4"], ["5"], ["6"], ["7", "8"]]
    assert [len(batch) for batch in batches([message(each) for each in range(5)], at_most=2)] == [2, 2, 1]


@pytest.mark.parametrize("guilty", [(), (0,), (3,), (1, 6), tuple(range(8))])
def test_a_refusal_of_many_ends_as_the_refusal_of_those_to_blame(
    provider: SendGridProvider, stand_in: StandIn, now: datetime, guilty: tuple[int, ...]
) -> None:
    emails = [message(number) for number in range(8)]
    blamed = {emails[number].public_id for number in guilty}
    stand_in.choose = lambda email_id, attempt: Act.REFUSE if email_id in blamed else Act.ACCEPT

    outcomes = provider.send_batch(emails, now=now)

    assert [isinstance(outcome, Refused) for outcome in outcomes] == [
        email.public_id in blamed for email in emails
    ]
    assert sorted(stand_in.accepted) == sorted(one.public_id for one in emails if one.public_id not in blamed)


def test_no_half_is_sent_before_the_time_a_429_names(
    provider: SendGridProvider, stand_in: StandIn, now: datetime
) -> None:
    acts = iter([Act.REFUSE, Act.THROTTLE])
    last = [Act.ACCEPT]

    def choose(email_id: str, attempt: int) -> Act:
        if email_id.endswith("0"):
            last[0] = next(acts)
            return last[0]
        return Act.ACCEPT

    stand_in.choose = choose

    outcomes = provider.send_batch([message(number) for number in range(4)], now=now)

    assert [type(outcome) for outcome in outcomes] == [Throttled, Throttled, NotBegun, NotBegun]
    assert stand_in.accepted == []


def test_a_lost_answer_leaves_the_whole_group_in_doubt(
    provider: SendGridProvider, stand_in: StandIn, now: datetime
) -> None:
    stand_in.choose = lambda email_id, attempt: Act.DROP

    outcomes = provider.send_batch([message(1), message(2)], now=now)

    assert [type(outcome) for outcome in outcomes] == [Unknown, Unknown]
    assert len(stand_in.requests) == 1


def test_a_supporters_messages_to_five_officials_are_one_request_where_the_settings_say_so(
    settings: Settings, provider: SendGridProvider, stand_in: StandIn, clock: Clock
) -> None:
    runtime = build_runtime(settings, provider=provider)
    _, officials = campaign_with_officials(runtime.database, clock(), 5)
    for supporter in ("Rana Idris", "Tomas Rehn"):
        for number, official_id in enumerate(officials):
            text = f"Dear Official {number},\n\nplease stop.\n\n{supporter}\n"
            enqueue(
                runtime.database,
                clock(),
                official_id=official_id,
                to_address=f"office-{number}@waters.example",
                to_name=f"Official {number}",
                from_name=supporter,
                text=text,
                html=None,
            )

    loop.drain(runtime, clock=clock)

    assert states(runtime.database) == {"accepted": 10}
    assert [len(json.loads(request.body)["personalizations"]) for request in stand_in.requests] == [5, 5]
    runtime.close()

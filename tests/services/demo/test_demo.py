"""The demonstration is all of a piece, the same for the same seed, and never where anybody real could be."""

import hashlib
from datetime import datetime

import pytest
from sqlalchemy import func, select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.daily_figures import Dimension, Figure
from campaign.domain.signature import SignatureState
from campaign.domain.signing_form import FormState
from campaign.errors import ConflictError, RefusedError
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns
from campaign.services.demo import making
from campaign.services.demo.making import Made
from campaign.services.demo.plan import signers
from campaign.services.signatures import own_words
from campaign.services.statistics import reading
from campaign.services.transparency.reading import head
from campaign.store.tables.core import message, outbox_email, signature, signing_form, supporter, suppression
from tests import make
from tests.conftest import Clock

pytestmark = pytest.mark.slow

SIGNERS = 600


def made(runtime: Runtime, now: datetime, *, number: int = SIGNERS, **of: object) -> Made:
    values = {"seed": 1, "providers": ("local", ""), "time_zone": None, **of}
    with runtime.database.transaction() as session:
        return making.make(
            session,
            number=number,
            address_key=runtime.address_key,
            actor=COMMAND_LINE,
            now=now,
            **values,  # type: ignore[arg-type]
        )


def test_every_count_tells_the_same(runtime: Runtime, now: datetime) -> None:
    done = made(runtime, now)
    with runtime.database.reading() as session:
        campaign = campaigns.by_slug(session, "demo")
        number = func.count().label("number")
        rows = session.execute(select(signature.c.state, number).group_by(signature.c.state))
        states = {row.state: row.number for row in rows}
        figures = {
            what: sum(cells.values())
            for what, cells in reading.all_time(session, campaign.id, Dimension.ALL).items()
        }
        messages = session.scalar(select(func.count()).select_from(message))
        log = head(session, campaign.id)
        words = own_words.summary(session, campaign.id)
    assert sum(states.values()) == SIGNERS
    assert done.confirmed == campaign.signature_count == states[SignatureState.CONFIRMED] == log.signed
    left = figures[Figure.WITHDRAWN] + figures.get(Figure.REMOVED, 0)
    assert figures[Figure.CONFIRMED] - left == done.confirmed
    assert done.messages == messages == figures[Figure.WRITTEN] == words.messages


def test_something_of_everything_is_there_and_nothing_that_email_could_reach(
    runtime: Runtime, now: datetime
) -> None:
    made(runtime, now)
    with runtime.database.reading() as session:
        forms = set(session.scalars(select(signing_form.c.state)))
        languages = set(session.scalars(select(signature.c.language)))
        addresses = {
            *session.scalars(select(supporter.c.email)),
            *session.scalars(select(signing_form.c.email).where(signing_form.c.email != "")),
            *session.scalars(select(outbox_email.c.to_address)),
        }
        suppressed = session.scalar(select(func.count()).select_from(suppression))
    assert {FormState.MAILED, FormState.HELD, FormState.ENDED} <= forms
    assert languages == {"en", "zh-Hant", "zh-Hans", "ug", "bo", "es", "fr"}
    assert suppressed
    assert all(address.endswith(".example") for address in addresses)


def test_people_go_on_signing_after_it(runtime: Runtime, now: datetime) -> None:
    done = made(runtime, now)
    make.sign_and_confirm(runtime, make.page(runtime, "demo"), now=now)
    assert make.signature_count(runtime, "demo") == done.confirmed + 1


def test_the_same_seed_makes_the_same_people(runtime: Runtime, clock: Clock) -> None:
    def digest(seed: int) -> str:
        people = [vars(one) for one in signers(200, seed=seed, now=clock())]
        return hashlib.sha256(repr(people).encode()).hexdigest()

    assert digest(1) == digest(1) != digest(2)

    def names() -> list[str]:
        return [one.name for one in signers(200, seed=1, now=clock())]

    before = names()
    clock.forward(days=3, hours=5)
    assert names() == before


@pytest.mark.parametrize("providers", [("smtp", ""), ("sendgrid", ""), ("local", "smtp")])
def test_it_is_refused_where_email_leaves_the_machine(
    runtime: Runtime, now: datetime, providers: tuple[str, str]
) -> None:
    with pytest.raises(RefusedError, match="Email leaves this installation"):
        made(runtime, now, providers=providers)


def test_it_is_refused_where_somebody_has_signed_or_has_only_sent_in_the_form(
    runtime: Runtime, now: datetime
) -> None:
    page = make.campaign(runtime, now=now)
    make.keep(runtime, make.new_form(page, now=now, email="rana@real.org"))
    with pytest.raises(RefusedError, match="Somebody has signed here"):
        made(runtime, now)
    make.settle(runtime, now=now)
    make.confirm(runtime, make.link(make.last_question(runtime), "confirm"), now=now)
    with pytest.raises(RefusedError, match="Somebody has signed here"):
        made(runtime, now)


def test_there_is_one_at_most(runtime: Runtime, now: datetime) -> None:
    made(runtime, now, number=100)
    with pytest.raises(ConflictError):
        made(runtime, now, number=100)

"""Having somebody asked whether they may be quoted: by whom, and never twice."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from campaign.domain.actor import Actor
from campaign.errors import ConflictError
from campaign.runtime import Runtime
from campaign.services.signatures import quoting
from campaign.store.tables import OutboxEmail, Quote
from tests import make
from tests.updating import ask_for_a_quote, two_organizers

pytestmark = pytest.mark.slow_on_postgresql


@pytest.fixture
def message_id(runtime: Runtime, now: datetime) -> int:
    page = make.campaign(runtime, now=now)
    make.sign_and_confirm(
        runtime, page, now=now, officials=(page.officials[0].id,), words="My well fell dry last spring."
    )
    return make.emails(runtime, kind="message")[0].message_id or 0


def ask(runtime: Runtime, actor: Actor, *, now: datetime) -> None:
    with runtime.database.transaction() as session:
        quote_id = session.scalars(select(Quote.id)).one()
        context, campaign_id = runtime.mail_context, make.page(runtime).head.id
        quoting.ask(session, campaign_id, quote_id, context=context, actor=actor, now=now)


def test_who_may_not_see_people_is_no_second_person_and_whoever_proposed_it_asks_an_hour_later(
    runtime: Runtime, message_id: int, now: datetime
) -> None:
    writer, _ = two_organizers(runtime, now=now)
    with runtime.database.transaction() as session:
        here = (session, make.page(runtime).head.id, message_id)
        quoting.propose(*here, context=runtime.mail_context, actor=writer, now=now)
    ask(runtime, writer, now=now)
    (question,) = make.emails(runtime, kind="quote")
    assert question.due_at == now + timedelta(hours=1)


def test_nobody_is_sent_a_second_question_nor_is_one_taken_back_that_may_have_arrived(
    runtime: Runtime, message_id: int, now: datetime
) -> None:
    ask_for_a_quote(runtime, message_id, now=now)
    _, second = two_organizers(runtime, now=now)
    with pytest.raises(ConflictError, match="Nobody is asked twice"):
        ask(runtime, second, now=now)
    assert len(make.emails(runtime, kind="quote")) == 1
    with runtime.database.transaction() as session:
        session.execute(update(OutboxEmail).values(attempts=1))
        quote_id = session.scalars(select(Quote.id)).one()
        with pytest.raises(ConflictError, match="asked already"):
            quoting.call_off(session, make.page(runtime).head.id, quote_id, actor=second, now=now)

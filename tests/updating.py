"""Makes what tests of updates need: many who asked for news, and an update that two organizers agreed on."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE, Actor, Via
from campaign.domain.addresses import address_hash, spelling_hash
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.roles import Role
from campaign.domain.signature import Capacity, SignatureState, Visibility
from campaign.domain.updates import FASTEST, Audience, UpdateText
from campaign.runtime import Runtime
from campaign.services.accounts import organizers
from campaign.services.accounts.passwords import Passwords
from campaign.services.signatures import quoting
from campaign.services.updates import approval, drafts
from campaign.services.updates.drafts import UpdateDetails, UpdateShown
from campaign.store.tables import Organizer, Quote
from campaign.store.tables.core import signature, supporter
from campaign.worker import updates as worker
from tests import make
from tests.bound_rows import insert_rows

TEXTS = {"en": UpdateText("The minister answers", "Hello {{name}},\n\nshe has *read* our letter.")}


def agree(runtime: Runtime, page: CampaignPage, number: int, *, now: datetime) -> None:
    """So many sign and ask for news, without the mails that go with it."""
    key = runtime.address_key
    addresses = [f"reader-{place}@mail.example" for place in range(number)]
    with runtime.database.transaction() as session:
        known = [
            {
                "email": address,
                "address_hash": address_hash(key, address),
                "spelling_hash": spelling_hash(key, address),
                "created_at": now,
            }
            for address in addresses
        ]
        ids = insert_rows(session, supporter, known)
        rows = [
            {
                "campaign_id": page.head.id,
                "supporter_id": supporter_id,
                "letter_version_id": page.letter.id,
                "state": SignatureState.CONFIRMED,
                "name": f"Reader {place}",
                "capacity": Capacity.MYSELF,
                "visibility": Visibility.HIDDEN,
                "updates": True,
                "language": "en",
                "number": place + 1,
                "signed_at": now,
                "confirmed_at": now,
            }
            for place, supporter_id in enumerate(ids)
        ]
        insert_rows(session, signature, rows)


def two_organizers(runtime: Runtime, *, now: datetime) -> tuple[Actor, Actor]:
    """Somebody who writes, and somebody who approves."""
    cheap = Passwords(memory=8, passes=1, lanes=1)
    with runtime.database.transaction() as session:
        known = session.scalars(select(Organizer.id).order_by(Organizer.id)).all()
        for name in ("writer", "second")[len(known) :]:
            organizers.add(
                session,
                f"{name}@desk.example",
                role=Role.EDITOR,
                password="marble otter kiosk plum",
                actor=COMMAND_LINE,
                now=now,
                passwords=cheap,
            )
        ids = session.scalars(select(Organizer.id).order_by(Organizer.id).limit(2)).all()
    return Actor(ids[0], Via.DESK), Actor(ids[1], Via.DESK)


def ask_for_a_quote(runtime: Runtime, message_id: int, *, now: datetime) -> None:
    """Have whoever wrote a message asked by email: proposed by one organizer, approved by another."""
    writer, second = two_organizers(runtime, now=now)
    context, campaign_id = make.mail_context(runtime), make.page(runtime).head.id
    with runtime.database.transaction() as session:
        quoting.propose(session, campaign_id, message_id, context=context, actor=writer, now=now)
        quote_id = session.scalars(select(Quote.id).where(Quote.message_id == message_id)).one()
        quoting.ask(session, campaign_id, quote_id, context=context, actor=second, now=now)


def approved(
    runtime: Runtime,
    *,
    now: datetime,
    audience: Audience | None = None,
    rate: int = FASTEST,
    texts: dict[str, UpdateText] | None = None,
) -> int:
    """An update that was written, and approved by somebody else; no worker has looked at it."""
    writer, _ = two_organizers(runtime, now=now)
    details = UpdateDetails(texts or TEXTS, audience or Audience(), rate)
    with runtime.database.transaction() as session:
        update_id = drafts.create(session, make.SLUG, {}, actor=writer, now=now)
        drafts.change(session, make.SLUG, update_id, details, actor=writer, now=now)
    approve(runtime, update_id, now=now)
    return update_id


def approve(runtime: Runtime, update_id: int, *, now: datetime) -> None:
    """One asks, the other agrees."""
    writer, second = two_organizers(runtime, now=now)
    edition = found(runtime, update_id).edition
    with runtime.database.transaction() as session:
        approval.ask(session, make.SLUG, update_id, edition=edition, actor=writer, now=now)
        approval.approve(session, make.SLUG, update_id, edition=edition, actor=second, now=now)


def reword(runtime: Runtime, update_id: int, *, now: datetime, **texts: str) -> None:
    """Take an update back, and give it other words."""
    writer, _ = two_organizers(runtime, now=now)
    text = replace(TEXTS["en"], **texts)
    with runtime.database.transaction() as session:
        approval.take_back(session, make.SLUG, update_id, actor=writer, now=now)
        details = UpdateDetails({"en": text}, hourly_rate=FASTEST)
        drafts.change(session, make.SLUG, update_id, details, actor=writer, now=now)


def found(runtime: Runtime, update_id: int) -> UpdateShown:
    """The update as it is now."""
    with runtime.database.reading() as session:
        return drafts.found(session, make.SLUG, update_id)


def work(runtime: Runtime, *, now: datetime) -> None:
    """What a worker does about updates each time; nothing is sent by it."""
    worker.go_on(runtime, now)

"""The organizers' own words in the mails that ask to confirm and that thank, by campaign and language."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.mail_texts import LONGEST_WORDS, paragraphs_of, read_own_words
from campaign.domain.outbox import EmailKind
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns
from campaign.store.statements import inserting
from campaign.store.tables.core import mail_text

Words = Mapping[tuple[EmailKind, str], str]


def own_words(session: Session, campaign_id: int, kind: EmailKind, language: str) -> tuple[str, ...]:
    """The paragraphs to add to a mail of this kind; none in a language in which nothing was written."""
    text = session.scalar(
        select(mail_text.c.text).where(
            mail_text.c.campaign_id == campaign_id,
            mail_text.c.kind == kind,
            mail_text.c.language == language,
        )
    )
    return paragraphs_of(text) if text else ()


def stored(session: Session, campaign_id: int) -> Words:
    """All of a campaign's, by kind and language."""
    rows = session.execute(
        select(mail_text.c.kind, mail_text.c.language, mail_text.c.text).where(
            mail_text.c.campaign_id == campaign_id
        )
    )
    return {(row.kind, row.language): row.text for row in rows}


def change(
    session: Session, slug: str, words: Words, *, public_url: str, actor: Actor, now: datetime
) -> None:
    """Store what differs; RefusedError for what a mail may not hold. Mails already written stay."""
    campaign = campaigns.campaign_row(session, slug)
    before = stored(session, campaign.id)
    for (kind, language), typed in words.items():
        text = read_own_words(typed, kind=kind, public_url=public_url) if kind in LONGEST_WORDS else ""
        if text == before.get((kind, language), ""):
            continue
        key = {"campaign_id": campaign.id, "kind": kind, "language": language}
        if text:
            new = inserting(session, mail_text).values(**key, text=text)
            session.execute(new.on_conflict_do_update(index_elements=list(key), set_={"text": text}))
        else:
            conditions = (mail_text.c[name] == value for name, value in key.items())
            session.execute(delete(mail_text).where(*conditions))
        details = {"campaign": campaign.id, "language": language}
        action = "mail_text.thanks" if kind is EmailKind.THANKS else "mail_text.confirmation"
        audit_log.record(session, action=action, actor=actor, details=details, now=now)

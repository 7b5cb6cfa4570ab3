"""Mails to organizers about their own logins, and to somebody who is asked to become one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.publisher import NOBODY, Publisher
from campaign.domain.roles import Permission
from campaign.i18n import SOURCE_LANGUAGE, moment
from campaign.mail.render import Renderer
from campaign.services.accounts import rights as stored_rights
from campaign.services.installation import publisher as publishers
from campaign.services.outbox.enqueue import NewEmail, enqueue
from campaign.store.tables.core import organizer


class SecurityNotice(StrEnum):
    """What somebody is told of at once, in case it was not them."""

    NEW_DEVICE = "new_device"
    CODES_TRIED = "codes_tried"
    PASSWORD = "password"  # noqa: S105 - a word, and no password
    FACTOR_REMOVED = "factor_removed"
    PASSKEY_ADDED = "passkey_added"
    OFFICIALS = "officials"


@dataclass(frozen=True)
class OrganizerMail:
    """What these mails are written with."""

    renderer: Renderer
    public_url: str
    default_publisher: Publisher = NOBODY

    def address(self, path: str) -> str:
        """The whole address of a page of the desk."""
        return f"{self.public_url}/organizer/{path}"


def send(
    session: Session,
    context: OrganizerMail,
    kind: EmailKind,
    *,
    to: str,
    language: str | None,
    now: datetime,
    **values: object,
) -> None:
    """One mail to one organizer, in the caller's transaction."""
    publisher = publishers.current(session, default=context.default_publisher)
    spoken = language or SOURCE_LANGUAGE
    written = context.renderer.render(
        kind,
        language=spoken,
        publisher=publisher,
        account_url=context.address("account"),
        forgotten_url=context.address("forgotten"),
        **values,
    )
    email = NewEmail(
        kind=kind,
        state=OutboxState.QUEUED,
        due_at=now,
        to_address=to,
        from_name=publisher.name or None,
        language=spoken,
        subject=written.subject,
        text=written.text,
        html=written.html,
    )
    enqueue(session, [email], now=now)


def tell(
    session: Session,
    context: OrganizerMail,
    organizer_id: int,
    notice: SecurityNotice,
    *,
    now: datetime,
    **values: object,
) -> None:
    """Tell somebody what has happened to their own login."""
    row = session.execute(
        select(organizer.c.email, organizer.c.language).where(organizer.c.id == organizer_id)
    ).one()
    _send_notice(session, context, notice, to=row.email, language=row.language, now=now, **values)


def tell_owners(
    session: Session, context: OrganizerMail, notice: SecurityNotice, *, now: datetime, **values: object
) -> None:
    """Tell everybody who manages the installation, who did it among them."""
    rows = session.execute(
        select(organizer.c.id, organizer.c.email, organizer.c.language)
        .where(organizer.c.disabled_at.is_(None))
        .order_by(organizer.c.id)
    ).all()
    rights = stored_rights.of_organizers(session, [row.id for row in rows])
    for row in rows:
        if rights[row.id].may(Permission.ORGANIZERS):
            _send_notice(session, context, notice, to=row.email, language=row.language, now=now, **values)


def _send_notice(
    session: Session,
    context: OrganizerMail,
    notice: SecurityNotice,
    *,
    to: str,
    language: str | None,
    now: datetime,
    **values: object,
) -> None:
    said = {"device": "", "who": "", "campaign": "", "officials": (), "url": "", **values}
    send(
        session,
        context,
        EmailKind.SECURITY_NOTICE,
        to=to,
        language=language,
        now=now,
        notice=notice.value,
        when=moment(now, language or SOURCE_LANGUAGE),
        **said,
    )

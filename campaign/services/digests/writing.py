"""What a digest says: its email, and the manifest that goes along with it."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from campaign.domain.addresses import masked_address
from campaign.domain.campaign_page import AskShown, CampaignPage
from campaign.domain.colour import DEFAULT_ACCENT, accent_of
from campaign.domain.digest import weight_of
from campaign.domain.office_check import new_code, shown_code, words_of
from campaign.domain.office_manifest import (
    ManifestEntry,
    ManifestKind,
    OfficeManifest,
    hash_of_whole,
    message_hash,
    new_salt,
)
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.publisher import Publisher
from campaign.domain.signing import Author
from campaign.i18n import path_prefix
from campaign.mail.render import Rendered
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.message import paragraphs, salutation_of, sender_lines
from campaign.services.outbox.enqueue import NewEmail
from campaign.store.tables import Ask, Official

_BETWEEN = "-" * 70


@dataclass(frozen=True)
class DigestText:
    """One supporter's part of a digest, as a message alone would have shown it.

    `subject` is None where it is the letter's; `reply_to` reaches this supporter and nobody else.
    """

    name: str
    lines: Sequence[str]
    subject: str | None
    words: Sequence[str]
    stressed_asks: Sequence[str]
    reply_to: str | None

    @property
    def weight(self) -> int:
        """The bytes it takes in a mail."""
        once = (self.name, self.subject or "", self.reply_to or "")
        return weight_of((*once, *self.lines, *self.words, *self.stressed_asks))


@dataclass(frozen=True)
class Digest:
    """One digest to one official in the publisher's name: its messages, and what of them its reader reads."""

    official: Official
    page: CampaignPage
    publisher: Publisher
    rows: Sequence[Row[*tuple[Any, ...]]]
    texts: Sequence[DigestText]
    part: int
    sent_on: date
    code: str = field(default_factory=new_code)
    salt: str = field(default_factory=new_salt)

    def written(self, context: MailContext, *, now: datetime) -> tuple[NewEmail, OfficeManifest]:
        """The email, and its manifest."""
        first, page = self.rows[0], self.page
        # Nobody can have written it into their own lines: where one text ends and the next begins is sure.
        between = secrets.token_hex(16)
        rendered = self._rendered(context, between)
        email = NewEmail(
            kind=EmailKind.DIGEST,
            state=OutboxState.QUEUED,
            due_at=now,
            campaign_id=page.head.id,
            official_id=self.official.id,
            to_address=first.to_address,
            to_name=first.to_name,
            from_name=self.publisher.name or None,
            language=first.language,
            subject=rendered.subject,
            text=rendered.text.replace(between, _BETWEEN),
            html=rendered.html,
        )
        return email, self._manifest(rendered.text.split(between), email.text, context.public_url)

    def preview(self, context: MailContext) -> Rendered:
        """The same words, for organizers: its code and its number are made once it is sent.

        Where each is answered is for the office alone: what organizers see of an address is masked.
        """
        texts = [
            replace(one, reply_to=masked_address(one.reply_to)) if one.reply_to else one for one in self.texts
        ]
        return replace(self, texts=texts, code="", salt="")._rendered(context, _BETWEEN)

    def _rendered(self, context: MailContext, between: str) -> Rendered:
        return rendered(
            self.page,
            self.official.id,
            self.texts,
            context=context,
            publisher=self.publisher,
            language=self.rows[0].language,
            part=self.part,
            between=between,
            code=self.code,
            salt=self.salt,
        )

    def _manifest(self, pieces: Sequence[str], text: str, public_url: str) -> OfficeManifest:
        _, *parts, end = pieces
        messages = (
            ManifestEntry(
                number=number,
                sha256=message_hash(self.salt, number, words_of(part)),
                own_words=bool(row.words),
                confirmed_on=row.released_at.date(),
            )
            for number, (row, part) in enumerate(zip(self.rows, parts, strict=True), start=1)
        )
        return OfficeManifest(
            kind=ManifestKind.DIGEST,
            issuer=public_url,
            campaign=self.page.head.slug,
            title=self.page.head.title,
            official=self.official.name,
            sent_on=self.sent_on,
            part=self.part,
            sha256=hash_of_whole(self.salt, words_of(text)),
            words_after=words_of(end).index(self.salt),
            messages=tuple(messages),
        )


def rendered(
    page: CampaignPage,
    official_id: int,
    texts: Sequence[DigestText],
    *,
    context: MailContext,
    publisher: Publisher,
    language: str,
    part: int = 1,
    between: str = _BETWEEN,
    code: str = "",
    salt: str = "",
) -> Rendered:
    """The words of the email with these texts; its code and its number stay empty until it is sent."""
    (greeted,) = (shown for shown in page.officials if shown.id == official_id)
    public_url, shades = context.public_url, accent_of(page.head.accent or DEFAULT_ACCENT).light
    return context.renderer.render(
        EmailKind.DIGEST,
        language=language,
        publisher=publisher,
        accent=shades.accent,
        accent_ink=shades.ink,
        about_url=f"{public_url}{path_prefix(language)}/about-our-mail",
        salutation=salutation_of(page, greeted),
        asks=[ask.heading for ask in page.authoritative.asks],
        campaign_title=page.head.title,
        page_url=f"{public_url}/c/{page.head.slug}",
        texts=texts,
        between=between,
        part=part,
        manifest_number=salt,
        check_code=shown_code(code) if code else "",
        check_url=f"{public_url}/check",
    )


def texts_of(
    session: Session, page: CampaignPage, rows: Sequence[Row[*tuple[Any, ...]]]
) -> Iterable[DigestText]:
    """What a digest shows of each of these messages."""
    headings = _headings(session, page, {ask_id for row in rows for ask_id in row.stressed_asks})
    letters_own = page.letter.subject or page.head.title
    for row in rows:
        author = Author(
            name=row.name,
            role=row.role,
            organization=row.organization,
            country=row.country,
            postal_code=row.postal_code,
        )
        yield DigestText(
            name=row.name,
            lines=sender_lines(author, row.language),
            subject=None if row.subject == letters_own else row.subject,
            words=paragraphs(row.words),
            stressed_asks=[headings[ask_id] for ask_id in headings if ask_id in row.stressed_asks],
            reply_to=row.reply_to,
        )


def _headings(session: Session, page: CampaignPage, ask_ids: set[int]) -> dict[int, str]:
    """The asks that supporters stressed, in the letter's order; some may be of a version since corrected."""
    current = {ask.id: ask.heading for ask in page.asks if ask.id in ask_ids}
    earlier = session.scalars(
        select(Ask).where(Ask.id.in_(ask_ids - current.keys())).order_by(Ask.letter_version_id, Ask.position)
    )
    return current | {ask.id: AskShown(ask.id, ask.position, ask.title, ask.text).heading for ask in earlier}

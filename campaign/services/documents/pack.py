"""The pack that is carried to one official: cover sheet, letter with its names, and the messages on paper."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from babel.dates import format_date
from sqlalchemy.orm import Session

from campaign.documents.as_docx import TextBlock, docx
from campaign.domain.actor import Actor
from campaign.domain.affirming import VersionSplit
from campaign.domain.campaign_page import CampaignPage, OfficialShown, SignatoryShown
from campaign.domain.office_check import words_of
from campaign.domain.office_manifest import (
    MOST_MESSAGES,
    ManifestEntry,
    ManifestKind,
    OfficeManifest,
    hash_of_whole,
    message_hash,
    new_salt,
)
from campaign.domain.pdf_documents import MOST_NAMES
from campaign.domain.prepared_files import PreparedKind
from campaign.errors import NotFoundError
from campaign.i18n import catalogue, direction, locale_of, to_translate
from campaign.mail.email import TextFile
from campaign.mail.render import Renderer
from campaign.services.audit import audit_log
from campaign.services.campaigns import name_wall, pages
from campaign.services.documents import prepared_files
from campaign.services.documents.hand_delivery import PrintedMessage, read_messages

_AT_ONCE = 500


@dataclass(frozen=True)
class PackParts:
    """What is known for a pack: the page, the names the public may read, and the messages on paper."""

    page: CampaignPage
    official: OfficialShown
    names: tuple[SignatoryShown, ...]
    messages: tuple[PrintedMessage, ...]
    salt: str = field(default_factory=new_salt)


def order(
    session: Session, slug: str, official_id: int, *, organizer_id: int, actor: Actor, now: datetime
) -> int:
    """Have a pack made; NotFoundError for another campaign's official."""
    page = pages.page(session, slug, language=pages.head(session, slug).language)
    _official(page, official_id)
    details = {"campaign": page.head.id, "official": official_id}
    audit_log.record(session, action="pack.order", actor=actor, details=details, now=now)
    return prepared_files.order(
        session,
        page.head.id,
        PreparedKind.PACK,
        {"official": official_id},
        expected=1,
        organizer_id=organizer_id,
        now=now,
    )


def parts(session: Session, slug: str, official_id: int, *, renderer: Renderer, public_url: str) -> PackParts:
    """All that goes into a pack, in the campaign's own language."""
    page = pages.page(session, slug, language=pages.head(session, slug).language)
    official = _official(page, official_id)
    groups = name_wall.on_paper(session, page.head.id, limit=MOST_NAMES)
    messages: list[PrintedMessage] = []
    after: int | None = 0
    while after is not None and len(messages) < MOST_MESSAGES:
        read = read_messages(
            session, page, official_id, after=after, limit=_AT_ONCE, renderer=renderer, public_url=public_url
        )
        messages += read.messages
        after = read.next
    return PackParts(page, official, tuple(one for group in groups for one in group.names), tuple(messages))


def manifest(pack: PackParts, *, public_url: str, now: datetime) -> OfficeManifest | None:
    """The manifest of the messages in a pack, as they are in its file; None where there are none."""
    if not pack.messages:
        return None
    printed = [_message_text(pack, number) for number in range(len(pack.messages))]
    end = words_of(_number_of_manifest(pack))
    whole = [word for text in printed for word in words_of(text)] + end
    entries = (
        ManifestEntry(
            number, message_hash(pack.salt, number, words_of(text)), one.has_own_words, one.confirmed_on
        )
        for number, (text, one) in enumerate(zip(printed, pack.messages, strict=True), start=1)
    )
    return OfficeManifest(
        kind=ManifestKind.PACK,
        issuer=public_url,
        campaign=pack.page.head.slug,
        title=pack.page.head.title,
        official=pack.official.name,
        sent_on=now.date(),
        part=1,
        sha256=hash_of_whole(pack.salt, whole),
        words_after=end.index(pack.salt),
        messages=tuple(entries),
    )


def archive(
    pack: PackParts, letter_pdf: bytes | None, *, files: Sequence[TextFile] = (), now: datetime
) -> bytes:
    """The pack as a ZIP, with the manifest and its signature as `files`."""
    language = pack.page.head.language
    is_rtl = direction(language) == "rtl"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in (
            ("1-cover.docx", _cover(pack, now)),
            ("2-letter.docx", _letter(pack)),
            ("3-messages.docx", _messages(pack)),
        ):
            paragraphs = list(text)
            if paragraphs:
                package.writestr(name, docx(paragraphs, language=language, is_rtl=is_rtl))
        if letter_pdf is not None:
            package.writestr("2-letter.pdf", letter_pdf)
        for extra in files:
            package.writestr(extra.name, extra.text)
    return file.getvalue()


def _official(page: CampaignPage, official_id: int) -> OfficialShown:
    for official in page.officials:
        if official.id == official_id:
            return official
    raise NotFoundError("There is no such official in this campaign.")


def _cover(pack: PackParts, now: datetime) -> Iterator[TextBlock]:
    head, official = pack.page.head, pack.official
    say = catalogue(head.language).gettext
    by_version = pack.page.versions or VersionSplit(0, 0)
    yield TextBlock(pack.page.letter.title or head.title, "Title")
    lines = [official.name, official.title, official.office, *official.address]
    yield TextBlock("\n".join(line for line in lines if line))
    yield TextBlock(format_date(now, "long", locale=locale_of(head.language)))
    facts = (
        (to_translate("People who signed: %(number)d"), head.people),
        (to_translate("Organizations: %(number)d"), head.organizations),
        (to_translate("Signed on paper or on another list: %(number)d"), head.shown_entered_count),
        (to_translate("Signed or affirmed this version: %(number)d"), by_version.current),
        (to_translate("Signed an earlier version, and counted for that: %(number)d"), by_version.earlier),
        (to_translate("Messages in this pack: %(number)d"), len(pack.messages)),
    )
    for sentence, number in facts:
        if number:
            yield TextBlock(say(sentence) % {"number": number})


def _letter(pack: PackParts) -> Iterator[TextBlock]:
    letter, page = pack.page.letter, pack.page
    say = catalogue(page.head.language).gettext
    yield TextBlock(letter.title or page.head.title, "Title")
    for text in (letter.subject, letter.salutation, *letter.introduction):
        if text:
            yield TextBlock(text)
    for ask in page.asks:
        yield TextBlock(f"{ask.position}. {ask.title or ''} {ask.text}".replace("  ", " ").strip())
    for text in (*letter.conclusion, letter.closing):
        if text:
            yield TextBlock(text)
    if page.initial_signatories:
        yield TextBlock(say(to_translate("Who signed first")), "Heading1")
        yield TextBlock("\n".join(map(_name, page.initial_signatories)))
    if pack.names:
        yield TextBlock(say(to_translate("Supporters")), "Heading1")
        yield TextBlock("\n".join(map(_name, pack.names)))


def _messages(pack: PackParts) -> Iterator[TextBlock]:
    for number in range(len(pack.messages)):
        heading, day, text = _message_parts(pack, number)
        yield TextBlock(heading, "Heading1", on_new_page=number > 0)
        yield TextBlock(day)
        yield TextBlock(text)
    if pack.messages:
        yield TextBlock(_number_of_manifest(pack))


def _message_parts(pack: PackParts, number: int) -> tuple[str, str, str]:
    """What stands on paper of one message: its number with its subject, the day it was written, its text."""
    message = pack.messages[number]
    day = format_date(message.written_at, "long", locale=locale_of(pack.page.head.language))
    return f"{number + 1}. {message.subject}", day, message.text


def _message_text(pack: PackParts, number: int) -> str:
    return "\n".join(_message_parts(pack, number))


def _number_of_manifest(pack: PackParts) -> str:
    sentence = to_translate(
        "The file manifest.json in this pack is a signed list of these messages, without names. Its number:"
        " %(number)s"
    )
    return catalogue(pack.page.head.language).gettext(sentence) % {"number": pack.salt}


def _name(one: SignatoryShown) -> str:
    return ", ".join(part for part in (one.name, one.title, one.organization) if part)

"""The letter and the sign-on sheet as HTML for a PDF, in one language of the interface."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache, partial
from io import BytesIO
from pathlib import Path

import segno
from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from campaign.assets import folder
from campaign.domain.campaign_page import CampaignPage, SignatoryShown, WallGroup
from campaign.domain.name_order import NameScript, WallHeading
from campaign.domain.pdf_documents import MOST_NAMES, NAMES_IN_PARAGRAPH, PdfKind
from campaign.domain.publisher import Publisher
from campaign.domain.title_breaks import lines_on_paper
from campaign.i18n import catalogue, country_name, direction, locale_of

SHEET_ROWS = 10
# Of the letter's title, in em of its type: what pdf.css leaves of a sheet of A4.
TITLE_ROOM = 17.9


@dataclass(frozen=True)
class NameParagraph:
    """Some names in a row; `heading` is None where they go on from the paragraph before."""

    heading: WallHeading | None
    begins_script: bool
    lines: tuple[str, ...]


def pdf_html(
    kind: PdfKind,
    page: CampaignPage,
    names: Sequence[WallGroup],
    *,
    publisher: Publisher,
    language: str,
    address: str,
    now: datetime,
) -> str:
    """The HTML of a PDF, which needs nothing but its style sheet.

    `names` are those the public may read, at most MOST_NAMES, as the wall of names has them.
    """
    listed = sum(len(group.names) for group in names)
    named_first = sum(one.has_signed for one in page.initial_signatories)
    values: Mapping[str, object] = {
        "page": page,
        "publisher": publisher,
        "names": list(_paragraphs(names, language)),
        "listed": listed,
        "is_cut": listed >= MOST_NAMES,
        "unnamed": max(0, page.head.shown_count - listed - named_first),
        "address": address,
        "qr": _qr(f"{address}?source=paper"),
        "day": now,
        "rows": SHEET_ROWS,
        "language": language,
    }
    return environment(language, folder("templates")).get_template(f"documents/{kind}.html").render(values)


def pdf_css() -> str:
    """The style sheet of every PDF."""
    return (folder("templates") / "documents" / "pdf.css").read_text(encoding="utf-8")


@lru_cache(maxsize=16)
def environment(language: str, templates: Path) -> Environment:
    """What draws the documents of a language."""
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    words = catalogue(language)
    environment.install_gettext_callables(  # type: ignore[attr-defined]
        words.gettext, words.ngettext, newstyle=True, pgettext=words.pgettext, npgettext=words.npgettext
    )
    environment.filters.update(
        isolated=_isolated,
        in_lines=partial(lines_on_paper, room=TITLE_ROOM),
        long_date=_long_date,
        number=lambda value: str(format_decimal(value, locale=locale_of(language))),
    )
    environment.globals.update(direction=direction)
    return environment


def _paragraphs(groups: Sequence[WallGroup], language: str) -> Iterator[NameParagraph]:
    """The names under their letters, in pieces that a PDF writer can set; of scripts, Latin needs no name."""
    script = NameScript.LATIN
    for group in groups:
        lines = [_name(one, language) for one in group.names]
        for at in range(0, len(lines), NAMES_IN_PARAGRAPH):
            heading = group.heading if at == 0 else None
            begins_script = heading is not None and heading.script is not script
            script = group.heading.script
            yield NameParagraph(heading, begins_script, tuple(lines[at : at + NAMES_IN_PARAGRAPH]))


def _name(one: SignatoryShown, language: str) -> str:
    """One supporter as the public may read them, on one line."""
    country = country_name(one.country, language) if one.country else None
    parts = [one.name, one.title, one.organization, country]
    return ", ".join(_isolated(part) for part in parts if part)


def _isolated(text: str) -> str:
    """A name that cannot change the direction of the text around it (first strong isolate, Unicode TR 9)."""
    return f"\u2068{text}\u2069"


def _long_date(day: date | datetime, language: str) -> str:
    return format_date(day, format="long", locale=locale_of(language))


def _qr(address: str) -> str:
    file = BytesIO()
    segno.make(address, error="m", micro=False).save(file, kind="svg", border=2, dark="#000")
    return f"data:image/svg+xml;base64,{b64encode(file.getvalue()).decode()}"

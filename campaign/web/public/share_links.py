"""Where a letter can be shared: plain links, each with a tag that tells organizers what brought a reader.

No script or button of another company is loaded; who follows such a link goes there of their own will.
"""

from dataclasses import dataclass
from gettext import NullTranslations
from hashlib import sha256
from urllib.parse import quote

from babel.numbers import format_decimal
from flask.blueprints import BlueprintSetupState

from campaign.documents.share_image import DESIGN, ShareImage
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.colour import DEFAULT_ACCENT, accent_of
from campaign.domain.pdf_documents import rounded_count
from campaign.hostnames import readable_host
from campaign.i18n import catalogue, direction, locale_of
from campaign.web.context import runtime
from campaign.web.languages import address_of, current_language
from campaign.web.public.blueprint import blueprint
from campaign.web.publisher import publisher

# Addresses that each company documents for links without its script.
_NETWORKS = (
    ("WhatsApp", "whatsapp", "https://wa.me/?text={text}%20{url}"),
    ("Telegram", "telegram", "https://t.me/share/url?url={url}&text={text}"),
    ("LINE", "line", "https://social-plugins.line.me/lineit/share?url={url}"),
    ("Bluesky", "bluesky", "https://bsky.app/intent/compose?text={text}%20{url}"),
    ("Facebook", "facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    ("X", "x", "https://x.com/intent/post?url={url}&text={text}"),
)
# A picture that says "2 people" persuades nobody.
FEWEST_TOLD = 20
_OG_LOCALES = {"en": "en_US", "es": "es_ES", "fr": "fr_FR", "zh-Hans": "zh_CN", "zh-Hant": "zh_TW"}


@dataclass(frozen=True)
class NetworkLink:
    """A link to another company's page for sharing."""

    name: str
    href: str


def tagged(address: str, source: str) -> str:
    """The address with a source tag, which the form carries on; an anchor stays at its end."""
    bare, mark, anchor = address.partition("#")
    return f"{bare}?source={source}{mark}{anchor}"


def network_links(address: str, text: str) -> list[NetworkLink]:
    """A link for each network, with what to say about the address."""
    return [
        NetworkLink(name, link.format(url=quote(tagged(address, source), safe=""), text=quote(text, safe="")))
        for name, source, link in _NETWORKS
    ]


def mail_link(subject: str, text: str, address: str, source: str = "mail") -> str:
    """A link that opens a mail with a subject and a few words above the address."""
    body = f"{text}\r\n\r\n{tagged(address, source)}\r\n"
    return f"mailto:?subject={quote(subject, safe='')}&body={quote(body, safe='')}"


def og_locale(language: str) -> str:
    """A language as Open Graph wants it; without a country where naming one would be a claim."""
    return _OG_LOCALES.get(language, language.partition("-")[0])


def share_image_of(page: CampaignPage) -> ShareImage:
    """What the picture of a letter shows, all of it in the letter's own language."""
    language = page.letter.language
    words = catalogue(language)
    kicker = words.gettext("A joint letter")
    who = publisher()
    if who.is_named:
        kicker = words.gettext("A joint letter published by %(name)s") % {"name": who.name}
    elif page.letter.addressees:
        kicker = words.gettext("A joint letter to %(name)s") % {"name": page.letter.addressees[0].name}
    return ShareImage(
        title_parts=page.title_parts,
        kicker=kicker,
        host=readable_host(runtime().settings.web.public_host),
        language=language,
        direction=direction(language),
        accent=accent_of(page.head.accent or DEFAULT_ACCENT).light.accent,
        counts=_counts(page, words),
    )


def _counts(page: CampaignPage, words: NullTranslations) -> tuple[tuple[str, str], ...]:
    """Who signed, people in round numbers: not every new name makes a new picture."""
    head, locale = page.head, locale_of(page.letter.language)
    counts = []
    if head.organizations:
        noun = words.npgettext("after a number", "organization", "organizations", head.organizations)
        counts.append((format_decimal(head.organizations, locale=locale), noun))
    if head.people >= FEWEST_TOLD:
        rounded = rounded_count(head.people, digits=2)
        noun = words.npgettext("after a number", "person", "people", rounded)
        more = "+" if rounded < head.people else ""
        counts.append((f"{format_decimal(rounded, locale=locale)}{more}", noun))
    return tuple(counts)


def tag_of(image: ShareImage) -> str:
    """A name for the picture by what it shows."""
    return sha256(f"{DESIGN} {image!r}".encode()).hexdigest()[:16]


def share_image_address(page: CampaignPage) -> str:
    """Where the picture is; another picture has another address, so that nobody shows the old one."""
    return address_of(
        "share_image",
        slug=page.head.slug,
        language=current_language(),
        v=tag_of(share_image_of(page)),
    )


@blueprint.record
def _tell_templates(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(
        tagged=tagged, network_links=network_links, mail_link=mail_link, og_locale=og_locale
    )

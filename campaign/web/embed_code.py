"""The HTML by which other sites show a letter's form."""

from html import escape

from campaign.domain.campaign_page import CampaignPage
from campaign.web.context import runtime
from campaign.web.jinja import translated
from campaign.web.languages import address_of
from campaign.web.static import EMBED_SCRIPT

# What the frame needs without the script that sizes it: the form with its optional parts closed.
HEIGHT = 860


def frame_code(
    page: CampaignPage, *, language: str | None = None, width: int | str = "100%", height: int = HEIGHT
) -> str:
    """The HTML by which a site shows the form; it needs no script."""
    title = translated("Sign the letter: %(title)s", title=page.letter.title or page.head.title)
    address = address_of("embed", language=language, slug=page.head.slug)
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="{width}" height="{height}"'
        ' frameborder="0" loading="lazy"></iframe>'
    )


def script_code() -> str:
    """The HTML that lets the frame grow with the form; what it loads is on this site."""
    address = f"{runtime().settings.web.public_url}/static/{EMBED_SCRIPT}"
    return f'<script async src="{escape(address)}"></script>'

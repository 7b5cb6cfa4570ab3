"""What emails of quiet campaigns say: whoever sees one learns that this site sent something, and no more."""

from dataclasses import replace

from campaign.domain.outbox import EmailKind
from campaign.mail.render import Rendered
from campaign.services.compose.mail_context import MailContext


def quiet_words(context: MailContext, kind: EmailKind, *, language: str, code: str = "") -> Rendered:
    """What takes the place of all words of an email: a code, or that there is something.

    The code is not in its subject, which a locked phone shows. It has no link, not even one to unsubscribe,
    since the page behind it would say from what.
    """
    rendered = context.renderer.render(
        "quiet_code" if code else "quiet_note",
        language=language,
        address=code_address(context.public_url),
        code=code,
        is_done=kind is EmailKind.THANKS,
    )
    return replace(rendered, is_quiet=True)


def code_address(public_url: str) -> str:
    """The address of the page for codes, as one types it."""
    return f"{public_url.partition('://')[2]}/code"

"""Emails that say the same to several people: alike but for the recipient and the salutation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from campaign.mail.email import Email


@dataclass(frozen=True)
class SharedBody:
    """What the emails of a batch share; tokens stand where each has a salutation of its own.

    The HTML has a token apart, as the salutation is escaped there.
    """

    text: str
    html: str
    text_token: str
    html_token: str


def batches(emails: Iterable[Email], *, at_most: int) -> list[list[Email]]:
    """The emails in batches of at most `at_most`, alike but for recipient and salutation, in their order."""
    by_content: dict[object, list[list[Email]]] = {}
    order: list[list[Email]] = []
    for email in emails:
        text, html = _without_salutation(email)
        headers = (email.kind, email.from_name, email.reply_to, email.subject, email.unsubscribe_url)
        key = (*headers, email.files, text, html)
        same = by_content.setdefault(key, [])
        if not same or len(same[-1]) >= at_most or _has_recipient(same[-1], email.to_address):
            same.append([])
            order.append(same[-1])
        same[-1].append(email)
    return order


def shared_body(emails: Sequence[Email]) -> SharedBody:
    """The bodies of a batch as one; the tokens hold an id, so that nobody's words contain them by chance.

    Neither is a part of the other: each is replaced wherever it stands.
    """
    name = emails[0].public_id
    text_token, html_token = f"-salutation-in-text-{name}-", f"-salutation-in-html-{name}-"
    text, html = _without_salutation(emails[0])
    return SharedBody(f"{text_token}{text}", html.replace(_PLACE, html_token, 1), text_token, html_token)


def salutation(email: Email) -> str:
    """The first paragraph of an email."""
    return email.text.partition("\n\n")[0]


def salutation_in_html(email: Email) -> str:
    """The same as `mail.render.in_paragraphs` writes it."""
    return escape(salutation(email), quote=False).replace("\n", "<br>\n")


# No HTML holds a NUL: nothing else is taken for the place of the salutation.
_PLACE = "\0"


def _without_salutation(email: Email) -> tuple[str, str]:
    start = salutation(email)
    return email.text[len(start) :], email.html.replace(salutation_in_html(email), _PLACE, 1)


def _has_recipient(batch: Iterable[Email], address: str) -> bool:
    return any(email.to_address.lower() == address.lower() for email in batch)

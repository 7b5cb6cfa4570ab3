"""Emails that say the same to several people: alike but for the recipient and the salutation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from campaign.mail.email import Email


@dataclass(frozen=True)
class Common:
    """What emails of a group share; tokens stand where each has a salutation of its own.

    The HTML has a token apart, as the salutation is escaped there.
    """

    text: str
    html: str
    text_token: str
    html_token: str


def alike(emails: Iterable[Email], *, most: int) -> list[list[Email]]:
    """The emails in groups of at most `most` that differ in recipient and salutation only, in their order."""
    groups: dict[object, list[list[Email]]] = {}
    order: list[list[Email]] = []
    for email in emails:
        text, html = _without_salutation(email)
        key = (email.kind, email.from_name, email.reply_to, email.subject, email.unsubscribe_url, text, html)
        found = groups.setdefault(key, [])
        if not found or len(found[-1]) >= most or _writes_to(found[-1], email.to_address):
            found.append([])
            order.append(found[-1])
        found[-1].append(email)
    return order


def common(emails: Sequence[Email]) -> Common:
    """The bodies of a group as one; the tokens hold an id, so that nobody's words contain them by chance.

    Neither is a part of the other: each is replaced wherever it stands.
    """
    name = emails[0].public_id
    text_token, html_token = f"-salutation-in-text-{name}-", f"-salutation-in-html-{name}-"
    text, html = _without_salutation(emails[0])
    return Common(f"{text_token}{text}", html.replace(_PLACE, html_token, 1), text_token, html_token)


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


def _writes_to(group: Iterable[Email], address: str) -> bool:
    return any(email.to_address.lower() == address.lower() for email in group)

"""Emails whose copies differ in a few places alone: rendered once, and filled in for each reader."""

import re
import secrets
from collections.abc import Hashable, Mapping
from functools import lru_cache
from html import escape

from campaign.domain.outbox import EmailKind
from campaign.domain.tokens import TokenPurpose
from campaign.mail.render import Rendered
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.supporter_email import render_for_supporter

# What marks a place is chosen anew by each process, so that no text can hold one.
_MARK = secrets.token_hex(12)
_PLACE = re.compile(rf"{_MARK}-(\w+)-")


def place(name: str) -> str:
    """What marks the place of one of the `places` in a text that goes into an email as it is."""
    return f"{_MARK}-{name}-"


def filled(
    context: MailContext,
    kind: EmailKind,
    links: Mapping[TokenPurpose, str],
    places: Mapping[str, str],
    **values: Hashable,
) -> Rendered:
    """An email to a supporter; `places` and the links' tokens are its own, `values` those of many.

    In its HTML what stands in the places is escaped.
    """
    pattern = _pattern(context, kind, tuple(links), tuple(places), tuple(values.items()))
    own = {**{str(purpose): token for purpose, token in links.items()}, **places}
    escaped = {name: escape(value) for name, value in own.items()}
    return Rendered(
        pattern.subject,
        _PLACE.sub(lambda place: own[place[1]], pattern.text),
        _PLACE.sub(lambda place: escaped[place[1]], pattern.html) if pattern.html is not None else None,
    )


@lru_cache(maxsize=512)
def _pattern(
    context: MailContext,
    kind: EmailKind,
    purposes: tuple[TokenPurpose, ...],
    places: tuple[str, ...],
    values: tuple[tuple[str, Hashable], ...],
) -> Rendered:
    return render_for_supporter(
        context,
        kind,
        {purpose: place(purpose) for purpose in purposes},
        **{**{name: place(name) for name in places}, **dict(values)},  # type: ignore[arg-type]
    )

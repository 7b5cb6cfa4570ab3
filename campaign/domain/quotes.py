"""Quoting what somebody wrote: only with their word, under no more of their name than they say."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from campaign.domain.names import initials
from campaign.domain.signature import Visibility
from campaign.errors import RefusedError

# On a letter's page.
MOST_QUOTED = 12


class QuoteState(StrEnum):
    """How far the asking has come. Whoever said no, or took their yes back, is not asked again."""

    PROPOSED = "proposed"  # waits for a second person; they have not been asked
    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"


class QuoteNaming(StrEnum):
    """Under which name somebody may be quoted."""

    NAME = "name"
    INITIALS = "initials"  # with their country, where they gave it
    UNNAMED = "unnamed"


@dataclass(frozen=True)
class QuoteShown:
    """Somebody's own words as a page shows them; `name` is all that may be told of who wrote them."""

    words: str
    language: str
    name: str | None
    country: str | None


# How a signature is shown is how far a quote may name its writer.
_AT_MOST: Mapping[Visibility, tuple[QuoteNaming, ...]] = {
    Visibility.PUBLIC: (QuoteNaming.NAME, QuoteNaming.INITIALS, QuoteNaming.UNNAMED),
    Visibility.INITIALS: (QuoteNaming.INITIALS, QuoteNaming.UNNAMED),
    Visibility.HIDDEN: (QuoteNaming.UNNAMED,),
    Visibility.SEALED: (),
}


def namings(visibility: Visibility) -> tuple[QuoteNaming, ...]:
    """What somebody may choose from; whose name is not shown can only be quoted without one."""
    return _AT_MOST[visibility]


def naming_now(chosen: QuoteNaming, visibility: Visibility) -> QuoteNaming:
    """What holds of a choice: whoever shows less of their name since is named no further."""
    allowed = namings(visibility)
    return chosen if chosen in allowed else next(iter(allowed), QuoteNaming.UNNAMED)


def quote_shown(
    words: str, language: str, chosen: QuoteNaming, *, visibility: Visibility, name: str, country: str | None
) -> QuoteShown:
    """Words under as much of a name as their writer said, and no more than their signature shows."""
    match naming_now(chosen, visibility):
        case QuoteNaming.NAME:
            return QuoteShown(words, language, name, None)
        case QuoteNaming.INITIALS:
            return QuoteShown(words, language, initials(name), country)
        case _:
            return QuoteShown(words, language, None, None)


def read_consent(typed: str) -> QuoteNaming | None:
    """How somebody may be quoted, None for not at all; RefusedError for no answer."""
    if typed == "no":
        return None
    if typed not in list(QuoteNaming):
        raise RefusedError("Choose one of the answers.")
    return QuoteNaming(typed)

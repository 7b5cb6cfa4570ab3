"""What organizers write down about an official, as a form or a command has it."""

from campaign.domain.names import clean_line
from campaign.domain.signing import LONGEST_MESSAGE
from campaign.errors import RefusedError

LONGEST_SALUTATION = 200
# Less leaves no room for a sentence.
SHORTEST_LIMIT = 100


def read_salutation(text: str) -> str | None:
    """How an official is greeted, or None from nothing: as usual; RefusedError when it is too long."""
    salutation = clean_line(text) or None
    if salutation and len(salutation) > LONGEST_SALUTATION:
        raise RefusedError("A salutation can have at most %(most)d characters.", most=LONGEST_SALUTATION)
    return salutation


def read_longest_message(text: str) -> int | None:
    """The most characters of a message to one official, or None from nothing, which is as usual."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 6:
        raise RefusedError("The longest message must be a whole number of characters.")
    if not SHORTEST_LIMIT <= int(text) <= LONGEST_MESSAGE:
        raise RefusedError(
            "The longest message must be between %(least)d and %(most)d characters.",
            least=SHORTEST_LIMIT,
            most=LONGEST_MESSAGE,
        )
    return int(text)

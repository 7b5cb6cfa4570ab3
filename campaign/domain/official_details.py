"""What organizers write down about an official, as a form or a command has it."""

from datetime import date

from campaign.domain.names import clean_line
from campaign.domain.official import Channel, OfficialRole
from campaign.domain.signing import LONGEST_MESSAGE
from campaign.errors import RefusedError

LONGEST_SALUTATION = 200
LONGEST_LINE = 200
MOST_ADDRESS_LINES = 10
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


def read_official_name(text: str) -> str:
    """An official's name; RefusedError when there is none, or far more than one."""
    name = clean_line(text)
    if not name:
        raise RefusedError("Enter the official’s name.")
    return _short(name)


def is_same_official(name: str, other: str, title: str) -> bool:
    """Whether two names are one person's, where one of them may begin with words of the person's title."""
    short, long = sorted((name.casefold().split(), other.casefold().split()), key=len)
    before = long[: len(long) - len(short)]
    return bool(short) and long[len(before) :] == short and set(before) <= set(title.casefold().split())


def read_official_line(text: str) -> str | None:
    """A title, an office or a district's name, or None from nothing; RefusedError when it is too long."""
    return _short(clean_line(text)) or None


def read_address_block(text: str) -> list[str]:
    """A postal address as it stands on an envelope, a line each; RefusedError when it is far longer."""
    lines = [_short(line) for line in map(clean_line, text.splitlines()) if line]
    if len(lines) > MOST_ADDRESS_LINES:
        raise RefusedError("A postal address can have at most %(most)d lines.", most=MOST_ADDRESS_LINES)
    return lines


def read_official_role(text: str) -> OfficialRole:
    """Whether the letter is written to them; RefusedError for anything else."""
    try:
        return OfficialRole(text or OfficialRole.COPIED)
    except ValueError:
        raise RefusedError("Choose whether the letter is written to them or copied to them.") from None


def read_channel(text: str) -> Channel | None:
    """How messages reach them, or None from nothing, which is by email; RefusedError for anything else."""
    try:
        return Channel(text) if text else None
    except ValueError:
        raise RefusedError("Choose how messages reach this official.") from None


def check_channel(channel: Channel | None, web_form: str | None) -> None:
    """RefusedError when messages should go into a web form and nobody knows where it is."""
    if channel is Channel.WEB_FORM and not web_form:
        raise RefusedError("Enter the address of the office’s web form.")


def read_review_on(text: str) -> date | None:
    """The day on which somebody should look at this again, or None from nothing."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise RefusedError("Enter the day as year, month and day: 2026-03-31.") from None


def read_position(text: str) -> int | None:
    """A place in the list, or None from nothing: at its end."""
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 4:
        raise RefusedError("The order is a whole number: 1 comes first.")
    return int(text)


def _short(line: str) -> str:
    if len(line) > LONGEST_LINE:
        raise RefusedError("Write at most %(most)d characters here.", most=LONGEST_LINE)
    return line

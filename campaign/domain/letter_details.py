"""What is typed for the parts of a letter, and for those who signed it first."""

from datetime import date

from campaign.domain.letter import LetterAsk, Signatory, SignatoryKind
from campaign.domain.names import LONGEST_NAME, clean_label, clean_line, clean_text
from campaign.errors import RefusedError

LONGEST_LINE = 300
# Of the introduction, the conclusion, or one ask.
LONGEST_TEXT = 20_000
MOST_ASKS = 100


def read_letter_line(text: str) -> str | None:
    """A part that is one line, such as the title; None for nothing."""
    line = clean_line(text)
    if len(line) > LONGEST_LINE:
        raise RefusedError("This can have at most %(most)d characters.", most=LONGEST_LINE)
    return line or None


def read_paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text, which empty lines part."""
    cleaned = clean_text(text)
    if len(cleaned) > LONGEST_TEXT:
        raise RefusedError("This can have at most %(most)d characters.", most=LONGEST_TEXT)
    blocks = (clean_line(block) for block in _blocks(cleaned))
    return tuple(block for block in blocks if block)


def read_letter_date(text: str) -> date | None:
    """A day, or None from nothing."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise RefusedError("Enter a date like 2026-05-31, or leave it empty.") from None


def read_ask(title: str, text: str) -> LetterAsk:
    """One ask; with a title alone, that is its text. RefusedError when there is neither."""
    heading, paragraphs = read_letter_line(title), read_paragraphs(text)
    if not heading and not paragraphs:
        raise RefusedError("Write the ask, or remove it.")
    if not paragraphs:
        return LetterAsk(heading or "")
    return LetterAsk("\n\n".join(paragraphs), heading)


def split_text(text: str) -> tuple[str, str]:
    """What is before the first empty line of an ask, and what after it; RefusedError without one."""
    first, *rest = (block for block in _blocks(clean_text(text)) if block.strip())
    if not rest:
        raise RefusedError("Leave an empty line where the new ask begins, then split it.")
    return first, "\n\n".join(rest)


def read_signatory_line(text: str) -> str | None:
    """A name, a title or an organization of who signed first; None for nothing."""
    label = clean_label(text)
    if len(label) > LONGEST_NAME:
        raise RefusedError("This can have at most %(most)d characters.", most=LONGEST_NAME)
    return label or None


def read_signatory_kind(text: str) -> SignatoryKind:
    """Whether it is an organization or a person."""
    try:
        return SignatoryKind(text)
    except ValueError:
        raise RefusedError("Choose whether this is an organization or a person.") from None


def check_signatory(signatory: Signatory) -> None:
    """RefusedError where the name is missing that the kind needs."""
    if signatory.kind is SignatoryKind.ORGANIZATION and not signatory.organization:
        raise RefusedError("Enter the organization’s name.")
    if signatory.kind is SignatoryKind.PERSON and not signatory.name:
        raise RefusedError("Enter the person’s name.")


def _blocks(text: str) -> list[str]:
    blocks: list[list[str]] = [[]]
    for line in text.split("\n"):
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return ["\n".join(block) for block in blocks]

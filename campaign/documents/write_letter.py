"""Writes a letter's record as plain text that reads back to the same record."""

from itertools import groupby

from campaign.domain.letter import Addressee, Copied, Letter, LetterAsk, Signatory, SignatoryKind


def as_text(letter: Letter) -> str:
    """The whole letter as text with labels and headings, ending in a line break; warnings are not written.

    `read_letter` gives the same letter back, save that an ask without a title may come back with its first
    sentence as one, and titles and offices are told apart anew where only one of them is there.
    """
    blocks = [
        letter.title,
        f"Published: {letter.page_on.isoformat()}" if letter.page_on else None,
        f"Date: {letter.dated_on.isoformat()}" if letter.dated_on else None,
        *map(_addressee, letter.addressees),
        f"Subject: {letter.subject}" if letter.subject else None,
        letter.salutation,
        *letter.introduction,
        *(_ask(number, ask) for number, ask in enumerate(letter.asks, start=1)),
        *letter.conclusion,
        letter.closing,
        *_signatories(letter.signatories),
        "\n".join(["Cc:", *map(_copied, letter.copied)]) if letter.copied else None,
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _addressee(addressee: Addressee) -> str:
    lines = [f"To: {addressee.name}", addressee.title, *addressee.address]
    return "\n".join(line for line in lines if line)


def _ask(number: int, ask: LetterAsk) -> str:
    """The ask with its title on a line of its own and every further paragraph set in below it."""
    paragraphs = [ask.title, *ask.text.split("\n\n")]
    first, *rest = [paragraph for paragraph in paragraphs if paragraph] or [""]
    return "\n\n".join([f"{number}. {first}", *(f"    {paragraph}" for paragraph in rest)])


def _signatories(signatories: tuple[Signatory, ...]) -> list[str]:
    """One list for each run of organizations or people, so that the order stays."""
    headings = {SignatoryKind.ORGANIZATION: "Organizations:", SignatoryKind.PERSON: "Individuals:"}
    return [
        "\n".join([headings[kind], *map(_signatory, run)])
        for kind, run in groupby(signatories, key=lambda signatory: signatory.kind)
    ]


def _signatory(signatory: Signatory) -> str:
    return _row(signatory.name, signatory.title, signatory.organization)


def _copied(copied: Copied) -> str:
    return _row(copied.name, copied.title, copied.office)


def _row(name: str | None, title: str | None, body: str | None) -> str:
    if name and title and not body:
        return f"{name}, {title}"
    return " | ".join(part for part in (name, title, body) if part)

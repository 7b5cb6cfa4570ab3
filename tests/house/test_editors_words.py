"""What people read is written as CONTRIBUTING's list of words asks: the slips that are easily told."""

import re

from scripts import catalogues

# Each with what is said instead.
SLIPS = {
    r"\b[Mm]ails?\b(?! (server|provider))": "email",
    r"\bany more\b(?! (email|of))": "no longer, anymore",
    r"\b(counts?|shows?|gets?) no more\b": "no longer",
    r"\bpersonal data are\b": "personal data is",
    r"\bby (itself|themselves)\b": "automatically",
    r"\b[Gg]o on sending\b": "resume sending",
    r"\b(from then on|until now)\b": "see the list",
    r"(?<!\w )\b[Ss]eldom\b": "not often",
    r"\b(stands|stand) (in|under|there)\b": "appears",
    r"\b(have|has|had) left\b": "has been sent",
    r"\bcalled back\b": "recalled",
    r"\b(signed|this address) already\b": "already before the verb",
    r"\b[Ii]s no (picture|CSV|postal)\b": "is not a",
    r"\bhas to lie\b": "must be",
    r"\bCAMPAIGN_[A-Z]": "no setting's name",
    r"(?<!time )(?<!\()\bUTC\b": "Greenwich time (UTC)",
}


def test_pages_and_emails_say_what_a_native_editor_would() -> None:
    slips = [
        f"{words!r}: {better}"
        for message in catalogues.extracted()
        if message.id
        for words in (message.id if isinstance(message.id, tuple | list) else (message.id,))
        for slip, better in SLIPS.items()
        if re.search(slip, words)
    ]
    assert not slips, "\n".join(slips)

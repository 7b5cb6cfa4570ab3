"""What organizers may add to the mails that the program writes: plain words, and no way to lead astray.

The mail that asks to confirm goes to whoever's address a stranger typed: it names nobody, and leads nowhere
but to its own button. Whoever is thanked has pressed that button.
"""

from campaign.domain.names import clean_text
from campaign.domain.outbox import EmailKind
from campaign.domain.updates import NAME_PLACE
from campaign.domain.web_addresses import reads_as_web_address
from campaign.errors import RefusedError

LONGEST_WORDS = {EmailKind.CONFIRMATION: 400, EmailKind.THANKS: 1_500}
# A dot or a colon could go on as another site's name or port: they may only end a sentence.
_AFTER_SITE = ("/", "?", "#")


def read_own_words(text: str, *, kind: EmailKind, public_url: str) -> str:
    """The words as they are kept; nothing is nothing added. RefusedError for what the mail may not hold."""
    words = clean_text(text)
    most = LONGEST_WORDS[kind]
    if len(words) > most:
        raise RefusedError("These words can have at most %(most)d characters.", most=most)
    if kind is EmailKind.THANKS:
        left = words.replace(NAME_PLACE, "")
        if "{{" in left or "}}" in left:
            raise RefusedError("Only {{name}} is filled in. Write it exactly like that, or leave it out.")
        if any(reads_as_web_address(word) for word in left.split() if not _is_of_site(word, public_url)):
            raise RefusedError("This email can only link to pages of this site: %(site)s", site=public_url)
        return words
    if "{{" in words or "}}" in words:
        raise RefusedError(
            "Nothing is filled in here: this email names nobody, because anyone can have it sent."
        )
    if any(map(reads_as_web_address, words.split())):
        raise RefusedError("This email can’t hold a web or email address beside its own button.")
    return words


def paragraphs_of(words: str) -> tuple[str, ...]:
    """The words as paragraphs, each on lines as they were typed."""
    return tuple(part.strip() for part in words.split("\n\n") if part.strip())


def _is_of_site(word: str, public_url: str) -> bool:
    address = word.strip("(„“”«»\"'.,;:!)")
    rest = address.removeprefix(public_url)
    return address.startswith(public_url) and (not rest or rest.startswith(_AFTER_SITE))

"""Compares an email of many messages with its manifest: `python verify_digest.py manifest.json digest.txt`.

Needs nothing but Python, and no network. `digest.txt` is the email's text, or the saved email itself (.eml).
That the manifest is genuine is for `ssh-keygen -Y verify` to say, before this.

`python verify_digest.py manifest.json digest.txt 3 > message.txt` takes message 3 out, to show it to somebody
together with the manifest: what it was compared with then, by the same program, tells nothing of the others.
"""

import hashlib
import json
import re
import sys
import unicodedata
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

# Letters, digits, and signs that say something: not bullets, rules and marks of quotation.
SAYS = re.compile(
    r"[^\W_]|[$\u00a2-\u00a5\u00ac\u00b0\u00b1\u00d7\u00f7\u0363-\u036f\u2de0-\u2dff\u202a-\u202e"
    r"\u2066-\u2069\u20a0-\u20cf\u2100-\u2211\u2213-\u2216\u221a-\u22c4\u22c6-\u24ff\u2600-\u2bff"
    r"\u3200-\u33ff\ufe69\uff04\uffe0\uffe1\uffe5\uffe6\U0001f000-\U0001faff]"
)


def is_email(data: bytes) -> bool:
    """Whether it begins as a saved email does."""
    return re.match(rb"(From |[A-Za-z][A-Za-z0-9-]{0,60}:[ \t])", data) is not None


def text_of(data: bytes) -> str:
    """The plain text of a saved email, or a text as it is."""
    if is_email(data):
        mail = message_from_bytes(data, policy=default)
        body = mail.get_body(("plain",)) if isinstance(mail, EmailMessage) else None
        if body is not None:
            return str(body.get_content())
    return data.decode("utf-8-sig", "replace")


def words_of(text: str) -> list[str]:
    """The words in their order, without the marks of quotations and bullets."""
    text = re.sub(r"^[>\s]+", "", unicodedata.normalize("NFC", text), flags=re.MULTILINE)
    return [word for word in text.split() if SAYS.search(word)]


def hash_of(number: str, words: list[str]) -> str:
    """The hash of some words, as the manifest has it."""
    return hashlib.sha256(f"{number}\n{' '.join(words)}".encode(errors="replace")).hexdigest()


def number_of(manifest: dict, number: str, place: int) -> str:
    """The number of one message, by that of the email; in manifests of the first format they are the same."""
    if manifest["format"] == "campaign-manifest-1":
        return number
    return hashlib.sha256(f"{number}\n{place}".encode()).hexdigest()[:32]


def unchanged(manifest: dict, words: list[str]) -> tuple[bool, dict[int, str]]:
    """Whether the words are those that were sent, and the messages that are, as they are shown alone."""
    best: tuple[bool, dict[int, str]] = (False, shown_alone(manifest, words) if words else {})
    for end, number in enumerate(words):
        if re.fullmatch("[0-9a-f]{32}", number):
            whole = hash_of(number, words[: end + 1]) == manifest["sha256"]
            found = found_in(manifest, words, number, end)
            best = max(best, (whole, found), key=lambda one: (one[0], len(one[1])))
    return best


def found_in(manifest: dict, words: list[str], number: str, end: int) -> dict[int, str]:
    """The messages whose words stand somewhere before the number, each with its own."""
    last = end - manifest["words_after"]
    begins = [at for at in range(end) if re.fullmatch(r"[1-9][0-9]{0,4}\.", words[at])]
    found = {}
    for message in manifest["messages"]:
        place = message["number"]
        key = number_of(manifest, number, place)
        own = [at for at in begins if words[at] == f"{place}."]
        pairs = ((start, stop) for start in own for stop in (*begins, last) if stop > start)
        for start, stop in pairs:
            if hash_of(key, words[start:stop]) == message["sha256"]:
                found[place] = f"{' '.join(words[start:stop])}\n\n{key}"
                break
    return found


def shown_alone(manifest: dict, words: list[str]) -> dict[int, str]:
    """A single message with its own number below, and nothing else."""
    for message in manifest["messages"]:
        if words[0] == f"{message['number']}." and hash_of(words[-1], words[:-1]) == message["sha256"]:
            return {message["number"]: f"{' '.join(words[:-1])}\n\n{words[-1]}"}
    return {}


def report(manifest: dict, words: list[str]) -> tuple[bool, list[str]]:
    """What is unchanged, in lines; and whether all that was handed in is."""
    whole, found = unchanged(manifest, words)
    alone = not whole and bool(words and shown_alone(manifest, words))
    lines = [f"{manifest['official']}, {manifest['sent_on']}, {manifest['campaign']}: {manifest['title']}"]
    for message in manifest["messages"]:
        missing = "not in this text" if alone else "CHANGED OR MISSING"
        state = "unchanged" if message["number"] in found else missing
        lines.append(f"{message['number']}: {state}, confirmed on {message['confirmed_on']}")
    if alone:
        return True, [*lines, "One message was handed in, and it is unchanged."]
    return whole, [*lines, "The whole text is unchanged." if whole else "THE TEXT IS NOT WHAT WAS SENT."]


def taken_out(manifest: dict, words: list[str], place: int) -> tuple[bool, str]:
    """One message with its own number, to be shown to somebody with the manifest."""
    if manifest["format"] == "campaign-manifest-1":
        return False, "This manifest has one number for all messages: none can be shown alone."
    _, found = unchanged(manifest, words)
    return place in found, found.get(place, f"Message {place} was changed, or is missing.")


def main(manifest_file: str, text_file: str, place: str = "") -> tuple[int, str]:
    """What to print, and 0 if all is well."""
    manifest = json.loads(Path(manifest_file).read_text(encoding="utf-8"))
    data = Path(text_file).read_bytes()
    words = words_of(text_of(data))
    if place:
        is_good, said = taken_out(manifest, words, int(place))
        return (0 if is_good else 1), said
    is_good, lines = report(manifest, words)
    if is_email(data):
        lines.append("Only the plain text was compared. What your mail program shows may be another part.")
    return (0 if is_good else 1), "\n".join(lines)


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4) or not all(map(str.isdigit, sys.argv[3:])):
        sys.exit("Usage: python verify_digest.py manifest.json digest.txt [number of a message]")
    status, said = main(*sys.argv[1:])
    print(said)  # noqa: T201
    sys.exit(status)

"""Compares an email of many messages with its manifest: `python verify_digest.py manifest.json digest.txt`.

Needs nothing but Python, and no network. `digest.txt` is the email's text, or the saved email itself (.eml).
That the manifest is genuine is for `ssh-keygen -Y verify` to say, before this.
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
    return [word for word in text.split() if any(map(str.isalnum, word))]


def hash_of(number: str, words: list[str]) -> str:
    """The hash of some words, as the manifest has it."""
    return hashlib.sha256(f"{number}\n{' '.join(words)}".encode(errors="replace")).hexdigest()


def unchanged(manifest: dict, text: str) -> tuple[bool, list[int]]:
    """Whether the text is the one that was sent, and the numbers of the messages that are."""
    words = words_of(text)
    best: tuple[bool, list[int]] = (False, [])
    for end, number in enumerate(words):
        if re.fullmatch("[0-9a-f]{32}", number):
            whole = hash_of(number, words[: end + 1]) == manifest["sha256"]
            found = found_in(manifest, words, number, end)
            best = max(best, (whole, found), key=lambda one: (one[0], len(one[1])))
    return best


def found_in(manifest: dict, words: list[str], number: str, end: int) -> list[int]:
    """The messages whose words stand somewhere before the number."""
    last = end - manifest["words_after"]
    begins = [at for at in range(end) if re.fullmatch(r"[1-9][0-9]{0,4}\.", words[at])]
    found = []
    for message in manifest["messages"]:
        own = [at for at in begins if words[at] == f"{message['number']}."]
        pairs = ((start, stop) for start in own for stop in (*begins, last) if stop > start)
        if any(hash_of(number, words[start:stop]) == message["sha256"] for start, stop in pairs):
            found.append(message["number"])
    return found


def main(manifest_file: str, text_file: str) -> tuple[int, str]:
    """What is unchanged, in lines; 0 if everything is."""
    manifest = json.loads(Path(manifest_file).read_text(encoding="utf-8"))
    data = Path(text_file).read_bytes()
    whole, found = unchanged(manifest, text_of(data))
    lines = [f"{manifest['official']}, {manifest['sent_on']}, {manifest['campaign']}: {manifest['title']}"]
    for message in manifest["messages"]:
        state = "unchanged" if message["number"] in found else "CHANGED OR MISSING"
        lines.append(f"{message['number']}: {state}, confirmed on {message['confirmed_on']}")
    lines.append("The whole text is unchanged." if whole else "THE TEXT IS NOT WHAT WAS SENT.")
    if is_email(data):
        lines.append("Only the plain text was compared. What your mail program shows may be another part.")
    return (0 if whole else 1), "\n".join(lines)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Usage: python verify_digest.py manifest.json digest.txt")
    status, said = main(*sys.argv[1:])
    print(said)  # noqa: T201
    sys.exit(status)

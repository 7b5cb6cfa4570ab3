"""What witnesses sign of a count's log: with a key and a program that they have already.

The text is the body of a checkpoint as transparency logs write it (C2SP, tlog-checkpoint): where the log is,
its size, its root.
"""

import base64
from urllib.parse import urlsplit

from campaign.domain.names import clean_line
from campaign.domain.ssh_signatures import SshSignature, signature_in
from campaign.errors import RefusedError

NAMESPACE = "count-log"
LONGEST_NAME = 100


def origin_of(public_url: str, slug: str) -> str:
    """The name of a log among all logs there are: its page's address without what comes before the host."""
    parts = urlsplit(public_url)
    return f"{parts.netloc}{parts.path.rstrip('/')}/c/{slug}"


def checkpoint(origin: str, size: int, root: bytes) -> bytes:
    """What a witness signs: three lines, each with its end."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n".encode()


def read_witness_name(text: str) -> str:
    """Who signs, as the page names them; RefusedError for nothing and for what is too long."""
    name = clean_line(text)
    if not name:
        raise RefusedError("Enter the name of the organization.")
    if len(name) > LONGEST_NAME:
        raise RefusedError("An entry can have at most %(most)d characters.", most=LONGEST_NAME)
    return name


def read_signature(text: str) -> SshSignature:
    """What `ssh-keygen -Y sign` wrote; RefusedError for anything else, and for another namespace."""
    try:
        return signature_in(text, NAMESPACE)
    except ValueError:
        raise RefusedError(
            "This is no signature by an Ed25519 key. Make one with: ssh-keygen -Y sign -n count-log"
        ) from None

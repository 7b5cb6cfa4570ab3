"""What witnesses sign, and what OpenSSH's own program makes of it."""

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from campaign.domain.ssh_signatures import armored, key_fingerprint, key_line, read_public_key
from campaign.domain.witnesses import checkpoint, origin_of, read_signature, read_witness_name
from campaign.errors import RefusedError

# Made by `ssh-keygen -t ed25519` and `ssh-keygen -Y sign -n count-log`, of OpenSSH 9.2.
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEBin+ub3Fe3IvKJRgMgDAKlQN9KW0/vrHzPtK/mPaCR partner\n"
TEXT = checkpoint("letters.example/c/save-the-river", 5, bytes(32))
SIGNATURE = """\
-----BEGIN SSH SIGNATURE-----
U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAgQGKf65vcV7ci8olGAyAMAqVA30
pbT++sfM+0r+Y9oJEAAAAJY291bnQtbG9nAAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1l
ZDI1NTE5AAAAQDZ01ujV/rysveOO1mwnTMbGT87wjBPus0HVahqntEMpHxJf3wWJdJ2bzs
4D5keHAYnIqsfV4pxag/ixjlJwkAM=
-----END SSH SIGNATURE-----
"""


def test_a_signature_of_openssh_s_program_is_read_verified_and_written_as_it_was() -> None:
    key, given = read_public_key(KEY), read_signature(SIGNATURE)
    assert given.public_key == key
    Ed25519PublicKey.from_public_bytes(key).verify(given.signature, given.signed(TEXT))
    for other in (TEXT + b"\n", checkpoint("letters.example/c/save-the-river", 6, bytes(32))):
        with pytest.raises(InvalidSignature):
            Ed25519PublicKey.from_public_bytes(key).verify(given.signature, given.signed(other))
    assert armored(given) == SIGNATURE
    assert key_line(key) == KEY.rsplit(" ", 1)[0]
    assert key_fingerprint(key) == "SHA256:Sd9dGCQsa1tpX3nwSvMXFNC6yVUpBK18tHNz8d7EFXw"


def test_the_text_is_the_body_of_a_checkpoint() -> None:
    assert origin_of("https://letters.example", "a") == "letters.example/c/a"
    assert origin_of("https://example.org:8443/letters/", "a") == "example.org:8443/letters/c/a"
    assert TEXT.decode().splitlines() == [
        "letters.example/c/save-the-river",
        "5",
        base64.b64encode(bytes(32)).decode(),
    ]
    assert TEXT.endswith(b"\n")


def test_what_is_no_key_no_signature_or_no_name_is_refused_in_a_sentence() -> None:
    body = "".join(SIGNATURE.splitlines()[1:-1])
    blob = base64.b64decode(body)
    other = [
        blob.replace(b"count-log", b"git-login"),
        blob.replace(b"sha512", b"sha999"),
        blob[:-1],
        blob + b"\0",
        b"",
    ]
    frame = SIGNATURE.splitlines()
    framed = ["\n".join([frame[0], base64.b64encode(one).decode(), frame[-1]]) for one in other]
    for text in (*framed, "", body, "é" * 30, SIGNATURE * 9, "\n".join([frame[0], "=", frame[-1]])):
        with pytest.raises(RefusedError, match="no signature by an Ed25519 key"):
            read_signature(text)
    for text in (
        "",
        "ssh-ed25519",
        "ssh-rsa AAAA",
        "ssh-ed25519 AAAA",
        f"{KEY[:60]}",
        "ssh-ed25519 é",
        KEY * 90,
    ):
        with pytest.raises(RefusedError, match="no public key"):
            read_public_key(text)
    for text in (" ", "n" * 101):
        with pytest.raises(RefusedError):
            read_witness_name(text)


P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def added(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """The sum of two points of the curve that Ed25519 is over."""
    (x1, y1), (x2, y2) = one, other
    both = D * x1 * x2 * y1 * y2 % P
    return (
        (x1 * y2 + x2 * y1) * pow(1 + both, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - both, -1, P) % P,
    )


def point_of(y: int) -> tuple[int, int]:
    """A point with this second coordinate, either of the two."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    assert (x * x - square) % P == 0
    return x, y


def small_order_keys() -> list[bytes]:
    """Every key that is eight times nothing: the eight points, in all their spellings."""
    eighth = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
    point, places = point_of(eighth), set()
    sum_ = point
    for _ in range(8):
        places.add(sum_[1])
        sum_ = added(sum_, point)
    assert sum_ == point, "of order eight"
    spelled = places | {place + P for place in places if place + P < 2**255}
    return [(place | sign << 255).to_bytes(32, "little") for place in spelled for sign in (0, 1)]


@pytest.mark.parametrize("key", small_order_keys())
def test_a_key_of_small_order_under_which_anybody_could_sign_is_refused(key: bytes) -> None:
    with pytest.raises(RefusedError, match="Anybody could sign with this key"):
        read_public_key(key_line(key))


def test_no_key_that_a_program_makes_is_taken_for_such_a_one() -> None:
    for _ in range(50):
        key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
        assert read_public_key(key_line(key)) == key

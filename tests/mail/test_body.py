"""Which words of a mail are its writer's, however the mail is built: nothing a person wrote is lost."""

import base64
from contextlib import suppress
from zlib import crc32

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.domain.replies import Wordless, why_wordless
from campaign.errors import RefusedError
from campaign.mail.inbound.body import MailBody, read_body
from tests.waiting import little_work

PLAIN = "Content-Type: text/plain; charset=utf-8"
HTML = "Content-Type: text/html; charset=utf-8"
FILE = "Content-Type: application/pdf\nContent-Disposition: attachment; filename=plan.pdf\n\n%PDF"
CALENDAR = "Content-Type: text/calendar\n\nBEGIN:VCALENDAR"
SIGNATURE = "Content-Type: application/pkcs7-signature; name=smime.p7s\n\nAAAA"
STATUS = "Content-Type: message/delivery-status\n\nAction: failed"
A_MAIL = "Content-Type: message/rfc822\n\n"
WORDS = "We will read the gauges at the weir from May on, every week, and publish what they say."
PAGE = f"<p>{WORDS}</p>"


def several(kind: str, *parts: str) -> str:
    """A multipart; each part is its headers and its content."""
    mark = f"b{crc32(repr((kind, parts)).encode())}"
    inside = "".join(f"--{mark}\n{part}\n" for part in parts)
    return f"Content-Type: multipart/{kind}; boundary={mark}\n\n{inside}--{mark}--\n"


def read(mail: str) -> MailBody:
    return read_body(mail.encode())


UNDER = f"{HTML}\n\n<p>Mara</p>"
WITH_NAME = f"{WORDS}\n\nMara"
BOTH = f"{WORDS}\n\nA list's note."
NOTE = f"{PLAIN}\n\nA list's note."
ONE_HTML = f"{HTML}\n\n{PAGE}"
ONE_PLAIN = f"{PLAIN}\n\n{WORDS}"
STUB = f"{PLAIN}\n\nYour program cannot show this mail."


@pytest.mark.parametrize(
    ("mail", "text", "files"),
    [
        (f'{PLAIN}; name="message.txt"\n\n{WORDS}', WORDS, []),
        (f"{PLAIN}\nContent-Disposition: attachment; filename=answer.txt\n\n{WORDS}", WORDS, []),
        (several("mixed", ONE_HTML, f"{PLAIN}\n\nA gateway's note."), f"{WORDS}\n\nA gateway's note.", []),
        (several("mixed", ONE_PLAIN, FILE, NOTE), BOTH, ["plan.pdf"]),
        (several("mixed", ONE_HTML, FILE, UNDER), WITH_NAME, ["plan.pdf"]),
        (several("mixed", ONE_PLAIN, ONE_HTML), WORDS, []),
        (several("alternative", STUB, ONE_HTML), WORDS, []),
        (several("alternative", f"{PLAIN}\n\n", ONE_HTML), WORDS, []),
        (several("alternative", ONE_PLAIN, f"{HTML}\n\n<p><img src=x></p>"), WORDS, []),
        (several("alternative", ONE_PLAIN, f"{HTML}\n\n<p>Mara</p>"), WITH_NAME, []),
        (several("alternative", f"{STUB} Open it in a browser that shows HTML.", f"{HTML}\n\n好"), "好", []),
        (several("alternative", f"{PLAIN}\n\nWe will read", ONE_HTML), WORDS, []),
        (several("alternative", STUB, ONE_HTML, CALENDAR), WORDS, ["text/calendar"]),
        (several("alternative", STUB, several("related", ONE_HTML, FILE)), WORDS, ["plan.pdf"]),
        (several("alternative", STUB, several("mixed", ONE_HTML, FILE, UNDER)), WITH_NAME, ["plan.pdf"]),
        (several("alternative", ONE_PLAIN, "Content-Type: text/x-amp-html\n\n<b>x", ONE_HTML), WORDS, []),
        (several("signed", several("mixed", ONE_PLAIN, FILE), SIGNATURE), WORDS, ["plan.pdf"]),
        (several("signed", ONE_PLAIN, "Content-Type: application/pgp-signature\n\nx"), WORDS, []),
        (several("mixed", several("signed", ONE_PLAIN, SIGNATURE), NOTE), BOTH, []),
        (several("report", ONE_PLAIN, STATUS), WORDS, ["message/delivery-status"]),
        (several("unheard-of", ONE_PLAIN), WORDS, []),
        (f"Content-Type: multipart/mixed\n\n{WORDS}", WORDS, []),
        (f"Content-Type: text/enriched\n\n<bold>{WORDS}</bold> 1 << 2", f"{WORDS} 1 < 2", []),
        (several("mixed", f"{PLAIN}\n\n", A_MAIL + f"Subject: Answer\n{ONE_PLAIN}"), WORDS, ["Answer"]),
        (several("mixed", ONE_PLAIN, A_MAIL + "Subject: =?utf-8?q?=C3=BC?="), WORDS, ["ü"]),
        (several("mixed", f"{PLAIN}\n\n", FILE), "", ["plan.pdf"]),
    ],
)  # fmt: skip
def test_the_words_follow_how_the_mail_is_built(mail: str, text: str, files: list[str]) -> None:
    body = read(mail)
    assert body.text.strip() == text
    assert [one.name or one.kind for one in body.attachments] == files


def test_a_page_is_read_by_the_charset_it_names_itself_where_the_mail_names_none() -> None:
    page = "<meta charset=windows-1251><p>Вода".encode("cp1251")
    assert read_body(b"Content-Type: text/html\n\n" + page).text == "Вода"


def test_a_files_name_is_read_in_any_charset_but_by_no_other_codec() -> None:
    for name, shown in (
        ("utf-8''%C3%BC.pdf", "ü.pdf"),
        ("x-sjis''%88%E4.pdf", "井.pdf"),
        ("punycode''a-b", "a-b"),
    ):
        [file] = read(
            f"Content-Type: application/pdf\nContent-Disposition: attachment; filename*={name}\n\nx"
        ).attachments
        assert file.name == shown


@pytest.fixture(scope="module")
def signed(certificate) -> bytes:  # type: ignore[no-untyped-def]
    """A mail whose content is inside its signature."""
    shown, key = (path.read_bytes() for path in certificate)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(f"{several('mixed', ONE_PLAIN, FILE)}".encode())
    private = serialization.load_pem_private_key(key, None)
    builder = builder.add_signer(x509.load_pem_x509_certificate(shown), private, hashes.SHA256())  # type: ignore[arg-type]
    return builder.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])


def wrapped(content: bytes, kind: str = "application/pkcs7-mime") -> bytes:
    head = f"Content-Type: {kind}; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n"
    return head.encode() + base64.encodebytes(content)


def in_pieces(signed: bytes) -> bytes:
    """The same as programs write it that do not know its length beforehand: without any, a string in two."""
    inner = f"{several('mixed', ONE_PLAIN, FILE)}".encode()
    octets = b"".join(
        bytes([4, 0x82]) + len(part).to_bytes(2, "big") + part for part in (inner[:9], inner[9:])
    )
    kinds = [bytes.fromhex(f"06092a864886f70d0107{last}") for last in ("02", "01")]
    return (
        b"\x30\x80" + kinds[0] + b"\xa0\x80\x30\x80\x02\x01\x01\x31\x80" + kinds[1] + b"\0\0"
        + b"\x30\x80" + kinds[1] + b"\xa0\x80\x24\x80" + octets + b"\0\0" * 6
    )  # fmt: skip


def test_mail_inside_its_signature_is_unwrapped_and_what_is_encrypted_is_said_to_be(signed: bytes) -> None:
    for mail in (wrapped(signed), wrapped(signed, "application/octet-stream"), wrapped(in_pieces(signed))):
        body = read_body(mail)
        assert body.text.strip() == WORDS
        assert [one.name for one in body.attachments] == ["plan.pdf"]
    encrypted = signed.replace(bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d010703"), 1)
    armour = several("encrypted", "Content-Type: application/pgp-encrypted\n\nVersion: 1", FILE)
    for mail in (wrapped(encrypted), armour.encode()):
        body = read_body(mail)
        assert why_wordless(body.text, [one.kind for one in body.attachments]) is Wordless.ENCRYPTED
    for end in range(0, len(signed), 97):
        read_body(wrapped(signed[:end]))


@pytest.mark.parametrize("charset", ["punycode", '"a\0b"', "idna", "unicode_escape"])
def test_a_body_is_never_decoded_by_a_codec_that_is_no_charset(charset: str) -> None:
    head = f"Content-Type: text/plain; charset={charset}\n\n".encode()
    with little_work(2):
        assert read_body(head + b"caf\xe9 a-b").text == "café a-b"
        read_body(head + b"\xe9" + b"a" * 1_000_000 + b"-b")


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.sampled_from([ONE_PLAIN, ONE_HTML, FILE, STUB, SIGNATURE, CALENDAR]),
        lambda inner: st.builds(
            lambda kind, parts: several(kind, *parts),
            st.sampled_from(["mixed", "alternative", "related", "signed", "report", "digest", "encrypted"]),
            st.lists(inner, max_size=4),
        ),
        max_leaves=8,
    ),
    st.integers(0, 2000),
    st.binary(max_size=30),
)
def test_no_mail_however_broken_does_more_than_be_refused(mail: str, at: int, noise: bytes) -> None:
    data = mail.encode()
    with suppress(RefusedError):
        read_body(data[:at] + noise + data[at:])


@pytest.mark.slow
def test_hostile_mail_is_read_in_linear_time() -> None:
    nested = b"".join(b"Content-Type: multipart/x; boundary=%d\n\n--%d\n" % (at, at) for at in range(40))
    one = b"--b\nContent-Type: text/plain" + b";" * 16_000 + b"\n\nx\n"
    with little_work(8):
        for mail in (
            nested + b"\n" + b"x\n" * 400_000,
            b"Content-Type: multipart/mixed; boundary=b\n\n" + one * 200,
            b"Content-Type: text/plain; charset=punycode\n\n" + b"a" * 4_000_000,
            b"Content-Type: text/enriched\n\n" + b"<param>" * 500_000,
            b"Content-Type: multipart/alternative; boundary=b\n\n"
            + (b"--b\n\n" + b"word " * 8000 + b"\n") * 200,
        ):
            with suppress(RefusedError):
                read_body(mail)

import pytest

from campaign.domain.addresses import address_hash, canonical_address, clean_address, masked_address
from campaign.errors import RefusedError


@pytest.mark.parametrize(
    ("one", "another"),
    [
        ("Rana@Mail.example", "rana@mail.example"),
        ("rana+letters@mail.example", "rana@mail.example"),
        ("r.a.n.a@gmail.com", "rana@googlemail.com"),
        ("rana-idris@pm.me", "ranaidris@protonmail.com"),
        ("rana@me.com", "rana@icloud.com"),
    ],
)
def test_two_spellings_of_one_mailbox_are_one_person(one: str, another: str) -> None:
    assert canonical_address(one) == canonical_address(another)
    assert address_hash(b"key", one) == address_hash(b"key", another)


@pytest.mark.parametrize(
    ("one", "another"),
    [("r.ana@mail.example", "rana@mail.example"), ("rana@mail.example", "rana@post.example")],
)
def test_two_mailboxes_stay_two_people(one: str, another: str) -> None:
    assert canonical_address(one) != canonical_address(another)


def test_another_installation_hashes_the_same_address_differently() -> None:
    assert address_hash(b"one key", "rana@mail.example") != address_hash(b"another", "rana@mail.example")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rana",
        "rana@",
        "@mail.example",
        "rana@mail",
        "rana@@mail.example",
        "ra na@mail.example",
        "rana@mail..example",
        "rana@-mail.example",
        "rana@127.0.0.1",
        ".rana@mail.example",
        "rana@mail.example\nBcc: all@mail.example",
        "r" * 65 + "@mail.example",
        "rana@" + "m" * 250 + ".example",
        "rana\x00@mail.example",
        "rana@mail\ud800.example",
    ],
)
def test_what_nobody_can_be_written_to_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="Enter an email address"):
        clean_address(text)


def test_an_address_in_another_script_is_written_as_mail_servers_know_it() -> None:
    assert clean_address(" rana@bücher.example ") == "rana@xn--bcher-kva.example"


@pytest.mark.parametrize("domain", ["straße.example", "STRASSE。example", "faß.example"])
def test_a_domain_is_the_one_that_browsers_and_mail_servers_go_to(domain: str) -> None:
    known = {
        "straße.example": "xn--strae-oqa.example",
        "STRASSE。example": "strasse.example",
        "faß.example": "xn--fa-hia.example",
    }
    assert clean_address(f"rana@{domain}") == f"rana@{known[domain]}"


@pytest.mark.parametrize(
    "around", ["\u200b", "\ufeff", "\u00a0", "\u200e", "\u2060", "\u202a", "\u00ad", " \t\u200d"]
)
def test_what_is_invisible_around_an_address_is_dropped(around: str) -> None:
    assert clean_address(f"{around}rana@mail.example{around}") == "rana@mail.example"


def test_a_masked_address_shows_its_first_letter_and_its_domain() -> None:
    assert masked_address("rana@mail.example") == "r…@mail.example"


@pytest.mark.parametrize(
    ("domain", "wire"),
    [
        ("βόλος.example", "xn--nxasmm1c.example"),
        ("βόλοσ.example", "xn--nxasmq6b.example"),
        ("نامه\u200cای.example", "xn--mgba3gch31f060k.example"),
        ("नी\u200dली.example", None),
        ("xn--strae-oqa.example", "xn--strae-oqa.example"),
        ("Bücher。Example.", "xn--bcher-kva.example"),
        ("a\u200cb.example", None),
        ("☕.example", None),
        ("bücher_1.example", None),
    ],
)
def test_no_sign_of_a_domain_is_dropped_or_turned_into_another(domain: str, wire: str | None) -> None:
    if wire is None:
        with pytest.raises(RefusedError):
            clean_address(f"rana@{domain}")
    else:
        assert clean_address(f"rana@{domain}") == f"rana@{wire}"


@pytest.mark.parametrize("address", ["jörg@mail.example", "用户@例子.example", "ра́на@mail.example"])
def test_letters_before_the_at_that_mail_servers_lose_are_refused_with_what_to_do(address: str) -> None:
    with pytest.raises(RefusedError, match="unaccented Latin letters"):
        clean_address(address)

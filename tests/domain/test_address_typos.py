import pytest

from campaign.domain.address_typos import COMMON_DOMAINS, probably_meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("rana@gmial.com", "rana@gmail.com"),
        ("rana@gmai.com", "rana@gmail.com"),
        ("rana@gmaill.com", "rana@gmail.com"),
        ("rana@gnail.com", "rana@gmail.com"),
        ("rana@gmail.co", "rana@gmail.com"),
        ("rana@gmail.con", "rana@gmail.com"),
        ("rana@hotmial.com", "rana@hotmail.com"),
        ("rana@yaho.com", "rana@yahoo.com"),
        ("rana@outlok.com", "rana@outlook.com"),
        ("rana@protonmial.com", "rana@protonmail.com"),
        ("rana@rivers.con", "rana@rivers.com"),
        ("li@162.com", "li@163.com"),
    ],
)
def test_a_slip_in_a_common_domain_is_asked_about(typed: str, meant: str) -> None:
    assert probably_meant(typed) == meant


@pytest.mark.parametrize(
    "address",
    [
        *(f"rana@{domain}" for domain in COMMON_DOMAINS),
        *("rana@mail.example", "rana@gmx.at", "rana@ymail.com", "rana@university.edu", "rana@live.fr"),
        *("rana@ya.ru", "rana@189.cn", "rana@hey.com", "rana@uyghur.org", "rana@tibet.net"),
    ],
)
def test_an_address_that_is_right_is_not_doubted(address: str) -> None:
    assert probably_meant(address) is None

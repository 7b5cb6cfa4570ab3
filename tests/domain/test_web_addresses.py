import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.domain.web_addresses import reads_as_web_address


@pytest.mark.parametrize(
    "text",
    [
        "buy pills.com",
        "Free money at evil.co.uk/win",
        "http://x.example",
        "hxyz://whatever",
        "www.pills",
        "Rana (evil.ru)",
        "@handle.social",
        "rana@mail.org",
        "evil。com",
        "evil．com",
        "evil｡com",
        "evil․com",
        "evil·com",
        "ｅｖｉｌ．ｃｏｍ",
        "EVIL.COM",
        "Evil.Com.",
        "X.com",
        "T.me",
        "t.co",
        "T.co/abc.de",
        "сайт.рф",
        "恶意网站.中国",
        "bücher.de",
        "xn--bcher-kva.xn--p1ai",
        "github.io",
        "evil-site.Kim",
        "10.0.0.1",
        "abgeordnetenwatch.de",
    ],
)
def test_what_a_mail_program_would_make_a_link_of_reads_as_a_web_address(text: str) -> None:
    assert reads_as_web_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Smith",
        "St. John",
        "St.John",
        "J.R.R. Tolkien",
        "J.R.R.Tolkien",
        "A.Kim",
        "J.P.Li",
        "Dr.Li",
        "Prof.Kim",
        "Mr.Wang",
        "Ph.D.",
        "Yahoo! Inc.",
        "Foo Co.,Ltd.",
        "Foo Co.Ltd.",
        "Acme S.A.de C.V.",
        "ver.di",
        "Node.js",
        "Bürgerinitiative e.V.",
        "U.S.A.",
        "Rana...",
        "Rana Idris. Teacher",
        "阿不都热合曼·艾山",
        "Gal·la Marcel·la",
        "Greenpeace·香港",
        "डॉ.भारत",
        "И.Рус",
        "No 10 Downing St.",
        "3.14",
    ],
)
def test_a_name_with_full_stops_is_a_name(text: str) -> None:
    assert not reads_as_web_address(text)


@given(
    st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789"), min_size=2, max_size=20),
    st.sampled_from(["com", "org", "de", "ru", "co.uk", "中国", "рф", "xn--p1ai", "app"]),
    st.sampled_from(list(".。．｡․")),
    st.sampled_from(["", "Rana ", "(", "see:", "@"]),
    st.sampled_from(["", "/x", ".", ")", " now", "?a=b", ":8000"]),
)
def test_a_host_is_found_wherever_it_stands_and_whatever_its_dots_are(
    label: str, ending: str, dot: str, before: str, after: str
) -> None:
    assert reads_as_web_address(f"{before}{label}.{ending}{after}".replace(".", dot))


@pytest.mark.slow
@given(st.lists(st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=1), min_size=1))
def test_words_of_letters_alone_are_never_one(words: list[str]) -> None:
    assert not reads_as_web_address(" ".join(words))
    assert not reads_as_web_address(". ".join(words))

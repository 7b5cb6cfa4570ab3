"""How pages set plain texts: lists that hang, hashes in groups, sentences side by side."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from markupsafe import Markup

from campaign.web.jinja import hanging, in_groups

TEMPLATES = Path(__file__).parents[2] / "templates"
# A sentence that ends, perhaps a branch that does, a space or a line's end, and the next sentence.
JOINED = re.compile(r"[.?!]\s*\{% endtrans %\}(?:\{% endif %\})*(?: |\n)(?:\{% if [^%]*%\})?\{% trans")


def without_tags(markup: Markup) -> str:
    return re.sub("<[^>]+>", "", markup)


def test_each_line_of_a_list_can_hang_and_no_sign_of_the_text_is_another() -> None:
    text = "Dear Minister,\n\n  - Publish & explain.\n  - Stop.\n\n10. Then this\n-- \nA. 1 - 2\n-no list"
    markup = hanging(text)
    assert Markup(without_tags(markup)).unescape() == text
    assert re.findall('<span class="hang">(.*?)\n?</span>', markup) == [
        "  - Publish &amp; explain.",
        "  - Stop.",
        "10. Then this",
    ]
    assert "<b>" not in hanging("- <b>x</b>")


@pytest.mark.parametrize(
    ("code", "groups"),
    [
        ("0123456789abcdef" * 2, ["01234567", "89abcdef"] * 2),
        ("SHA256:kXpks3152llZWQuIfkg", ["SHA256:", "kXpks315", "2llZWQuIfkg"]),
        ("short", ["short"]),
        ("", []),
    ],
)
def test_a_hash_is_in_groups_and_copied_whole(code: str, groups: list[str]) -> None:
    markup = in_groups(code)
    assert without_tags(markup) == code
    assert re.findall("<span>(.*?)</span>", markup) == groups


def test_what_has_words_keeps_them() -> None:
    assert in_groups("drawn <by> the lottery") == "drawn &lt;by&gt; the lottery"


def public_templates() -> Iterator[Path]:
    for folder in ("public", "components", "layouts", "errors"):
        yield from sorted((TEMPLATES / folder).glob("*.html"))


def test_sentences_side_by_side_are_joined_as_their_language_joins_them() -> None:
    """In Chinese nothing stands between them: `between_sentences` knows."""
    offences = [
        f"{path.name}: {found[0]}"
        for path in public_templates()
        for found in JOINED.finditer(path.read_text())
    ]
    assert offences == []

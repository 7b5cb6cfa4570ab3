"""Addresses for sharing, as plain functions."""

from campaign.web.public.share_links import og_locale, tagged


def test_a_tag_stands_before_the_anchor_and_locales_have_their_country() -> None:
    assert tagged("https://x.example/c/a#ask-2", "mail") == "https://x.example/c/a?source=mail#ask-2"
    expected = {"zh-Hant": "zh_TW", "zh-Hans": "zh_CN", "ug": "ug", "bo": "bo", "fr": "fr_FR"}
    assert {code: og_locale(code) for code in expected} == expected

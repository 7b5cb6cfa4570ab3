"""The supporter's way in Uyghur and in Chinese: every page, link and mail in the language they chose."""

from collections.abc import Callable

import pytest
from flask import Flask

from campaign.runtime import Runtime
from campaign.web import create_app
from tests import make
from tests.browsing import Browser, Page
from tests.conftest import Clock
from tests.journeys.test_supporter import Post, body, links

PAGE = f"/c/{make.SLUG}"
WORDS = {
    "ug": {
        "slug": "ug",
        "dir": "rtl",
        "name": "ئايگۈل ھاشىم",
        "problem": "مەسىلە كۆرۈلدى",
        "inbox": "يەنە بىر قەدەم: خەت ساندۇقىڭىزغا قاراڭ",
        "hello": "ياخشىمۇسىز، ئايگۈل ھاشىم،",
        "button": "ئىمزايىڭىزنى جەزملەڭ",
        "thanks": "رەھمەت، ئايگۈل ھاشىم",
        "mine": "ئىمزايىڭىز",
        "gone": "قايتۇرۇۋېلىندى",
    },
    "zh-Hant": {
        "slug": "zh-hant",
        "dir": "ltr",
        "name": "林美玉",
        "problem": "出現問題",
        "inbox": "還差一步：請查看您的收件匣",
        "hello": "林美玉，您好：",
        "button": "確認您的簽署",
        "thanks": "謝謝您，林美玉",
        "mine": "您的簽署",
        "gone": "已撤回",
    },
}


@pytest.fixture
def app(make_runtime: Callable[..., Runtime], clock: Clock) -> Flask:
    runtime = make_runtime(official_rate=0)
    make.campaign(runtime, now=clock())
    for language in WORDS:
        make.translate(runtime, language, now=clock())
    app = create_app(runtime, clock=clock)
    app.testing = True
    return app


@pytest.mark.first_rows(1)
@pytest.mark.parametrize("language", WORDS)
def test_from_the_letter_to_the_end_in_one_language(app: Flask, clock: Clock, language: str) -> None:
    words = WORDS[language]
    post = Post(app.extensions["campaign"], clock)
    browser = Browser(app, language="de")  # nothing but the address says what they chose

    def speaks(page: Page) -> Page:
        assert (page.tree.get("lang"), page.tree.get("dir")) == (language, words["dir"]), page.path
        elsewhere = [
            href
            for href in page.links(r"127\.0\.0\.1:8000/")
            if f":8000/{words['slug']}/" not in href
            and not page.tree.xpath("//a[@href=$h]/@hreflang", h=href)
        ]
        assert [href for href in elsewhere if "/outbox" not in href and "#" not in href] == []
        return page

    letter = speaks(browser.get(f"/{words['slug']}{PAGE}"))
    assert words["problem"] in speaks(browser.send(letter, "/sign", name="", email="")).text
    filled = {
        "name": words["name"],
        "email": "aygul@mail.example",
        "officials": letter.tree.xpath("//input[@name='officials']/@value")[:1],
        "asks": letter.tree.xpath("//input[@name='asks']/@value")[1:2],
    }
    previewed = speaks(browser.send(letter, "/sign", button="/preview", **filled))
    assert "- Stop the works." in previewed.text
    (gist,) = previewed.tree.xpath("//details[contains(@class, 'explained')]//*[@class='message-text']")
    assert f"- {make.TRANSLATED[language].asks[1].title}" in gist.text_content()
    assert words["name"] in gist.text_content()
    assert not previewed.tree.xpath("//article[contains(@class, 'message')]/header")
    wordy = browser.send(letter, "/sign", button="/preview", **filled, message="My well is dry since June.")
    (gist,) = wordy.tree.xpath("//details[contains(@class, 'explained')]//*[@class='message-text']")
    assert "My well is dry since June." in gist.text_content()
    told = speaks(browser.send(previewed, "/sign"))
    assert words["inbox"] in told.text

    (mail,) = post.to("aygul@mail.example")
    assert make.TRANSLATED[language].title.replace("{{signatory_count}}", "3") in body(mail)
    assert words["name"] not in body(mail)  # a stranger may have typed it
    asked = speaks(browser.get(links(mail, "confirm")[0]))
    assert words["button"] in asked.title
    done = speaks(browser.send(asked))
    assert words["thanks"] in done.text

    thanks = post.to("aygul@mail.example")[-1]
    assert body(thanks).startswith(words["hello"])
    assert f"/{words['slug']}{PAGE}" in body(thanks)
    (sent,) = post.to("minister@waters.example")
    assert "Dear Minister Lindqvist," in body(sent)
    own = speaks(browser.get(links(thanks, "manage")[0]))
    assert words["mine"] in own.title
    sure = speaks(browser.get(links(thanks, "withdraw")[0]))
    assert words["gone"] in speaks(browser.send(sure)).title

"""Translations on the desk: uploaded, compared, reviewed, published; and the desk's own language."""

from collections.abc import Callable
from io import BytesIO

import pytest

from campaign.documents.write_letter import as_text
from campaign.domain.letter import LetterAsk
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from tests import make
from tests.browsing import ORIGIN, Browser, Page
from tests.conftest import Clock
from tests.web.test_progress import reword

LogIn = Callable[[Role], Browser]
HERE = f"/organizer/campaigns/{make.SLUG}/translations"


def upload(browser: Browser, *, language: str, letter: str) -> Page:
    """Fill the form for a version; `Browser.send` sends no files."""
    page = browser.get(HERE)
    data = {
        "csrf_token": page.form("/translations").fields["csrf_token"],
        "language": language,
        "letter": (BytesIO(letter.encode()), "letter.txt"),
    }
    answer = browser.client.post(HERE, data=data, base_url=ORIGIN, headers={"Origin": ORIGIN})
    if answer.status_code == 303:
        return browser.get(answer.headers["Location"])
    return Page(answer, ORIGIN + HERE)


def test_a_translation_is_uploaded_compared_reviewed_and_published(
    logged_in: LogIn, runtime: Runtime
) -> None:
    browser = logged_in(Role.EDITOR)
    page = upload(browser, language="ug", letter=as_text(make.TRANSLATED["ug"]))
    assert page.path == f"{HERE}/ug"
    assert "Saved. Compare it with the original" in page.text
    cells = page.tree.xpath("//tr[th='2']/td")
    assert [(cell.get("lang"), cell.get("dir")) for cell in cells] == [("en", "ltr"), ("ug", "rtl")]
    assert cells[1].text_content().startswith("ئىشنى توختىتىڭ.")
    page = browser.send(page, "/ug", button="reviewed")
    assert make.page(runtime, language="ug").letter.language == "en"
    page = browser.send(page, "/ug", button="published")
    assert "people read the letter in it" in page.text
    assert make.page(runtime, language="ug").letter.language == "ug"
    listed = browser.get(HERE)
    assert "Uyghur Published 1" in listed.text
    assert "No native reader has checked our own words in this language yet." in listed.text
    page = browser.send(page, "/ug", button="reviewed")
    assert make.page(runtime, language="ug").letter.language == "en"


def test_what_does_not_match_is_told_in_a_sentence_and_the_choice_stays(logged_in: LogIn) -> None:
    browser = logged_in(Role.EDITOR)
    page = upload(browser, language="zh-Hant", letter=as_text(make.TRANSLATED["ug"]).replace("\n3. ", "\n"))
    assert page.status == 422
    assert "in this letter, 3 in the original." in page.text
    assert page.tree.xpath("//select/option[@selected]/@value") == ["zh-Hant"]
    nothing = upload(browser, language="ug", letter="")
    assert "Choose a file with the letter." in nothing.tree.xpath("string(//*[@id='error-letter'])")
    assert browser.get(f"{HERE}/en").status == 404


def test_a_translation_can_be_pasted_and_what_was_pasted_stays_until_it_is_right(
    logged_in: LogIn, runtime: Runtime
) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.get(HERE)
    text = as_text(make.TRANSLATED["ug"])
    too_few = text.replace("\n3. ", "\n")
    for pasted, wrong in (
        (too_few, "in this letter, 3 in the original."),
        (" ", "Paste the letter, or choose"),
    ):
        refused = browser.send(page, "/translations", language="ug", pasted=pasted)
        assert refused.status == 422
        assert wrong in refused.tree.xpath("string(//*[@id='error-pasted'])")
        assert refused.form("/translations").fields["pasted"].strip() == pasted.strip()
        assert refused.form("/translations").fields["language"] == "ug"
    stored = browser.send(refused, "/translations", language="ug", pasted=text.replace("\n", "\r\n"))
    assert stored.path == f"{HERE}/ug"
    browser.send(browser.send(stored, "/ug", button="reviewed"), "/ug", button="published")
    assert [ask.text for ask in make.page(runtime, language="ug").asks] == [
        ask.text for ask in make.TRANSLATED["ug"].asks
    ]


def test_a_viewer_sees_the_translations_and_changes_none(logged_in: LogIn) -> None:
    page = logged_in(Role.VIEWER).get(HERE)
    assert "Missing" in page.text
    assert not page.tree.xpath("//input[@type='file']")


@pytest.mark.both_databases
def test_the_desk_speaks_the_browser_s_language_until_an_organizer_chooses(logged_in: LogIn) -> None:
    browser = logged_in(Role.VIEWER)
    assert browser.get("/organizer/", **{"Accept-Language": "fr"}).tree.get("lang") == "fr"
    page = browser.get("/organizer/account")
    browser.send(page, "/account/language", language="ug")
    chosen = browser.get("/organizer/", **{"Accept-Language": "fr"})
    assert (chosen.tree.get("lang"), chosen.tree.get("dir")) == ("ug", "rtl")
    assert browser.send(browser.get("/organizer/account"), "/account/language", language="tlh").status == 422
    browser.send(browser.get("/organizer/account"), "/account/language", language="")
    assert browser.get("/organizer/").tree.get("lang") == "en"


def test_words_in_the_public_log_are_withheld_at_a_press(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    reword(runtime, clock, LetterAsk("Pay Ilham Niyaz, who lost her well."))
    browser = logged_in(Role.EDITOR)
    page = browser.get(f"/organizer/campaigns/{make.SLUG}/progress")
    assert "Ilham Niyaz" in page.text
    page = browser.send(page, "/progress/withhold")
    assert "The words are deleted from the public log." in page.text
    assert "Ilham Niyaz" not in page.text
    assert "The words are withheld." in browser.get(f"/c/{make.SLUG}/changes").text

"""The pack that is carried to an office: made by the worker, and opened by a word processor."""

import io
import zipfile
from collections.abc import Callable

import docx
import pytest
from flask import Flask

from campaign.documents.as_docx import TextBlock
from campaign.documents.as_docx import docx as written
from campaign.domain.roles import Role
from campaign.domain.signature import Visibility
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.worker import files
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock

HERE = f"/organizer/campaigns/{make.SLUG}"
LogIn = Callable[[Role], Browser]


def words(data: bytes) -> str:
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)


@pytest.mark.slow
def test_a_pack_holds_cover_letter_and_the_messages_to_that_official_and_no_hidden_name(
    app: Flask, logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    page = make.page(runtime)
    by_hand, by_email = page.officials[2], page.officials[0]
    for name, official, visibility in (
        ("Lin Ostrow", by_hand, Visibility.PUBLIC),
        ("Omar Vell", by_email, Visibility.HIDDEN),
    ):
        make.sign_and_confirm(
            runtime,
            page,
            now=clock(),
            name=name,
            email=f"{name[:3]}@mail.example",
            visibility=visibility,
            officials=(official.id,),
            words=f"{name} would like the weir to go.",
        )
    browser = logged_in(Role.OWNER)
    before = browser.get(f"{HERE}/officials/{by_hand.id}/pack")
    assert "One confirmed message to print." in before.text
    ordered = browser.send(before, "/pack")
    assert "Being made" in ordered.text
    assert "Messages 1" not in ordered.text
    with runtime.database.reading() as session:
        assert audit_log.entries(session)[0].action == "pack.order"
    assert files.make_all(runtime, clock=clock) == 1
    page_again = browser.get(f"{HERE}/officials/{by_hand.id}/pack")
    assert page_again.tree.xpath("//dt[.='Messages']/following-sibling::dd/text()") == ["1"]
    form = dict(page_again.form("/fetch").form_values())
    answer = browser.client.post(
        page_again.form("/fetch").action, data=form, base_url="http://127.0.0.1:8000"
    )
    with zipfile.ZipFile(io.BytesIO(answer.get_data())) as package:
        documents = ["1-cover.docx", "2-letter.docx", "3-messages.docx", "2-letter.pdf"]
        assert package.namelist() == [*documents, "manifest.json", "manifest.json.sig"]
        manifest, signature = (package.read(name) for name in package.namelist()[4:])
        cover, letter, messages = (words(package.read(name)) for name in package.namelist()[:3])
        assert package.read("2-letter.pdf").startswith(b"%PDF")
    assert by_hand.name in cover
    assert "People who signed: 4" in cover
    assert "Messages in this pack: 1" in cover
    assert "Start with the gauges below the weir." in letter
    assert "Lin Ostrow" in letter
    assert "Lin Ostrow would like the weir to go." in messages
    assert "Omar" not in cover + letter + messages
    assert b"Ostrow" not in manifest
    assert proved(app, messages, manifest, signature) == "and the text is unchanged"
    forged = messages.replace("would like the weir to go", "would like the weir to stay")
    assert proved(app, forged, manifest, signature) == "the text is not what we sent"


def proved(app: Flask, text: str, *manifest: bytes) -> str:
    """What the page for offices says of the messages of a pack and their manifest."""
    browser = Browser(app)
    found = browser.send(browser.get("/check"), "/check", files=[text.encode(), *manifest])
    assert found.status == 200
    assert "If you are not the office of" in found.text
    said = [one for one in ("and the text is unchanged", "the text is not what we sent") if one in found.text]
    assert len(said) == 1
    return said[0]


def test_a_text_of_any_script_and_any_sign_is_read_back_by_a_word_processor() -> None:
    tricky = 'a <b> & "c"\x00\ud800\nnext line\tafter a tab'
    data = written(
        [TextBlock("ئۇيغۇر", "Title"), TextBlock(tricky, "Heading1", on_new_page=True)],
        language="ug",
        is_rtl=True,
    )
    title, other = docx.Document(io.BytesIO(data)).paragraphs
    assert (title.text, title.style.name) == ("ئۇيغۇر", "Title")
    assert other.text == 'a <b> & "c"\nnext line\tafter a tab'
    assert other.style.name == "Heading 1"
    assert other.paragraph_format.page_break_before

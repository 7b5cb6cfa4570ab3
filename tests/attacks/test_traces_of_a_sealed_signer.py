"""Whoever takes everything looks for a sealed signer: in tables, files, logs, mails, exports and a backup."""

import base64
import email
import email.policy
import io
import json
import logging
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.export_choice import ExportFormat
from campaign.domain.tokens import TokenPurpose
from campaign.domain.traces import traced
from campaign.runtime import Runtime
from campaign.services.backups import backing_up
from campaign.services.documents import exports
from campaign.services.retention.purges import all_purges
from campaign.services.seals.traces import in_files, in_tables
from campaign.services.signatures import awaiting, self_service
from campaign.store.tables import Campaign
from campaign.web import create_app
from campaign.worker import loop
from campaign.worker.retention import RetentionRun
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock

PAGE = f"/c/{make.SLUG}"
NAME, ORGANIZATION, WORDS = "Zuhre Quxmerk", "Bund der Wexlinge", "Meine Tante Ploxine trank daraus."
ADDRESS = "zuhre.quxmerk+z7@wexlinge.example"
MARKERS = (NAME, "Quxmerk", ORGANIZATION, "Wexlinge", WORDS, "Ploxine", ADDRESS, "XQ7 88Z")


def _open_pages(browser: Browser) -> bytes:
    paths = (PAGE, f"{PAGE}/signatures", f"{PAGE}.json", f"{PAGE}/log", "/", "/about", "/metrics", "/outbox")
    return b"\n".join(browser.get(path).response.get_data() for path in paths)


@pytest.mark.slow
def test_nothing_of_a_sealed_signer_is_found_anywhere_once_they_have_confirmed(
    make_runtime: Callable[..., Runtime], clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    runtime = make_runtime(official_rate=0)
    make.campaign(runtime, now=clock())
    make.seal_key(runtime, now=clock())
    app = create_app(runtime, clock=clock)
    browser, texts = Browser(app), traced(MARKERS)
    folder = runtime.settings.outbox_folder
    with caplog.at_level(logging.DEBUG):
        refused = browser.send(
            browser.get(PAGE),
            f"{PAGE}/sign",
            name=NAME,
            email=ADDRESS,
            organization=ORGANIZATION,
            visibility="sealed",
            updates="y",
        )
        assert ORGANIZATION in str(refused.response.get_data(as_text=True))
        browser.send(
            refused, f"{PAGE}/sign", message=WORDS, postal_code="XQ7 88Z", country="DE", updates=None
        )
        # Before the button: the address, and nothing else that was typed.
        told = traced((NAME, ORGANIZATION, WORDS, "Ploxine", "XQ7 88Z"))
        assert list(in_tables(runtime.database, told)) == []
        loop.drain(runtime, clock=clock)
        assert list(in_files([runtime.settings.instance, tmp_path], told)) == []
        (mail,) = folder.glob("*.eml")
        before = {found.place for found in in_tables(runtime.database, texts)}
        assert before == {"signing_form.email", "outbox_email.to_address"}
        assert [found.place for found in in_files([folder], texts)] == [str(mail)]
        browser.send(browser.get(_link(mail)))
        loop.drain(runtime, clock=clock)
        clock.forward(days=1)
        loop.drain(runtime, clock=clock)
        _purge(runtime, clock)
    assert make.signature_count(runtime) == 1
    runtime.database.truncate_wal()
    exported = _exports(runtime, clock)
    backup = tmp_path / "after.zip"
    with backup.open("wb") as file:
        backing_up.back_up(runtime.database, file, settings=runtime.settings, actor=COMMAND_LINE, now=clock())
    assert list(in_tables(runtime.database, texts)) == []
    assert [str(found) for found in in_files([runtime.settings.instance, tmp_path], texts)] == []
    assert texts.number_in(exported) == 0
    assert texts.number_in(_open_pages(browser)) == 0
    assert texts.number_in(caplog.text.encode()) == 0


def test_the_search_finds_what_is_there_in_each_spelling(tmp_path: Path) -> None:
    """Else the test above could not fail."""
    texts = traced([WORDS, "王小明 ئايگۈل"])
    spellings = {
        "plain": WORDS.encode(),
        "upper": WORDS.upper().encode(),
        "json": json.dumps("王小明 ئايگۈل").encode(),
        **{f"base64-{n}": base64.b64encode(b"x" * n + WORDS.encode() + b"yy") for n in range(4)},
        "edge": b"." * ((1 << 20) - 7) + WORDS.encode(),
    }
    for name, data in spellings.items():
        (tmp_path / name).write_bytes(data)
    with zipfile.ZipFile(tmp_path / "packed.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside", WORDS * 3)
    (tmp_path / "other").write_bytes(b"nothing of theirs")
    found = {Path(one.place).name: one.number for one in in_files([tmp_path], texts)}
    assert found == {**dict.fromkeys(spellings, 1), "packed.zip": 3}


def _link(mail: Path) -> str:
    parsed = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    part = parsed.get_body(("plain",))
    assert part is not None
    return re.findall(r"http\S+/confirm/\S+", part.get_content())[0]


def _purge(runtime: Runtime, clock: Clock) -> None:
    run = RetentionRun(
        runtime.database,
        all_purges(outbox=runtime.settings.outbox_folder, prepared_folder=runtime.settings.prepared_folder),
        actor=COMMAND_LINE,
        now=clock(),
    )
    while run.step():
        pass


def _exports(runtime: Runtime, clock: Clock) -> bytes:
    out = io.BytesIO()
    for kind in ExportFormat:
        exports.write_supporters(
            runtime.database,
            make.SLUG,
            format=kind,
            preset=None,
            out=out,
            actor=COMMAND_LINE,
            now=clock(),
        )
    return out.getvalue()


def _sealed(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    make.sign_sealed(runtime, page, now=now)


def _forgotten(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    done = make.sign_and_confirm(runtime, page, now=now)
    with runtime.database.transaction() as session:
        self_service.forget(session, done.manage_token or "", key=runtime.address_key, now=now)


def _withdrawn(runtime: Runtime, page: CampaignPage, now: datetime) -> None:
    done = make.sign_and_confirm(runtime, page, now=now)
    with runtime.database.transaction() as session:
        self_service.withdraw(session, done.manage_token or "", TokenPurpose.MANAGE, now=now)


@pytest.mark.first_rows(1)
@pytest.mark.parametrize("before", [_sealed, _forgotten, _withdrawn])
def test_who_has_got_hold_of_a_mailbox_reads_in_no_hidden_field_that_it_signed(
    runtime: Runtime, clock: Clock, before: Callable[[Runtime, CampaignPage, datetime], None]
) -> None:
    """They know all that the page with the button shows, and can work out what its digest would be."""
    make.campaign(runtime, now=clock())
    make.seal_key(runtime, now=clock())
    page = make.page(runtime)
    before(runtime, page, clock())
    clock.forward(hours=2)
    make.sign(runtime, page, now=clock(), name="Some Body")
    token = make.link(make.last_question(runtime), "confirm")
    with runtime.database.reading() as session:
        row = awaiting.form_behind(session, token, now=clock())
        campaign = session.get_one(Campaign, row.campaign_id)
        form = awaiting.opened(session, row, campaign, context=runtime.mail_context)
        assert form.signature is not None
        assert form.shown == replace(form, signature=None).shown


def test_to_whom_a_forgotten_signer_wrote_is_told_to_nobody_who_signs_with_their_mailbox(
    runtime: Runtime, clock: Clock
) -> None:
    page = make.campaign(runtime, now=clock())
    everyone = tuple(official.id for official in page.officials)
    done = make.sign_and_confirm(runtime, page, now=clock(), officials=everyone, words="My well is dry.")
    with runtime.database.transaction() as session:
        self_service.forget(session, done.manage_token or "", key=runtime.address_key, now=clock())
    clock.forward(hours=2)
    make.sign(runtime, page, now=clock(), officials=everyone, words="Somebody else wrote this.")
    token = make.link(make.last_question(runtime), "confirm")
    shown = make.shown(runtime, token, now=clock())
    assert (shown.was_written_to, len(shown.messages)) == ((), len(everyone))
    make.confirm(runtime, token, now=clock())
    written = [mail.text for mail in make.emails(runtime, kind="message") if mail.text]
    assert len(written) == 2
    assert all("Somebody else wrote this." in text for text in written)

"""The audit log as owners read it: in sentences, by campaign, person and kind, and as a file."""

import csv
from collections.abc import Callable
from io import StringIO

import pytest

from campaign.domain.actor import WORKER
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.web.organizer.audit.sentences import SENTENCES
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock

HERE = f"/organizer/campaigns/{make.SLUG}"
LogIn = Callable[[Role], Browser]


@pytest.mark.both_databases
def test_owners_read_who_did_what_to_which_campaign_and_find_it_again(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    make.campaign(runtime, now=clock(), slug="other")
    editor = logged_in(Role.EDITOR)
    mara = make.page(runtime).officials[0]
    theirs = editor.get(f"{HERE}/officials/{mara.id}")
    editor.send(theirs, f"/officials/{mara.id}", hourly_rate="12")
    editor.send(editor.get(f"{HERE}/progress"), "/progress", closes_at="2030-03-04T18:00")
    supporter = editor.get(editor.get(f"{HERE}/supporters").links("/supporters/[0-9]+$")[0])
    editor.send(supporter, "/remove", reason="signed twice by mistake")

    owner = logged_in(Role.OWNER)
    log = owner.get("/organizer/audit")
    assert "editor@desk.example removed a signature from “3 groups ask the minister" in log.text
    assert "because: signed twice by mistake" in log.text
    assert "changed what is kept of Mara Lindqvist" in log.text
    assert "Messages an hour: – → is now 12" in log.text.replace("→", "→ ").replace("  ", " ")
    assert [one.text_content() for one in log.tree.xpath("//li[contains(p, 'deadline')]/ul/li")] == [
        "Deadline"
    ]
    assert "Rana Idris" not in log.text

    found = owner.get("/organizer/audit?kind=signatures")
    assert "removed a signature" in found.text
    assert "owner@desk.example logged in." not in found.text
    titles = log.tree.xpath("//select[@name='campaign']/option")
    by_campaign = [owner.get(f"/organizer/audit?campaign={title.get('value')}") for title in titles[1:]]
    assert sorted(page.text.count("removed a signature") for page in by_campaign) == [0, 1]
    people = {one.text: one.get("value") for one in log.tree.xpath("//select[@name='person']/option")}
    of_viewer = owner.get(f"/organizer/audit?person={people['viewer@desk.example']}")
    assert "There is no entry of this kind." in of_viewer.text


def test_the_log_calls_fields_and_choices_what_their_pages_call_them(
    logged_in: LogIn, runtime: Runtime
) -> None:
    owner, mara = logged_in(Role.OWNER), make.page(runtime).officials[0]
    owner.send(owner.get(f"{HERE}/officials"), "/officials", **{f"channel-{mara.id}": "post"})
    site = {"legal_address": "2 Pier Road", "contact": "hello@river.example", "privacy_en": "We keep little."}
    owner.send(owner.get("/organizer/site"), "/site", **site)
    changed = [
        " ".join(one.text_content().split())
        for one in owner.get("/organizer/audit").tree.xpath("//ul[@class='audit-changes']/li")
    ]
    assert "Reached by: – →is now Printed and posted" in changed
    assert {"Email for questions", "Legal name and postal address", "Privacy notice"} <= set(changed)


@pytest.mark.both_databases
def test_the_log_is_taken_away_as_a_file_and_that_is_in_it(logged_in: LogIn, runtime: Runtime) -> None:
    owner = logged_in(Role.OWNER)
    file = owner.send(owner.get("/organizer/audit?kind=logins"), "/audit/export").response
    assert file.mimetype == "text/csv"
    rows = list(csv.DictReader(StringIO(file.get_data(as_text=True))))
    assert {row["action"] for row in rows} == {"login"}
    assert rows[0]["sentence"] == "owner@desk.example logged in."
    with runtime.database.reading() as session:
        assert audit_log.entries(session)[0].action == "audit.export"
    assert logged_in(Role.EDITOR).get("/organizer/audit").status == 403


def test_an_entry_that_nobody_has_words_for_is_shown_all_the_same(logged_in: LogIn, runtime: Runtime) -> None:
    with runtime.database.transaction() as session:
        for action in (*SENTENCES, "river.dammed"):
            now = runtime.clock()
            audit_log.record(
                session, action=action, actor=WORKER, details={"campaign": 99, "fields": ["x"]}, now=now
            )
    page = logged_in(Role.OWNER).get("/organizer/audit")
    assert "The program itself did something that this version of the program has no words for" in page.text
    assert "something that is gone" in page.text

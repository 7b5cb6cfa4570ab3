"""Signatures from paper and other lists: checked first, entered on the organizer's word, told apart."""

import io
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from campaign.documents.tables import as_xlsx
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.pdf_documents import PdfKind
from campaign.domain.roles import Role
from campaign.domain.signature import SignatureState
from campaign.runtime import Runtime
from campaign.services.campaigns import quiet_mode
from campaign.services.documents import pdf_jobs
from campaign.services.feedback import suppressions
from campaign.services.imports import entering
from campaign.services.moderation import removal
from campaign.services.statistics import folding, summary
from campaign.services.transparency import appending
from campaign.store.tables import Campaign, Consent, Signature, SignatureImport, Supporter
from campaign.store.tables.core import figure_delta
from tests import make
from tests.browsing import Browser, Page
from tests.conftest import Clock

HERE = f"/organizer/campaigns/{make.SLUG}"
LogIn = Callable[[Role], Browser]
CSV = (
    "Name,Email,Country,Date,Newsletter,Named,Remark\n"
    "Lin Ostrow,lin@mail.example,FR,2026-10-01,yes,yes,blue sheet\n"
    "Omar Vell,omar@mail.example,DE,2026-10-02,no,no,\n"
    "Ada Quiet,,,,,,\n"
)


def uploaded(browser: Browser, data: bytes, source: str = "paper") -> Page:
    return browser.send(browser.get(f"{HERE}/imports"), "/imports", table=data, source=source)


def entered(browser: Browser, page: Page, **fields: object) -> Page:
    """Check the table, then have it entered."""
    checked = browser.send(page, page.path, button="check", note="Box 3, office", **fields)
    assert checked.status == 200, checked.text
    button = "good" if checked.tree.xpath("//button[@value='good']") else "all"
    begun = browser.send(checked, page.path, button=button)
    assert "Started." in begun.text, begun.text
    return begun


def work(runtime: Runtime, clock: Clock) -> None:
    with runtime.database.transaction() as session:
        while (run := entering.under_way(session)) is not None:
            entering.carry_on(session, run, key=runtime.address_key, now=clock())


def stored(runtime: Runtime) -> dict[str, Signature]:
    with runtime.database.reading() as session:
        return {row.name: row for row in session.scalars(select(Signature))}


def counts(runtime: Runtime) -> tuple[int, int]:
    with runtime.database.reading() as session:
        return tuple(session.execute(select(Campaign.signature_count, Campaign.entered_count)).one())


def test_paper_counts_on_the_organizer_s_word_and_names_only_who_agreed(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    before = len(make.emails(runtime))
    entered(browser, uploaded(browser, CSV.encode()))
    assert counts(runtime) == (1, 0)
    work(runtime, clock)
    assert counts(runtime) == (4, 3)
    rows = stored(runtime)
    assert {name: row.visibility for name, row in rows.items()} == {
        "Rana Idris": "public",
        "Lin Ostrow": "public",
        "Omar Vell": "hidden",
        "Ada Quiet": "hidden",
    }
    lin = rows["Lin Ostrow"]
    assert (lin.updates, lin.country, lin.source, f"{lin.signed_at:%Y-%m-%d}") == (
        True,
        "FR",
        "paper",
        "2026-10-01",
    )
    assert sorted(row.number or 0 for row in rows.values()) == [1, 2, 3, 4]
    assert len(make.emails(runtime)) == before, "nobody is emailed"
    with runtime.database.reading() as session:
        assert session.scalars(select(Consent.wording)).all() == ["Box 3, office"]
        assert session.scalars(select(SignatureImport.rows)).all() == [None]


def test_who_signed_on_paper_is_found_by_name_and_counted_in_the_day_s_figures(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    entered(browser, uploaded(browser, CSV.encode()))
    work(runtime, clock)
    found = browser.send(browser.get(f"{HERE}/supporters"), "/supporters", sought="ostrow lin")
    assert "Lin Ostrow" in found.text
    assert "Omar Vell" not in found.text
    with runtime.database.reading() as session:
        rows = session.execute(
            select(figure_delta.c.what, figure_delta.c.country, figure_delta.c.number).where(
                figure_delta.c.source == "paper"
            )
        ).all()
    assert sorted((row.what, row.country, row.number) for row in rows if row.country) == [
        ("confirmed", "DE", 1),
        ("confirmed", "FR", 1),
    ]


def test_the_page_its_json_and_its_pdf_say_how_many_signed_on_paper(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    entered(browser, uploaded(browser, CSV.encode()))
    work(runtime, clock)
    says = "signed on paper or on another list"
    shown = make.page(runtime).head
    assert (shown.shown_count, shown.shown_entered_count) == (2, 1), "who is hidden follows later"
    with runtime.database.transaction() as session:
        from campaign.services.campaigns import shown_counts

        clock.forward(days=1)
        shown_counts.follow(session, now=clock())
        while appending.append(session, shown.id, now=clock()):
            pass
    assert f"3 of them {says}" in Browser(browser.client.application).get(f"/c/{make.SLUG}").text
    document = browser.client.get(f"/c/{make.SLUG}.json").json
    assert (document["counts"]["signatures"], document["counts"]["entered"]) == (4, 3)
    with runtime.database.reading() as session:
        pdf = pdf_jobs.as_html(
            session,
            make.SLUG,
            PdfKind.LETTER,
            language="en",
            public_url="http://127.0.0.1:8000",
            default_publisher=runtime.default_publisher,
            now=clock(),
        )
        logged = session.scalar(select(func.count()).where(Signature.is_logged.is_(True)))
    assert f"3 of them {says}" in pdf
    assert logged == 4


def test_what_is_wrong_is_told_by_row_and_column_before_anything_is_entered(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    wrong = "Name,Email,Date\nLin,nobody@,2026-10-01\nwww.river.example,,\nOmar,o@mail.example,soon\n"
    right = "Ada,ada@mail.example,\nAda,ada+list@mail.example,\nRana,rana@mail.example,\n"
    page = uploaded(browser, (wrong + right).encode())
    checked = browser.send(page, page.path, button="check", note="Box 3")
    told = [[cell.text for cell in row[:2]] for row in checked.tree.xpath("//tbody/tr")]
    assert told == [["2", "Email address"], ["3", "Name"], ["4", "Day of signing"]]
    assert "Rows that can be entered: 1" in checked.text
    assert "Known here: 1. They signed or withdrew before, and are left out. Rows 7" in checked.text
    assert "In the table more than once: 1. Each is entered once. Rows 6" in checked.text
    assert browser.send(checked, page.path, button="good").path == f"{HERE}/imports"
    work(runtime, clock)
    assert counts(runtime) == (2, 1)


@pytest.mark.slow
@pytest.mark.both_databases
def test_all_of_an_import_is_taken_out_but_for_who_has_confirmed_since(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    entered(browser, uploaded(browser, CSV.encode()))
    work(runtime, clock)
    make.sign_and_confirm(
        runtime, make.page(runtime), now=clock(), name="Lin Ostrow", email="lin@mail.example"
    )
    assert counts(runtime) == (4, 2)
    page = browser.send(browser.get(f"{HERE}/imports"), "/undo")
    assert "being taken out" in page.text
    work(runtime, clock)
    assert counts(runtime) == (2, 0)
    assert set(stored(runtime)) == {"Rana Idris", "Lin Ostrow"}
    with runtime.database.transaction() as session:
        folding.fold(session, time_zone=None)
    with runtime.database.reading() as session:
        campaign_id = make.page(runtime).head.id
        figures = summary.statistics(session, campaign_id, today=clock().date(), is_whole=True)
        assert (figures.of("confirmed"), figures.of("removed"), dict(figures.sources)) == (2, 0, {"paper": 1})
        assert session.scalar(select(func.count()).select_from(Supporter)) == 2


@pytest.mark.both_databases
def test_who_withdrew_is_not_entered_again_and_a_suppressed_address_gets_no_news(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    with runtime.database.transaction() as session:
        of_rana = removal.signature_of(session, make.SLUG, "rana@mail.example", key=runtime.address_key)
        removal.remove(session, *of_rana, reason="forged", actor=COMMAND_LINE, now=clock())
        suppressions.add(
            session, "lin@mail.example", key=runtime.address_key, actor=COMMAND_LINE, now=clock()
        )
    table = "Name,Email,Newsletter\nRana,rana@mail.example,yes\nLin,lin@mail.example,yes\n"
    entered(browser, uploaded(browser, table.encode()))
    work(runtime, clock)
    rows = stored(runtime)
    assert rows["Rana Idris"].state is SignatureState.REMOVED
    assert rows["Lin"].updates is False
    assert counts(runtime) == (1, 1)


def test_people_can_be_asked_to_confirm_and_count_only_then(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    table = "Name,Email\nLin,lin@mail.example\n"
    entered(browser, uploaded(browser, table.encode(), "import"), asks_to_confirm="y")
    work(runtime, clock)
    make.settle(runtime, now=clock())
    mail = make.last_question(runtime)
    assert mail.to_address == "lin@mail.example"
    assert counts(runtime) == (1, 0)
    make.confirm(runtime, make.link(mail, "confirm"), now=clock())
    assert counts(runtime) == (2, 0)

    # Whoever is entered has no secret words, and could do nothing with the code of a quiet email.
    with runtime.database.transaction() as session:
        quiet_mode.turn_on(session, make.SLUG, has_reply_domain=True, actor=COMMAND_LINE, now=clock())
    page = uploaded(browser, b"Name,Email\nMay,may@mail.example\n", "import")
    refused = browser.send(page, page.path, button="check", note="Box 3", asks_to_confirm="y")
    assert "emails of this campaign are quiet" in refused.text
    assert not refused.tree.xpath("//button[@value='all' or @value='good']")


def test_a_sheet_that_is_entered_twice_counts_once(logged_in: LogIn, runtime: Runtime, clock: Clock) -> None:
    browser = logged_in(Role.EDITOR)
    entered(browser, uploaded(browser, CSV.encode()))
    work(runtime, clock)
    page = uploaded(browser, CSV.encode())
    checked = browser.send(page, page.path, button="check", note="Box 3")
    assert "Rows that can be entered: 0" in checked.text
    assert "Known here: 3." in checked.text
    assert counts(runtime) == (4, 3)


def test_removing_and_restoring_an_entered_signature_keeps_both_numbers_right(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    entered(browser, uploaded(browser, CSV.encode()))
    work(runtime, clock)
    with runtime.database.transaction() as session:
        of_lin = removal.signature_of(session, make.SLUG, "lin@mail.example", key=runtime.address_key)
        removal.remove(session, *of_lin, reason="forged", actor=COMMAND_LINE, now=clock())
    assert counts(runtime) == (3, 2)
    with runtime.database.transaction() as session:
        removal.restore(session, *of_lin, actor=COMMAND_LINE, now=clock())
    assert counts(runtime) == (4, 3)


def test_a_sheet_is_typed_row_by_row_and_nothing_typed_is_lost(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)
    page = browser.get(f"{HERE}/imports/sheet")
    rows = {"name-0": "Lin Ostrow", "country-0": "FR", "email-3": "omar@mail.example"}
    again = browser.send(page, "/sheet", **rows)
    assert (again.status, dict(again.form("/sheet").form_values())["email-3"]) == (422, "omar@mail.example")
    table = browser.send(again, "/sheet", **{"name-3": "Omar Vell", "named-3": "y"})
    entered(browser, table)
    work(runtime, clock)
    assert {row.name: row.visibility for row in stored(runtime).values() if row.import_id} == {
        "Lin Ostrow": "hidden",
        "Omar Vell": "public",
    }


def test_an_xlsx_of_our_own_is_read_back(logged_in: LogIn, runtime: Runtime, clock: Clock) -> None:
    look = as_xlsx.SheetLook(times={1})
    batch = [["Lin Ostrow"], ["2026-10-01T12:00:00Z"], ["lin@mail.example"]]
    data = b"".join(as_xlsx.chunks(["Name", "Date", "Email"], [batch], title="list", look=look))
    browser = logged_in(Role.EDITOR)
    entered(browser, uploaded(browser, data, "import"))
    work(runtime, clock)
    lin = stored(runtime)["Lin Ostrow"]
    assert (f"{lin.signed_at:%Y-%m-%d}", lin.source) == ("2026-10-01", "import")


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/workbook.xml", "<x/>")
        package.writestr("xl/sharedStrings.xml", b" " * 80_000_000)
    return file.getvalue()


def entities() -> bytes:
    data = b"".join(as_xlsx.chunks(["Name"], [[["Lin"]]], title="list"))
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                part = part.replace(
                    b"<worksheet",
                    b'<!DOCTYPE w [<!ENTITY a SYSTEM "http://a.example/x">]><worksheet',
                    1,
                )
            new.writestr(name, part)
    return file.getvalue()


@pytest.mark.first_rows(3)
@pytest.mark.parametrize(
    ("make_file", "sentence"),
    [
        (lambda: b"", "Choose a file with a table."),
        (lambda: b"Name\n", "no rows below"),
        (lambda: b"PK\x03\x04 not a package", "can’t be read"),
        (bomb, "unpacks to more"),
        (entities, "can’t be read"),
        (lambda: b"Name\n" + b"x" * 5_000 + b"\n", "at most 4096 characters"),
        (lambda: b"Name\n" + b"a," * 60 + b"\n", "at most 50 columns"),
        (lambda: b"Name\n" + b"a\n" * 50_001, "at most 50000 rows"),
    ],
    ids=["empty", "header", "damaged", "bomb", "entities", "cell", "columns", "rows"],
)
def test_what_is_no_table_is_refused_in_a_sentence(
    logged_in: LogIn, runtime: Runtime, make_file: Callable[[], bytes], sentence: str
) -> None:
    page = uploaded(logged_in(Role.EDITOR), make_file())
    assert (page.status, sentence in page.text) == (422, True), page.text
    with runtime.database.reading() as session:
        assert session.scalars(select(SignatureImport.id)).all() == []


def test_a_table_that_nobody_enters_is_gone_after_a_day(
    app: Flask, logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    from tests.web.organizer.test_exports import purge

    uploaded(logged_in(Role.EDITOR), CSV.encode())
    purge(runtime, clock)
    with runtime.database.reading() as session:
        assert len(session.scalars(select(SignatureImport.id)).all()) == 1
    clock.forward(hours=25)
    purge(runtime, clock)
    with runtime.database.reading() as session:
        assert session.scalars(select(SignatureImport.id)).all() == []

"""Supporter lists: who is in them, and what each column says."""

import csv
import io
import json
from datetime import datetime, timedelta

import pytest

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.signature import SignatureState, Visibility
from campaign.errors import NotFoundError, RefusedError
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.documents import export_rows, exports
from tests import make

pytestmark = pytest.mark.slow_on_postgresql


def export(runtime: Runtime, now: datetime, **options: str | None) -> bytes:
    out = io.BytesIO()
    exports.write_supporters(
        runtime.database,
        options.get("slug") or make.SLUG,
        format=options.get("format") or "csv",
        preset=options.get("preset"),
        out=out,
        actor=COMMAND_LINE,
        now=now,
    )
    return out.getvalue()


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_a_list_says_of_each_confirmed_supporter_what_they_told_us(runtime: Runtime, now: datetime) -> None:
    page = make.campaign(runtime, now=now)
    make.sign_and_confirm(
        runtime,
        page,
        now=now,
        name="Rana Idris",
        organization="=cmd|'/c calc'!A1",
        role="Teacher",
        country="FR",
        postal_code="75011",
        visibility=Visibility.HIDDEN,
        updates=True,
        source="newsletter",
    )
    assert rows(export(runtime, now)) == [
        {
            "email": "rana@mail.example",
            "name": "Rana Idris",
            "first_name": "Rana",
            "last_name": "Idris",
            "organization": "'=cmd|'/c calc'!A1",
            "role": "Teacher",
            "country": "FR",
            "postal_code": "75011",
            "language": "en",
            "visibility": "hidden",
            "updates": "Y",
            "signed_at": "2026-11-23T12:00:00Z",
            "confirmed_at": "2026-11-23T12:00:00Z",
            "source": "newsletter",
            "version": "1",
            "tags": "",
            "sealed": "",
            "sealed_to": "",
        }
    ]


def test_only_the_confirmed_are_in_the_list(runtime: Runtime, now: datetime) -> None:
    page = make.campaign(runtime, now=now)
    for number, state in enumerate(SignatureState):
        email = f"s{number}@mail.example"
        make.sign_and_confirm(runtime, page, now=now, name=f"Is {state.value}", email=email)
        with runtime.database.transaction() as session:
            make.signature_of(session, f"Is {state.value}").state = state
    make.sign(runtime, page, now=now, name="Has not pressed the button", email="unconfirmed@mail.example")
    assert [row["name"] for row in rows(export(runtime, now))] == ["Is confirmed"]


def test_a_list_longer_than_one_batch_has_everybody_once(
    runtime: Runtime, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = make.campaign(runtime, now=now)
    for number in range(7):
        make.sign_and_confirm(
            runtime,
            page,
            now=now + timedelta(minutes=number),
            name=f"Signer {chr(65 + number)}",
            email=f"s{number}@mail.example",
        )
    monkeypatch.setattr(export_rows, "ROWS_AT_ONCE", 3)
    assert [row["name"] for row in rows(export(runtime, now))] == [f"Signer {sign}" for sign in "ABCDEFG"]


def test_a_preset_gives_the_headers_another_program_reads(runtime: Runtime, now: datetime) -> None:
    page = make.campaign(runtime, now=now)
    make.sign_and_confirm(runtime, page, now=now, updates=True, postal_code="10115")
    row = rows(export(runtime, now, preset="nationbuilder"))[0]
    assert row["email_opt_in"] == "Y"
    assert row["primary_zip"] == "10115"
    assert row["name"] == "Rana Idris"


def test_json_holds_the_same(runtime: Runtime, now: datetime) -> None:
    page = make.campaign(runtime, now=now)
    make.sign_and_confirm(runtime, page, now=now)
    (one,) = json.loads(export(runtime, now, format="json"))
    assert one["email"] == "rana@mail.example"
    assert one["organization"] is None


def test_every_export_is_in_the_audit_log_before_its_first_byte(runtime: Runtime, now: datetime) -> None:
    make.campaign(runtime, now=now)
    with runtime.database.transaction() as session:
        ordered = exports.request_export(
            session, make.SLUG, format="xlsx", preset="mailchimp", actor=COMMAND_LINE, now=now
        )
    with runtime.database.reading() as session:
        entry = audit_log.entries(session)[0]
    assert entry.action == "supporters.export"
    assert entry.details == {
        "campaign": ordered.campaign_id,
        "format": "xlsx",
        "preset": "mailchimp",
        "by": "command line",
    }


def test_what_cannot_be_exported_is_refused_in_a_sentence_and_not_audited(
    runtime: Runtime, now: datetime
) -> None:
    make.campaign(runtime, now=now)
    with pytest.raises(NotFoundError):
        export(runtime, now, slug="nowhere")
    with pytest.raises(RefusedError, match="csv, xlsx, json"):
        export(runtime, now, format="pdf")
    with pytest.raises(RefusedError, match="civicrm"):
        export(runtime, now, preset="unknown")
    with runtime.database.reading() as session:
        assert "supporters.export" not in {entry.action for entry in audit_log.entries(session)}

"""An office proves a whole digest by its manifest: on the page, and with OpenSSH alone."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from runpy import run_path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from sqlalchemy import insert, update
from werkzeug.datastructures import FileStorage

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.manifest_keys import ManifestKeys, manifest_keys, unsigned
from campaign.domain.office_check import new_code, shown_code
from campaign.domain.ssh_signatures import SshSignature, armored
from campaign.errors import RefusedError
from campaign.runtime import Runtime
from campaign.services.office_check import manifests
from campaign.services.outbox import claim
from campaign.services.outbox.claim import Claimed, Route
from campaign.services.outbox.rate_limits import Limits
from campaign.services.signatures import anonymizing, self_service
from campaign.store.tables.core import manifest_key
from tests import digesting, make
from tests.browsing import Browser, Page
from tests.conftest import Clock
from tests.web.test_office_check import code_of, write

NAMES = ("Rana Idris", "Tom Abel", "Mina Sato")
WORDS = ("My well is dry.\n\n1. First\n2. Second\n3. Third", "", "Stop the works at once, please.")
MORNING = datetime(2026, 11, 24, 9, tzinfo=UTC)


def digest_to(runtime: Runtime, page: CampaignPage, clock: Clock, *, place: int = 0) -> Claimed:
    """Three messages in one email to an official who gets digests, as a worker is about to send it."""
    official_id = digesting.choose(runtime, page, clock(), place=place)
    for number, (name, words) in enumerate(zip(NAMES, WORDS, strict=True)):
        address = f"writer{number + 3 * place}@mail.example"
        write(runtime, page, clock, name=name, email=address, words=words, officials=(official_id,))
    clock.time = MORNING + timedelta(days=place)
    digesting.one_part(runtime, official_id, clock())
    with runtime.database.transaction() as session:
        taken = claim.claim(
            session,
            "w",
            route=Route("local"),
            limits=Limits(),
            batch=100,
            lease=timedelta(minutes=1),
            now=clock(),
        )
    (digest,) = (one for one in taken if one.email.kind == "digest" and one.official_id == official_id)
    return digest


@pytest.fixture
def digest(runtime: Runtime, page: CampaignPage, clock: Clock) -> Claimed:
    return digest_to(runtime, page, clock)


def files_of(digest: Claimed) -> tuple[str, str]:
    manifest, signature = digest.email.files
    assert (manifest.name, signature.name) == ("manifest.json", "manifest.json.sig")
    return manifest.text, signature.text


def saved(digest: Claimed, *, text: str | None = None, html: str | None = "", files: bool = True) -> bytes:
    """The digest as a mail program saves it."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@letters.example", "m@waters.example", "Messages"
    if html is None:
        mail.set_content(digest.email.html, subtype="html")
    else:
        mail.set_content(digest.email.text if text is None else text)
        mail.add_alternative(html or digest.email.html, subtype="html")
    for file in digest.email.files if files else ():
        mail.add_attachment(file.text.encode(), maintype="application", subtype="json", filename=file.name)
    return mail.as_bytes()


def check(app: Flask, *files: bytes, **fields: str) -> Page:
    browser = Browser(app)
    uploads = [FileStorage(BytesIO(data), filename=f"{number}.bin") for number, data in enumerate(files)]
    data: dict[str, Any] = {"code": "", "text": "", "manifest": "", **fields, "files": uploads}
    origin = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
    response = browser.client.post("/check", data=data, headers=origin, base_url="http://127.0.0.1:8000")
    response.request.environ["wsgi.input"].close()  # a large upload is a file on the disk
    return Page(response, "http://127.0.0.1:8000/check")


def verdicts(found: Page) -> list[str]:
    return [heading.text_content().strip() for heading in found.tree.xpath("//*[@role='status']/h2")]


def parts(found: Page) -> list[str]:
    return [heading.text_content() for heading in found.tree.xpath("//*[@role='status']/h3")]


def test_a_manifest_lists_each_message_in_its_order_and_names_nobody(
    digest: Claimed, page: CampaignPage
) -> None:
    text, _ = files_of(digest)
    told = json.loads(text)
    assert (told["kind"], told["campaign"], told["official"]) == ("digest", page.head.slug, "Mara Lindqvist")
    assert [one["number"] for one in told["messages"]] == [1, 2, 3]
    assert [one["own_words"] for one in told["messages"]] == [True, False, True]
    assert {one["confirmed_on"] for one in told["messages"]} == {"2026-11-23"}
    for secret in ("Rana", "Idris", "Tom", "Sato", "writer", "mail.example", "well", code_of(digest.email)):
        assert secret not in text
    number = re.search(r"^([0-9a-f]{32})$", digest.email.text, re.MULTILINE)
    assert number
    assert number[1] not in text, "whoever has the manifest alone could try out names"


def test_openssh_verifies_a_manifest_by_what_the_site_publishes(
    digest: Claimed, app: Flask, tmp_path: Path
) -> None:
    text, signature = files_of(digest)
    (tmp_path / "signers").write_bytes(app.test_client().get("/check/allowed-signers.txt").data)
    (tmp_path / "manifest.json.sig").write_text(signature)
    issuer = app.test_client().get("/check/keys.json").json["issuer"]

    def verify(said: str) -> int:
        command = ["ssh-keygen", "-Y", "verify", "-f", "signers", "-I", issuer, "-n", "digest-manifest"]
        return subprocess.run(
            [*command, "-s", "manifest.json.sig"], input=said.encode(), cwd=tmp_path, check=False
        ).returncode

    assert verify(text) == 0
    assert verify(text.replace("Lindqvist", "Lindquist")) != 0


@pytest.mark.both_databases
def test_the_saved_email_alone_proves_itself(digest: Claimed, app: Flask) -> None:
    found = check(app, saved(digest))
    assert found.status == 200
    assert verdicts(found) == ["Genuine and unchanged"]
    assert parts(found) == ["Manifest", "Code"], "its code is found in it, too"
    assert "Mara Lindqvist" in found.text
    assert "Rana" not in found.text
    assert verdicts(check(app, saved(digest, html=None))) == ["Genuine and unchanged"]


def test_there_is_one_verdict_and_what_is_wrong_with_one_part_is_wrong_with_all(
    digest: Claimed, app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    files = [one.encode() for one in files_of(digest)]
    assert verdicts(check(app, *files, code=code_of(digest.email))) == [
        "The manifest and the code are genuine"
    ]
    _, single = write(runtime, page, clock, name="Kim Lee", email="kim@mail.example")
    foreign = check(app, saved(digest), code=code_of(single))
    assert verdicts(foreign) == ["The code is genuine; the text is not what we sent"]
    assert foreign.tree.xpath("//section[contains(@class, 'notice-bad')]")
    unknown = check(app, saved(digest), code=shown_code(new_code()))
    assert verdicts(unknown) == ["The manifest is genuine, and the text is unchanged"]
    assert "We know of no message with this code" in unknown.text


def test_no_text_is_passed_over_because_it_looks_like_a_manifest_or_has_a_signature_in_it(
    app: Flask, digest: Claimed
) -> None:
    manifest, signature = files_of(digest)
    with_its_files = check(app, saved(digest), manifest.replace("\n", "\r\n").encode(), signature.encode())
    assert verdicts(with_its_files) == ["Genuine and unchanged"]
    for text in (
        "{I take back all I wrote.",
        f"I take back all I wrote.\n{signature}",
        f"{manifest}\n{signature}\nI take back all I wrote.",
    ):
        found = check(app, saved(digest), text.encode())
        assert "the text is not what we sent" in found.text


def test_the_day_of_a_manifest_is_said_to_be_the_office_s_own(digest: Claimed, app: Flask) -> None:
    assert "November 24, 2026, by the clocks where the office is" in check(app, saved(digest)).text


def test_a_manifest_is_taken_as_files_or_pasted(digest: Claimed, app: Flask) -> None:
    text, signature = files_of(digest)
    alone = check(app, text.encode(), signature.encode())
    assert alone.status == 200
    assert "The manifest is genuine" in alone.text
    assert "Add the email or its text" in alone.text
    quoted = "\n".join(f"> {line}" for line in digest.email.text.splitlines())
    pasted = check(app, manifest=f"{text}\r\n\r\n{signature}".replace("\n", "\r\n"), text=quoted)
    assert verdicts(pasted) == ["Genuine and unchanged"]
    apart = check(app, text.encode(), signature.encode(), digest.email.text.encode())
    assert verdicts(apart) == ["Genuine and unchanged"]
    assert check(app, text.encode()).status == 422
    assert "belong together" in check(app, text.encode()).text


@pytest.mark.first_rows(3)
@pytest.mark.parametrize(
    ("before", "after", "unchanged"),
    [
        ("My well is dry", "My well is full", {2, 3}),
        ("2. Tom Abel", "2. Tom Adel", {1, 3}),
        ("Stop the works at once, please.", "", {1, 2}),
        ("Dear", "Hello", {1, 2, 3}),
        ("1. Rana", "One more line\n1. Rana", {1, 2, 3}),
        ("To answer: writer1@mail.example", "To answer: other@evil.example", {1, 3}),
    ],
)
def test_a_changed_message_is_told_from_those_that_are_not(
    digest: Claimed, app: Flask, before: str, after: str, unchanged: set[int]
) -> None:
    assert before in digest.email.text
    found = check(app, saved(digest, text=digest.email.text.replace(before, after, 1)))
    assert "The manifest is genuine; the text is not what we sent" in found.text
    assert f"Unchanged messages: {len(unchanged)} of 3" in found.text
    listed = [item.text_content() for item in found.tree.xpath("//details/ol/li")]
    assert {number for number, said in enumerate(listed, 1) if "Unchanged." in said} == unchanged


def test_a_message_taken_out_put_in_or_moved_is_seen(digest: Claimed, app: Flask) -> None:
    head, first, second, third, end = digest.email.text.split("\n" + "-" * 70 + "\n")
    between = "\n" + "-" * 70 + "\n"
    for parts, number in (
        ([first, third], 2),
        ([first, second.replace("2. Tom", "3. Tom"), third.replace("3. Mina", "2. Mina")], 1),
        ([first, second, third, "4. Nobody\n\n    Words of nobody.\n"], 2),
        ([third, second, first], 1),
    ):
        found = check(app, saved(digest, text=between.join([head, *parts, end])))
        assert "the text is not what we sent" in found.text
        told = re.search(r"Unchanged messages: (\d) of 3", found.text)
        assert told
        assert int(told[1]) <= 3
        assert "and the text is unchanged" not in found.text
        assert len(parts) == 4 or int(told[1]) < 3, number


def altered(text: str) -> list[str]:
    """Manifests that somebody has changed, each in one place."""
    told = json.loads(text)
    first = told["messages"][0]
    changed: list[dict[str, Any]] = [
        {**told, "official": "Somebody Else"},
        {**told, "campaign": "another-letter"},
        {**told, "title": "Another letter"},
        {**told, "sent_on": "2026-11-25"},
        {**told, "part": 2},
        {**told, "messages": told["messages"][1:]},
        {**told, "messages": [*told["messages"], {**first, "number": 4}]},
        {**told, "messages": [{**first, "own_words": False}, *told["messages"][1:]]},
        {**told, "messages": [{**first, "confirmed_on": "2020-01-01"}, *told["messages"][1:]]},
        {**told, "messages": [{**first, "sha256": "0" * 64}, *told["messages"][1:]]},
    ]
    return [*(json.dumps(one, indent=1) + "\n" for one in changed), text.replace(" ", "  ", 1), "{}", "{"]


def test_what_is_forged_altered_or_replayed_is_never_accepted(
    digest: Claimed, app: Flask, runtime: Runtime
) -> None:
    text, signature = files_of(digest)
    key = Ed25519PrivateKey.generate()
    blank = unsigned(key.public_key().public_bytes_raw())
    strangers = armored(replace(blank, signature=key.sign(blank.signed(text.encode()))))
    ours = Ed25519PrivateKey.from_private_bytes(runtime.manifest_keys.newest)
    ours_blank = SshSignature(ours.public_key().public_bytes_raw(), b"sha512", b"", "count-log")
    elsewhere = armored(replace(ours_blank, signature=ours.sign(ours_blank.signed(text.encode()))))
    nulls = armored(replace(unsigned(b"\1" + bytes(31)), signature=b"\1" + bytes(63)))
    tries = [
        *((one, signature) for one in altered(text)),
        *(
            (text, one)
            for one in (
                strangers,
                elsewhere,
                nulls,
                "-----BEGIN SSH SIGNATURE-----\nYWJj\n-----END SSH SIGNATURE-----",
            )
        ),
        ("", signature),
        (text, ""),
    ]
    accepted = [
        number
        for number, (said, by) in enumerate(tries)
        if (found := check(app, said.encode(), by.encode(), digest.email.text.encode())).status != 422
        or "The manifest is genuine" in found.text
    ]
    assert accepted == []


def test_a_manifest_proves_no_other_email_than_its_own(
    digest: Claimed, app: Flask, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    other = digest_to(runtime, page, clock, place=1)
    assert files_of(other) != files_of(digest)
    for mine, foreign in ((digest, other), (other, digest)):
        found = check(app, *(one.encode() for one in files_of(mine)), foreign.email.text.encode())
        assert "The manifest is genuine; the text is not what we sent" in found.text
        assert "Unchanged messages: 0 of 3" in found.text
        told = check(app, saved(mine)).text
        assert f"If you are not the office of {json.loads(files_of(mine)[0])['official']}" in told


def test_after_the_secret_key_was_changed_what_it_signed_stays_good(
    digest: Claimed, app: Flask, runtime: Runtime, clock: Clock
) -> None:
    """The middle one of three keys may be dropped once everything is encrypted anew; the oldest is kept."""
    text, signature = files_of(digest)
    first = runtime.settings.secret_key
    second, third = "second-" + "k" * 40, "third-" + "k" * 40
    for keys in (manifest_keys(second, (first,)), manifest_keys(third, (second, first))):
        with runtime.database.transaction() as session:
            told = manifests.verified(session, text, signature, keys=keys)
            later = replace(told, sent_on=told.sent_on + timedelta(days=30))
            newer = manifests.signed(session, later, keys=keys)
    dropped = manifest_keys(third, (first,))
    unused = replace(dropped, newest=manifest_keys("fourth-" + "k" * 40).newest)
    with runtime.database.reading() as session, pytest.raises(RefusedError, match="not signed here"):
        # A key that was stolen before it ever signed, and is kept among the earlier ones, signs nothing.
        manifests.verified(session, *signed_by(unused, text), keys=dropped)
    with runtime.database.reading() as session:
        assert manifests.verified(session, text, signature, keys=dropped) == told
        assert manifests.verified(session, *(file.text for file in newer), keys=dropped) == later
        shown = manifests.published(session, keys=dropped)
    assert [key.is_current for key in shown] == [True, False, False]
    assert len({key.line for key in shown}) == 3


def signed_by(keys: ManifestKeys, text: str) -> tuple[str, str]:
    key = Ed25519PrivateKey.from_private_bytes(keys.newest)
    blank = unsigned(key.public_key().public_bytes_raw())
    return text, armored(replace(blank, signature=key.sign(blank.signed(text.encode()))))


def test_who_can_write_into_the_database_makes_no_key_of_ours(
    digest: Claimed, app: Flask, runtime: Runtime
) -> None:
    text, _ = files_of(digest)
    thief = manifest_keys("a key of somebody else, of some length")
    key = Ed25519PrivateKey.from_private_bytes(thief.newest)
    public_key = key.public_key().public_bytes_raw()
    days = {"first_on": MORNING.date(), "last_on": MORNING.date()}
    with runtime.database.transaction() as session:
        row = {"public_key": public_key, "seal": thief.seal_of(public_key, *days.values()), **days}
        session.execute(insert(manifest_key).values(row))
    blank = unsigned(public_key)
    forged = armored(replace(blank, signature=key.sign(blank.signed(text.encode()))))
    assert check(app, text.encode(), forged.encode()).status == 422
    assert len(app.test_client().get("/check/keys.json").json["keys"]) == 1


def test_a_stolen_key_proves_nothing_of_a_day_on_which_it_did_not_sign(
    digest: Claimed, runtime: Runtime
) -> None:
    """Not even for whoever can write into the database, too: the days of a key are sealed with it."""
    stolen, newer = runtime.manifest_keys, manifest_keys("newer-" + "k" * 40, (runtime.settings.secret_key,))
    text, signature = files_of(digest)
    late = MORNING.date() + timedelta(days=40)
    forged, forged_signature = signed_by(stolen, text.replace(MORNING.date().isoformat(), late.isoformat()))
    with runtime.database.transaction() as session:
        manifest = manifests.verified(session, text, signature, keys=newer)
        for values in ({}, {"last_on": late}):
            if values:
                session.execute(update(manifest_key).values(values))
            with pytest.raises(RefusedError, match="not signed here"):
                manifests.verified(session, forged, forged_signature, keys=newer)
        # A key that signs on does not make good what somebody wrote beside it.
        manifests.signed(session, manifest, keys=stolen)
        with pytest.raises(RefusedError, match="not signed here"):
            manifests.verified(session, forged, forged_signature, keys=newer)
        assert manifests.verified(session, text, signature, keys=newer) == manifest


@pytest.mark.parametrize("how", ["erased", "anonymized"])
@pytest.mark.both_databases
def test_of_who_was_forgotten_nothing_is_kept_and_the_manifest_proves_the_rest(
    digest: Claimed, app: Flask, runtime: Runtime, clock: Clock, how: str
) -> None:
    """The code stays good for the others; the hash of the whole, by which a text could be tried out, goes."""
    assert "Genuine and unchanged" in check(app, code=code_of(digest.email), text=digest.email.text).text
    thanks = next(row for row in make.emails(runtime, kind="thanks") if "Hello Tom Abel" in row.text)
    with runtime.database.transaction() as session:
        if how == "erased":
            self_service.erase(session, make.link(thanks, "manage"), now=clock())
        else:
            anonymizing.anonymize(session, [thanks.signature_id], keep_names=False, now=clock())
    found = check(app, code=code_of(digest.email), text=digest.email.text)
    assert (found.status, "This code is genuine" in found.text) == (200, True)
    assert "We can no longer compare its text" in found.text
    assert "Genuine and unchanged" not in found.text
    assert "The manifest is genuine, and the text is unchanged" in check(app, saved(digest)).text


@pytest.mark.slow
def test_the_script_for_offices_says_the_same_without_the_site(digest: Claimed, tmp_path: Path) -> None:
    text, _ = files_of(digest)
    (tmp_path / "manifest.json").write_text(text)
    script = Path(__file__).parents[2] / "scripts" / "verify_digest.py"

    def verify(data: bytes) -> tuple[int, list[str]]:
        (tmp_path / "digest").write_bytes(data)
        done = subprocess.run(
            [sys.executable, str(script), "manifest.json", "digest"],
            cwd=tmp_path,
            check=False,
            capture_output=True,
            text=True,
        )
        assert ("Only the plain text was compared" in done.stdout) == data.startswith(b"From:")
        return done.returncode, re.findall(r"^(\d): unchanged", done.stdout, re.MULTILINE)

    for genuine in (digest.email.text.encode(), saved(digest)):
        assert verify(genuine) == (0, ["1", "2", "3"])
    forged = digest.email.text.replace("My well is dry", "My well is full")
    assert verify(forged.encode()) == (1, ["2", "3"])
    assert verify(saved(digest, text=forged)) == (1, ["2", "3"])
    assert verify(b"Nothing of it") == (1, [])


def test_one_message_is_shown_to_somebody_without_giving_the_others_away(
    app: Flask, digest: Claimed, tmp_path: Path
) -> None:
    text, signature = files_of(digest)
    (tmp_path / "manifest.json").write_text(text)
    (tmp_path / "digest").write_text(digest.email.text)
    main = run_path(str(Path(__file__).parents[2] / "scripts" / "verify_digest.py"))["main"]
    status, shown = main(str(tmp_path / "manifest.json"), str(tmp_path / "digest"), "2")
    assert status == 0
    (email_number,) = re.findall(r"^[0-9a-f]{32}$", digest.email.text, re.MULTILINE)
    assert email_number not in shown
    (tmp_path / "shown").write_text(shown)
    status, said = main(str(tmp_path / "manifest.json"), str(tmp_path / "shown"))
    assert status == 0
    assert [line.split(",")[0] for line in said.splitlines()[1:-1]] == [
        *("1: not in this text", "2: unchanged", "3: not in this text")
    ]
    found = check(app, shown.encode(), text.encode(), signature.encode())
    assert "The manifest is genuine, and the message is unchanged" in found.text
    assert "Changed or missing" not in found.text
    forged = check(
        app, shown.replace("Dear", "No, dear").encode() + b"more", text.encode(), signature.encode()
    )
    assert "the text is not what we sent" in forged.text

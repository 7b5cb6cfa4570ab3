"""Mails of offices, read out of their bytes: whatever a program wrote, and whatever nobody would write."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.domain.automatic_mail import is_automatic
from campaign.domain.quotations import without_quotation
from campaign.domain.replies import Attachment
from campaign.errors import RefusedError
from campaign.mail.inbound.form import read_form
from campaign.mail.inbound.html_to_text import html_to_text
from campaign.mail.inbound.mail import read_mail
from tests.mail.mails import NAMES, eml, mail
from tests.waiting import little_work

AUTOMATIC = {"absent-english", "absent-french", "absent-chinese", "not-delivered"}
HEADERS = b"From: a@b.example\nTo: c@d.example\nMessage-ID: <1@b.example>\n"


def test_a_mail_of_outlook_is_read_with_its_letters_its_files_and_its_quotation_apart() -> None:
    found = read_mail(eml("outlook", to="r+abc@replies.example"))
    assert (found.sender_name, found.sender_address) == ("Lindqvist, Mara", "mara.lindqvist@waters.example")
    assert found.subject == "RE: Our wells – your letter"
    assert found.recipients == ("r+abc@replies.example",)
    assert found.message_id == "<AM9PR01MB0001@mail.waters.example>"
    assert found.attachments == (Attachment("Gauges – plan.pdf", "application/pdf", 9),)
    written, quoted = without_quotation(found.text)
    assert "from May – every week." in written
    assert written.endswith("Mara Lindqvist")
    assert quoted.endswith("My grandmother's well fell dry in May.")


def test_of_html_only_the_words_are_taken_and_where_links_lead() -> None:
    text = read_mail(eml("html-only")).text
    assert without_quotation(text)[0].split("\n") == [
        "Dear Ms Idris,",
        "",
        "please read our plan <https://waters.example/plan> & write again.",
        "",
        "- Gauges",
        "- Wells",
    ]
    assert "> My grandmother's well fell dry." in text
    for foreign in ("alert", "steal", "color", "track.example", "Reply"):
        assert foreign not in text


def test_bytes_that_fit_no_charset_are_kept() -> None:
    found = read_mail(eml("broken-charset"))
    assert found.text == "The gauges – and \\xff\\xfe bytes."
    assert found.subject.startswith("Re: Our wells caf")
    comma = "=?utf-8?Q?Roux=2C_H=C3=A9l=C3=A8ne?= <helene@eaux.example>"
    assert read_mail(mail(to="a@b.example", From=comma)).sender_name == "Roux, Hélène"
    assert read_mail(eml("absent-french")).text == "Absente jusqu'au 3 décembre."
    assert read_mail(eml("absent-chinese")).text.startswith("您好")


@pytest.mark.parametrize("name", NAMES)
def test_what_a_machine_wrote_is_told_from_what_a_person_did(name: str) -> None:
    assert is_automatic(read_mail(eml(name))) == (name in AUTOMATIC)


@pytest.mark.parametrize(
    ("headers", "automatic"),
    [
        ({"Auto-Submitted": "auto-generated (vacation)"}, True),
        ({"Auto-Submitted": "No"}, False),
        ({"Precedence": "auto_reply"}, True),
        ({"Precedence": "first-class"}, False),
        ({"X-Autoreply": "yes"}, True),
        ({"X-Auto-Response-Suppress": "DR, OOF, AutoReply"}, False),
        ({"Precedence": "bulk"}, False),
        ({"Precedence": "bulk", "Subject": "Out of the office until Monday"}, True),
        ({"X-Autorespond": "no"}, False),
        ({"X-POST-MessageClass": "9; Autoresponder"}, True),
        ({"Return-Path": "<>"}, True),
        ({"Return-Path": "<MAILER-DAEMON>"}, True),
        ({"Return-Path": "<mara@waters.example>"}, False),
        ({"Subject": "Out of office hours at the weir"}, False),
        ({"Subject": "Respuesta automática", "From": "no-reply@waters.example"}, True),
        ({"From": "no-reply@waters.example"}, False),
        ({"Content-Type": "multipart/report; boundary=b"}, True),
    ],
)
def test_each_sign_of_a_machine_counts_for_what_it_is_worth(headers: dict[str, str], automatic: bool) -> None:
    assert is_automatic(read_mail(mail(to="a@b.example", **headers))) is automatic


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Yes.\n\nOn Mon, 4 May 2026 at 10:00, Rana Idris\n<letters@x.example> wrote:\n> a\n>\n> b", "Yes."),
        ("Oui.\n\nLe lun. 4 mai 2026 à 10:00, Rana a écrit :\n> a", "Oui."),
        ("好。\n\n在 2026年5月4日 Rana 写道：\n> a", "好。"),
        ("No.\n-----Original Message-----\nFrom: Rana\nSent: today\nTo: us\n\nold", "No."),
        ("Nein.\n\nVon: Rana\nGesendet: heute\nAn: uns\nBetreff: x\n\nalt", "Nein."),
        ("> Will you?\nWe will.\n> And you?\nI too.", None),
        ("From: here to there is far.\nSubject: to change.", None),
        ("On the day you wrote:\nwe were away.", None),
        ("> nothing else", None),
        ("Plain.", None),
    ],
)
def test_a_quotation_is_set_apart_only_where_it_is_one(text: str, written: str | None) -> None:
    own, quoted = without_quotation(text)
    assert own == (text if written is None else written)
    assert bool(quoted) == (written is not None)


@pytest.mark.slow
def test_a_long_mail_is_cut_and_none_takes_long() -> None:
    with little_work(5):
        assert len(read_mail(mail("word " * 400_000, to="a@b.example")).text) == 1_000_000
        without_quotation(">\nx\n" * 250_000)
        assert html_to_text("<div>" * 1000 + "end") == "end"
        html_to_text("<div>" * 50_000 + "end" + "</p>" * 50_000)
        nested = b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth)
            for depth in range(3000)
        )
        comments = b"To: c@d.example\nFrom: " + b"(" * 20_000 + b"\n\nx"
        many = b"".join(b"--b\nA: b\n\nx\n" for _ in range(50_000))
        parts = HEADERS + b"Content-Type: multipart/mixed; boundary=b\n\n" + many
        for strange in (
            comments,
            parts,
            HEADERS + b"X: y\n" * 400_000,
            HEADERS + nested,
            HEADERS + b"Subject: " + b"=?utf-8?q?=" * 50_000 + b"\n\nx",
        ):
            with suppress(RefusedError):
                read_mail(strange)


def test_of_a_mail_that_is_not_for_us_only_the_headers_are_read() -> None:
    found = read_mail(eml("outlook", to="info@replies.example"), is_ours=lambda address: None)
    assert (found.text, found.attachments) == ("", ())
    assert found.recipients == ("info@replies.example",)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"no mail at all", b"\xff\xfe\x00", b"{}", b"X-Only: 1\n\nx"])
def test_what_is_no_mail_is_refused(data: bytes) -> None:
    with pytest.raises(RefusedError, match="not a mail"):
        read_mail(data)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8", "replace"))
    ),
    st.sampled_from(
        [b"", b"Subject: ", b"From: ", b"Content-Type: ", b"Content-Disposition: ", b"\n", b"To: "]
    ),
    st.sampled_from([b"", *(eml(name) for name in NAMES)]),
    st.integers(0, 900),
)
def test_no_bytes_do_more_than_be_refused(noise: bytes, before: bytes, around: bytes, place: int) -> None:
    for data in (
        HEADERS + before + noise,
        HEADERS + before + noise + b"\n\n" + noise,
        around[:place] + noise + around[place:],
    ):
        try:
            found = read_mail(data)
        except RefusedError:
            continue
        is_automatic(found)
        written, quoted = without_quotation(found.text)
        kept = [written, quoted, found.subject, found.sender_name, found.sender_address]
        for text in kept + [part.name + part.kind for part in found.attachments]:
            text.encode()
            assert "\0" not in text


@settings(max_examples=40, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["email", "headers", "text", "html", "envelope", "charsets", "from", "to"]),
        st.one_of(
            st.binary(max_size=200),
            st.sampled_from(
                [
                    b"[]",
                    b"{}",
                    b'{"to":7,"from":[]}',
                    b'{"to":[1,"a@b.example"],"from":""}',
                    b'{"text":"\\u0000"}',
                ]
            ),
        ),
    )
)
def test_no_form_does_more_than_be_refused(fields: dict[str, bytes]) -> None:
    try:
        found = read_form(fields, [])
    except RefusedError:
        return
    is_automatic(found)
    found.text.encode()


def test_a_mail_that_comes_taken_apart_is_the_same_mail() -> None:
    whole = read_form({"email": eml("absent-french")}, [])
    apart = read_form(
        {
            "headers": eml("absent-french").partition(b"\n\n")[0],
            "text": "Absente jusqu'au 3 décembre.".encode("latin-1"),
            "charsets": json.dumps({"text": "iso-8859-1"}).encode(),
            "envelope": json.dumps({"to": ["r+abc@replies.example"], "from": ""}).encode(),
        },
        [],
    )
    assert (apart.subject, apart.text, apart.sender_name) == (whole.subject, whole.text, "Hélène Roux")
    assert apart.recipients[0] == "r+abc@replies.example"
    assert apart.envelope_sender == ""
    html = read_form({"headers": HEADERS, "html": b"<p>Only <b>this</b></p>"}, [])
    assert html.text == "Only this"

"""The form's own rules: where it may come from, what it keeps, what it refuses and how."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.office_check import words_of
from campaign.domain.outbox import OutboxState
from campaign.domain.signature import Visibility
from campaign.errors import UnavailableError
from campaign.i18n import catalogue
from campaign.runtime import Runtime
from campaign.services.campaigns import quiet_mode
from campaign.services.feedback import suppressions
from campaign.store.tables import Campaign, LetterVersion, Signature
from campaign.web.csrf import form_token
from campaign.web.public.signing import CONSENT
from tests import make
from tests.conftest import Clock
from tests.digesting import choose, one_part
from tests.web.conftest import PAGE, what_it_showed

Post = Callable[..., TestResponse]

WORDS = "My well <b>dried</b> up & nobody came."


def test_a_form_needs_no_more_than_a_name_and_an_address(post: Post, runtime: Runtime, clock: Clock) -> None:
    response = post()
    assert response.status_code == 303
    assert response.headers["Location"] == f"{PAGE}/check-your-inbox"
    assert make.emails(runtime) == [], "a worker writes them"
    make.settle(runtime, now=clock())
    assert [mail.kind for mail in make.emails(runtime)] == ["confirmation"]


@pytest.mark.both_databases
def test_an_address_that_looks_mistyped_is_asked_about_once_and_taken_the_second_time(
    post: Post, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    asked = post(email="rana@gmial.com", message=WORDS, officials=[page.officials[0].id])
    assert asked.status_code == 422
    assert "gmail.com" in asked.text
    assert "nobody came." in asked.text
    assert 'value="rana@gmial.com"' in asked.text
    make.settle(runtime, now=clock())
    assert make.emails(runtime) == []
    meant = asked.text.split('name="email_meant" value="')[1].split('"')[0]
    # Whoever then makes another slip is asked about that one.
    assert post(email="rana@gmai.com", email_meant=meant).status_code == 422
    assert post(email="rana@gmial.com", email_meant=meant).status_code == 303
    make.settle(runtime, now=clock())
    assert [mail.to_address for mail in make.emails(runtime)] == ["rana@gmial.com"]


def test_the_consent_that_is_kept_has_the_words_beside_the_box(client: FlaskClient) -> None:
    assert f'<label for="field-updates">{CONSENT}</label>' in client.get(PAGE).text


@pytest.mark.first_rows(3)
@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1.evil.example"},
        {"Origin": "http://[::1"},
        {"Origin": "nonsense"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
    ],
)
def test_a_form_from_another_site_is_shown_again_with_all_that_was_typed(
    post: Post, runtime: Runtime, page: CampaignPage, headers: dict[str, str]
) -> None:
    response = post(headers=headers, message=WORDS, officials=[page.officials[0].id])
    assert response.status_code == 403
    assert "Another site sent this form." in response.text
    assert "My well &lt;b&gt;dried&lt;/b&gt; up &amp; nobody came." in response.text
    assert make.emails(runtime) == []


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": "http://127.0.0.1:8000"}, {}]
)
def test_a_form_from_the_page_itself_is_taken_from_browsers_old_and_new(
    client: FlaskClient, post: Post, headers: dict[str, str]
) -> None:
    assert post(headers=headers or {"User-Agent": "old"}).status_code == 303


def test_a_form_is_good_for_a_day_and_for_its_own_campaign(
    post: Post, runtime: Runtime, clock: Clock
) -> None:
    token = form_token(runtime.settings, make.SLUG, clock())
    clock.forward(hours=23)
    assert post(csrf_token=token).status_code == 303
    clock.forward(hours=3)
    old = post(csrf_token=token, message=WORDS)
    assert old.status_code == 403
    assert "open for too long" in old.text
    assert "nobody came." in old.text
    for forged in ("", "x", "1.2", "٣.x", form_token(runtime.settings, "another", clock())):
        assert post(csrf_token=forged).status_code == 403


def test_forms_shown_before_a_key_was_changed_still_count(
    make_runtime: Callable[..., Runtime], runtime: Runtime, clock: Clock, post: Post
) -> None:
    changed = replace(runtime.settings, secret_key="n" * 40, secret_key_fallbacks=())
    assert post(csrf_token=form_token(changed, make.SLUG, clock())).status_code == 403
    rotated = replace(changed, secret_key_fallbacks=(runtime.settings.secret_key,))
    assert form_token(rotated, make.SLUG, clock()) != form_token(runtime.settings, make.SLUG, clock())


def test_errors_stand_on_top_and_beside_their_fields_and_keep_everything(
    post: Post, page: CampaignPage
) -> None:
    response = post(
        name="",
        email="rana at home",
        capacity="organization",
        postal_code="1" * 21,
        subject="s" * 201,
        message="m" * 5001,
        officials=[official.id for official in page.officials],
        asks=[page.asks[1].id],
        visibility="hidden",
        country="FR",
        updates="y",
    )
    assert response.status_code == 422
    text = response.text
    assert "<title>Error: " in text
    for field, sentence in {
        "name": "Enter your name.",
        "email": "Enter an email address like name@example.org.",
        "organization": "Enter the organization you sign for.",
        "postal_code": "This has 21 characters. Shorten it to 20 or fewer.",
        "subject": "This has 201 characters. Shorten it to 200 or fewer.",
        "message": "This has 5001 characters. Shorten it to 5000 or fewer.",
    }.items():
        assert f'<a href="#field-{field}">{sentence}</a>' in text
        assert f'id="error-{field}">{sentence}' in text
    assert 'value="rana at home"' in text
    assert "m" * 5001 in text
    assert text.count('name="officials" value') == text.count('checked aria-describedby="hint-official-') == 3
    assert 'value="FR" selected' in text
    assert 'value="hidden" checked' in text


def test_words_that_nobody_would_get_are_asked_about_and_not_lost(post: Post, page: CampaignPage) -> None:
    nobody = post(message=WORDS)
    assert nobody.status_code == 422
    assert "Choose who should get your message" in nobody.text
    one = page.officials[0]
    unchosen = post(**{f"message_{one.id}": WORDS})
    assert unchosen.status_code == 422
    assert "You wrote to Mara Lindqvist but did not choose them." in unchosen.text


def test_own_words_for_one_official_go_to_that_one_only(
    post: Post, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    first, second = page.officials[0], page.officials[1]
    response = post(
        officials=[first.id, second.id], message="To both.", **{f"message_{second.id}": "To you alone."}
    )
    assert response.status_code == 303
    make.settle(runtime, now=clock())
    make.confirm(runtime, make.link(make.last_question(runtime), "confirm"), now=clock())
    texts = {mail.to_name: mail.text for mail in make.emails(runtime, kind="message")}
    assert "To both." in texts[first.name]
    assert "To you alone." in texts[second.name]
    assert "To both." not in texts[second.name]


def test_the_preview_carries_every_field_on_and_back(
    client: FlaskClient, post: Post, runtime: Runtime, page: CampaignPage
) -> None:
    fields = {
        "officials": [page.officials[0].id, page.officials[2].id],
        "asks": [page.asks[0].id],
        "message": "First line.\n\nSecond line.",
        "updates": "y",
        "country": "TW",
    }
    shown = post("/preview", **fields)
    assert shown.status_code == 200
    assert "First line.\n\nSecond line." in shown.text
    assert "No email on file: we print this message and hand it over." in shown.text
    assert make.emails(runtime) == []
    back = post("/preview", change="y", **fields)
    assert back.status_code == 200
    assert "First line." in back.text
    assert 'value="TW" selected' in back.text
    assert "There is a problem" not in back.text


@pytest.mark.both_databases
def test_when_the_database_is_locked_the_form_is_kept_and_comes_with_503(
    client: FlaskClient, post: Post, runtime: Runtime, page: CampaignPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.get(PAGE)

    def locked(self: object) -> None:
        raise UnavailableError("The database is busy. Please try again in a moment.")

    monkeypatch.setattr("campaign.store.database.Database.writing", locked)
    response = post(message=WORDS, officials=[page.officials[0].id])
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "nobody came." in response.text
    monkeypatch.setattr("campaign.store.database.Database.reading", locked)
    response = post(message=WORDS, officials=[page.officials[0].id])
    assert response.status_code == 503
    assert "nobody came." in response.text
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200


@pytest.fixture
def out_of_reach(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Takes the database away: whatever is asked of it fails."""

    def fail(*_: object, **__: object) -> None:
        raise UnavailableError("The database cannot be used right now. Please try again in a moment.")

    def take() -> None:
        for way in ("writing", "transaction", "reading", "peek"):
            monkeypatch.setattr(f"campaign.store.database.Database.{way}", fail)

    return take


@pytest.mark.first_rows(2)
@pytest.mark.parametrize(("visited", "sent_from"), [("de", "de"), ("", "fr"), ("fr", "en"), ("bo", "")])
def test_whatever_the_languages_the_page_goes_on_and_the_form_is_kept_without_a_database(
    client: FlaskClient,
    post: Post,
    runtime: Runtime,
    page: CampaignPage,
    out_of_reach: Callable[[], None],
    visited: str,
    sent_from: str,
) -> None:
    with runtime.database.transaction() as session:
        session.execute(update(Campaign).values(language="es", version=Campaign.version + 1))
        session.execute(update(LetterVersion).values(language="es"))
    assert client.get(PAGE, headers={"Accept-Language": visited}).status_code == 200
    out_of_reach()
    headers = {"Accept-Language": sent_from, "Sec-Fetch-Site": "same-origin"}
    assert client.get(PAGE, headers=headers).status_code == 200
    response = post(headers=headers, message=WORDS, officials=[page.officials[0].id])
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert "nobody came." in response.text
    assert 'id="field-name"' in response.text


def test_without_a_database_a_page_that_was_never_shown_keeps_the_form_to_be_sent_once_more(
    post: Post, runtime: Runtime, out_of_reach: Callable[[], None]
) -> None:
    out_of_reach()
    response = post(message=WORDS)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) > 0
    assert 'name="message" hidden>\nMy well &lt;b&gt;dried&lt;/b&gt; up &amp; nobody came.<' in response.text
    assert "Try again" in response.text


def test_a_password_is_never_sent_back(client: FlaskClient, out_of_reach: Callable[[], None]) -> None:
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/organizer/login").text)
    assert token
    out_of_reach()
    fields = {"email": "olu@coalition.example", "password": "correct horse battery", "csrf_token": token[1]}
    response = client.post("/organizer/login", data=fields)
    assert response.status_code == 503
    assert "olu@coalition.example" in response.text
    assert "correct horse" not in response.text


def test_the_answer_is_the_same_for_an_address_that_has_signed(
    post: Post, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock(), email="known@mail.example")
    known, new = post(email="known@mail.example"), post(email="new@mail.example")
    assert (known.status_code, known.headers["Location"], known.data) == (
        new.status_code,
        new.headers["Location"],
        new.data,
    )


def test_a_form_sent_in_later_changes_nothing_of_what_an_earlier_link_shows_and_confirms(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock())
    token = make.link(make.emails(runtime, kind="confirmation")[-1], "confirm")
    before = client.get(f"/confirm/{token}").text
    make.sign(runtime, page, now=clock() + timedelta(minutes=1), name="Somebody Else")
    assert client.get(f"/confirm/{token}").text == before
    confirmed = client.post(f"/confirm/{token}", data={"shown": what_it_showed(before)})
    assert confirmed.status_code == 200
    assert "Rana Idris" in confirmed.text
    assert "Somebody Else" not in confirmed.text


def test_what_would_be_confirmed_otherwise_than_the_page_showed_is_shown_once_more(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock(), name="Earlier Form")
    first = make.link(make.last_question(runtime), "confirm")
    clock.forward(hours=2)
    make.sign(runtime, page, now=clock(), name="Later Form", visibility=Visibility.HIDDEN)
    second = make.link(make.last_question(runtime), "confirm")
    before = client.get(f"/confirm/{second}").text
    make.confirm(runtime, first, now=clock())
    early = client.post(f"/confirm/{second}", data={"shown": what_it_showed(before)})
    assert early.status_code == 409
    assert "What this page shows has just changed." in early.text
    assert make.shown(runtime, second, now=clock()).has_signed
    now_shown = {"shown": what_it_showed(early.text)}
    assert client.post(f"/confirm/{second}", data=now_shown).status_code == 200
    with runtime.database.reading() as session:
        (signature,) = session.scalars(select(Signature))
    assert (signature.name, signature.visibility) == ("Later Form", Visibility.HIDDEN)


def test_an_expired_link_is_gone_whatever_is_pressed(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock())
    token = make.link(make.emails(runtime, kind="confirmation")[-1], "confirm")
    clock.forward(days=13, hours=23)
    assert client.get(f"/confirm/{token}").status_code == 200
    clock.forward(hours=1)
    for response in (
        client.get(f"/confirm/{token}"),
        client.post(f"/confirm/{token}"),
        client.post(f"/confirm/{token}/words", data={"message": WORDS}),
    ):
        assert response.status_code == 410
        assert f'{PAGE}">Read the letter and sign again</a>' in response.text
        assert "Rana Idris" not in response.text
    assert make.signature_count(runtime) == 0


def test_mail_programs_unsubscribe_with_one_click_and_other_sites_do_not(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock(), updates=True)
    token = make.link(make.emails(runtime, kind="thanks")[-1], "unsubscribe")
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert client.get(f"/unsubscribe/{token}").status_code == 200
    assert client.post(f"/unsubscribe/{token}", headers=elsewhere).status_code == 403
    one_click = {"List-Unsubscribe": "One-Click"}
    for headers in (elsewhere, {"Origin": "https://mail.example"}, {}):
        for content_type in ("application/x-www-form-urlencoded", "multipart/form-data"):
            answer = client.post(
                f"/unsubscribe/{token}", data=one_click, headers=headers, content_type=content_type
            )
            assert (answer.status_code, answer.data) == (204, b"")
            assert "Set-Cookie" not in answer.headers
    assert client.post("/unsubscribe/unknown", data=one_click).status_code == 404
    assert (
        "no longer send you news by email, about this letter or any other"
        in client.post(f"/unsubscribe/{token}").text
    )


def test_a_form_with_a_suppressed_address_gets_the_answer_that_all_get(
    client: FlaskClient, runtime: Runtime, post: Callable[..., TestResponse], clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        suppressions.add(
            session, "rana@mail.example", key=runtime.address_key, actor=COMMAND_LINE, now=clock()
        )
    suppressed, new = post(), post(email="lin@mail.example")
    assert (suppressed.status_code, suppressed.location) == (new.status_code, new.location)
    make.settle(runtime, now=clock())
    assert [mail.state for mail in make.emails(runtime)] == [OutboxState.CANCELLED, OutboxState.QUEUED]


def test_a_page_says_who_is_behind_the_mail(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign(runtime, page, now=clock())
    (mail,) = make.emails(runtime, kind="confirmation")
    link = mail.text.split("how to complain: ")[1].split()[0]
    assert link.startswith(runtime.settings.web.public_url)
    about = client.get(link.removeprefix(runtime.settings.web.public_url), follow_redirects=True)
    assert about.status_code == 200
    assert "campaign@localhost.example" in about.text


def test_erasing_asks_once_more(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    token = make.sign_and_confirm(runtime, page, now=clock()).manage_token
    asked = client.post(f"/manage/{token}", data={"action": "erase"})
    assert "Erase everything?" in asked.text
    assert client.get(f"/manage/{token}").status_code == 200
    gone = client.post(f"/manage/{token}", data={"action": "erase-for-good"})
    assert "Nothing is left of it" in gone.text
    assert client.get(f"/manage/{token}").status_code == 404


def test_without_scripts_a_press_chooses_all_of_a_group_or_none_and_sends_nothing(
    post: Post, page: CampaignPage, runtime: Runtime, clock: Clock
) -> None:
    def chosen(answer: TestResponse) -> list[int]:
        return [int(id_) for id_ in re.findall(r'name="officials" value="(\d+)"[^>]* checked', answer.text)]

    addressee, *copies = [official.id for official in page.officials]
    every = post("/choose", choose="copied", officials=[addressee], message=WORDS, name="")
    assert (every.status_code, chosen(every)) == (200, [addressee, *copies])
    assert "nobody came." in every.text
    assert "There is a problem" not in every.text
    assert chosen(post("/choose", choose="not-copied", officials=[addressee, *copies])) == [addressee]
    assert chosen(post("/choose", choose="nonsense", officials=copies)) == copies
    assert "data-messages open" in post("/choose", choose="not-addressee").text
    assert post("/choose", choose="copied", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert make.settle(runtime, now=clock()) == 0


def test_whoever_signs_for_themselves_may_name_an_organization_that_does_not_sign(
    post: Post, runtime: Runtime, clock: Clock, client: FlaskClient
) -> None:
    assert "The organization is named for identification only." in client.get(PAGE).text
    assert post(organization="Friends of the Ondra", role="Treasurer").status_code == 303
    make.settle(runtime, now=clock())
    link = make.link(make.last_question(runtime), "confirm")
    shown = client.get(f"/confirm/{link}").text
    assert "for identification only" in shown
    assert "You sign for" not in shown


@pytest.mark.both_databases
def test_the_preview_shows_what_an_office_that_gets_one_email_a_day_reads_of_the_message(
    post: Post, client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    chosen = [page.officials[0].id]
    asked = {"officials": chosen, "message": WORDS, "email": "rana@mail.example", "asks": [page.asks[0].id]}
    alone = html.unescape(post("/preview", **asked).text)
    assert "alone." in alone
    assert "in one email" not in alone

    choose(runtime, page, clock(), "daily")
    page_shown = post("/preview", **asked).text
    together = html.unescape(page_shown)

    assert "Together in one email a day" in together
    assert "nobody came." in together
    assert page.asks[0].heading in together
    # The office reads the address there, among others'.
    assert "To answer: rana@mail.example" in together
    for of_a_message_alone in ("A reply", "Sincerely,", "For offices:", "Dear "):
        assert of_a_message_alone not in together
    post(**asked)
    make.settle(runtime, now=clock())
    (mail,) = make.emails(runtime, kind="confirmation")
    asked_again = html.unescape(client.get(f"/confirm/{make.link(mail, 'confirm')}").text)
    assert "To answer: rana@mail.example" in asked_again
    assert "A reply" not in asked_again
    make.press(runtime, make.link(mail, "confirm"), now=clock())
    make.write_out(runtime, now=clock())
    clock.forward(hours=20)
    one_part(runtime, page.officials[0].id, clock())
    (digest,) = make.emails(runtime, kind="digest")
    shown = re.findall(r'<div class="message-text"[^>]*>(.*?)</div>', page_shown, re.DOTALL)[-1]
    read = words_of(html.unescape(re.sub("<[^>]*>", " ", shown)))
    assert " ".join(read) in " ".join(words_of(digest.text))


def test_where_it_hangs_on_what_waits_the_preview_says_that_it_may_come_with_others(
    post: Post, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    chosen = [page.officials[0].id]
    sentence = "This office may get your message together with others’ in one email"
    for mode in ("above", "alike"):
        choose(runtime, page, clock(), mode, "20")
        assert sentence in post("/preview", officials=chosen, message=WORDS).text
    bare = post("/preview", officials=chosen).text
    assert sentence not in bare
    assert "Together in one email a day" in bare
    assert "No words of their own" in bare


def test_in_a_quiet_campaign_the_preview_promises_that_no_office_sees_the_address(
    post: Post, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    choose(runtime, page, clock(), "daily")
    with runtime.database.transaction() as session:
        quiet_mode.turn_on(session, make.SLUG, has_reply_domain=True, actor=COMMAND_LINE, now=clock())
    words = {"message": WORDS, "secret_words": "three green boats"}
    shown = post("/preview", officials=[page.officials[0].id], **words).text
    assert "Together in one email a day" in shown
    assert "but not your email address" in shown
    assert "To answer:" not in shown


def test_whoever_reads_another_language_sees_their_part_of_the_one_email_in_it(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    choose(runtime, page, clock(), "daily")
    filled = {
        "csrf_token": form_token(runtime.settings, make.SLUG, clock()),
        "name": "Rana Idris",
        "email": "rana@mail.example",
        "officials": [page.officials[0].id],
    }
    headers = {"Sec-Fetch-Site": "same-origin"}
    shown = html.unescape(client.post(f"/fr{PAGE}/preview", data=filled, headers=headers).text)
    assert catalogue("fr").gettext("No words of their own: their name under the letter.") in shown
    assert "No words of their own: their name under the letter." in shown
    assert "To answer: rana@mail.example" in shown

"""A letter for people whose mailbox others look at: no email tells, and links give way to codes and words."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.outbox import QUESTIONS, TO_SUPPORTERS, EmailKind
from campaign.domain.outcomes import Outcome
from campaign.errors import ConflictError
from campaign.mail.email import Email
from campaign.mail.from_addresses import FromAddresses
from campaign.mail.providers.factory import build_provider
from campaign.mail.providers.sendgrid import SendGridProvider
from campaign.runtime import Runtime, build_runtime
from campaign.services.campaigns import quiet_mode
from campaign.services.moderation import removal
from campaign.services.signatures import correcting
from campaign.services.signatures.correcting import Correction
from campaign.settings import Settings
from campaign.store.tables import Campaign, Signature, SigningForm, Supporter
from campaign.web import create_app
from tests import make, updating
from tests.browsing import ORIGIN, Browser, Page
from tests.conftest import Clock
from tests.journeys.test_supporter import Post, body, officials
from tests.mail.mails import mail
from tests.web.test_inbound import form, send

PAGE = f"/c/{make.SLUG}"
RANA = "rana@mail.example"
WORDS = "seven lanterns under ice"
SAME_SITE = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
TELLING = re.compile(
    r"ondra|save-the-river|/c/|rivers? for all|lindqvist|okafor|brandt|minister|gauges|concrete|wells|dam\b"
    r"|letter|sign|petition|official|rana idris",
    re.IGNORECASE,
)


class Overheard:
    """The local provider, and somebody who reads along all that is handed to it."""

    name = "local"

    def __init__(self, settings: Settings) -> None:
        self._local = build_provider("local", settings)
        self.sent: list[Email] = []

    def send(self, email: Email, *, now: datetime) -> Outcome:
        self.sent.append(email)
        return self._local.send(email, now=now)

    def close(self) -> None:
        self._local.close()


@pytest.fixture
def overheard(settings: Settings) -> Overheard:
    return Overheard(settings)


@pytest.fixture
def runtime(settings: Settings, overheard: Overheard, clock: Clock) -> Iterator[Runtime]:
    changed = make.changed_settings(
        settings, official_rate=0, organization="Rivers for All", reply_domain="replies.post.example"
    )
    runtime = build_runtime(changed, provider=overheard)
    make.campaign(runtime, now=clock())
    with runtime.database.transaction() as session:
        assert quiet_mode.turn_on(session, make.SLUG, has_reply_domain=True, actor=COMMAND_LINE, now=clock())
    yield runtime
    runtime.close()


@pytest.fixture
def browser(runtime: Runtime, clock: Clock) -> Browser:
    app: Flask = create_app(runtime, clock=clock)
    app.testing = True
    return Browser(app)


@pytest.fixture
def post(runtime: Runtime, clock: Clock) -> Post:
    return Post(runtime, clock)


def sign(browser: Browser, **fields: object) -> Page:
    filled = {"name": "Rana Idris", "email": RANA, "secret_words": WORDS, **fields}
    return browser.send(browser.get(PAGE), f"{PAGE}/sign", **filled)


def code_in(post: Post, address: str = RANA) -> str:
    """The code of the last email that has one."""
    codes = [found[1] for one in post.to(address) if (found := re.search(r"^(\d{6})$", body(one), re.M))]
    return codes[-1]


def type_code(browser: Browser, code: str, words: str = WORDS, email: str = RANA) -> Page:
    return browser.send(browser.get("/code"), "/code", email=email, code=code, secret_words=words)


def new_code(browser: Browser, post: Post, clock: Clock, email: str = RANA) -> str:
    clock.forward(hours=9)
    browser.send(browser.get("/code"), "/code/new", email=email)
    return code_in(post, email)


def confirmed(browser: Browser, post: Post, **fields: object) -> Page:
    sign(browser, **fields)
    address = str(fields.get("email", RANA))
    typed = type_code(browser, code_in(post, address), email=address)
    return browser.send(typed, typed.path)


def everything_in(email: Email, runtime: Runtime) -> str:
    """What a provider is asked with, whichever it is: addresses, headers, words and its own data."""
    settings = runtime.settings.mail
    senders = FromAddresses(settings.from_address, settings.supporter_from_address)
    provider = SendGridProvider(host="https://127.0.0.1:9", api_key="k", from_addresses=senders)
    try:
        request = json.dumps(provider.request(email), ensure_ascii=False)
    finally:
        provider.close()
    return f"{request}\n{vars(email)}".replace(settings.from_address, "")


@pytest.mark.slow
def test_from_the_form_to_the_withdrawal_no_email_says_what_it_is_about(
    browser: Browser, runtime: Runtime, overheard: Overheard, post: Post, clock: Clock
) -> None:
    assert make.SLUG not in browser.get("/").text
    letter = browser.get(PAGE)
    assert letter.tree.xpath("//input[@name='visibility'][@checked]/@value") == ["hidden"]
    assert "An office you write to learns your name" in letter.text
    refused = browser.send(letter, f"{PAGE}/sign", name="Rana Idris", email=RANA, secret_words="rana idris 1")
    assert "These words are easy to guess" in refused.text
    fields = {"updates": "y", "officials": officials(letter), "message": "My well fell dry."}
    told = sign(browser, **fields)
    assert (told.status, told.path) == (200, f"{PAGE}/check-your-inbox")
    assert told.form("/code") is not None

    code = code_in(post)
    (asked,) = post.to(RANA)
    assert (asked["Subject"], asked["From"].split(" <")[0]) == ("Your code", "No reply")
    assert "empty the trash" in body(asked)
    assert "http" not in body(asked)
    assert code not in str(asked["Subject"])
    shown = type_code(browser, code)
    assert shown.path.startswith("/confirm/")
    assert "My well fell dry." in shown.text
    done = browser.send(shown, shown.path)
    assert "You have signed" in done.text
    assert make.signature_count(runtime) == 1
    thanks = post.to(RANA)[-1]
    assert (thanks["Subject"], thanks["List-Unsubscribe"]) == ("A message for you", None)
    assert "everything is complete" in body(thanks)

    (to_minister,) = post.to("minister@waters.example")
    assert "Rana Idris" in body(to_minister)
    answer = mail("We will read the gauges.", to=str(to_minister["Reply-To"]))
    assert send(browser.client, form(email=answer)).status_code == 204
    updating.approved(runtime, now=clock())
    post.arrive()
    with runtime.database.transaction() as session:
        signature = session.query(Signature).one()
        correction = Correction("Rana Idriss", None, None, "As you told us")
        correcting.correct(
            session,
            signature.campaign_id,
            signature.id,
            correction,
            context=runtime.mail_context,
            actor=COMMAND_LINE,
            now=clock(),
        )
    own = type_code(browser, new_code(browser, post, clock))
    assert own.path.startswith("/manage/")
    for words in ("Rana Idriss", "We will read the gauges.", "she has read our letter", "Mara Lindqvist"):
        assert words in own.text
    clock.forward(hours=3)
    assert browser.get(own.path).status == 409
    assert "Rana" not in browser.get(own.path).text

    again = type_code(browser, new_code(browser, post, clock))
    assert again.tree.xpath("//button[@value='withdraw']")
    taken_back = {"action": "withdraw-for-good"}
    gone = browser.client.post(again.path, data=taken_back, headers=SAME_SITE)
    assert gone.status_code == 200
    assert "Now remove the traces" in gone.text, "there is no other page to say it on"
    assert make.signature_count(runtime) == 0

    to_her = [email for email in overheard.sent if email.to_address == RANA]
    assert {email.kind for email in to_her} == TO_SUPPORTERS - QUESTIONS - {EmailKind.ALREADY_SIGNED}
    assert {email.subject for email in to_her} == {"Your code", "A message for you"}
    for email in to_her:
        assert TELLING.findall(everything_in(email, runtime)) == [], email.kind
    raw = "\n".join(one.as_string() + body(one) for one in post.to(RANA))
    assert TELLING.findall(raw.replace(runtime.settings.mail.from_address, "")) == []


def test_who_holds_the_mailbox_alone_learns_nothing_and_sees_no_difference(
    browser: Browser, runtime: Runtime, post: Post, clock: Clock
) -> None:
    confirmed(browser, post, officials=[], updates="y")
    other = "lin@mail.example"
    pages = {}
    for address in (RANA, other):
        code = new_code(browser, post, clock, address)
        tries = [type_code(browser, one, "what might it be", address) for one in (code, "000000")]
        pages[address] = [re.sub(address, "", one.response.get_data(as_text=True)) for one in tries]
        typed = {"email": address, "code": code}
        by_letter = browser.client.post(f"{PAGE}/confirm-code", data=typed, headers=SAME_SITE)
        assert by_letter.headers["Location"].endswith("/code")
    assert pages[RANA] == pages[other]

    # Signing with it tells nothing either: the pages are those of somebody new, and what was there is gone.
    clock.forward(days=2)
    seen = {}
    for address in (RANA, other):
        sign(browser, name="A Thief", email=address, secret_words="quite another secret")
        shown = type_code(browser, code_in(post, address), "quite another secret", address)
        pressed = browser.send(shown, shown.path)
        own = browser.get(pressed.links("/manage/")[0])
        links_and_addresses = r"[\w-]{43}|[0-9a-f]{32}|[rl]…[^<]*"
        seen[address] = [
            re.sub(links_and_addresses, "", one.response.get_data(as_text=True))
            for one in (shown, pressed, own)
        ]
        assert not any("Rana" in one.text for one in (shown, pressed, own))
    assert seen[RANA] == seen[other]
    assert make.signature_count(runtime) == 2
    clock.forward(days=1)
    assert type_code(browser, new_code(browser, post, clock)).status == 422


def test_a_code_that_lay_in_the_mailbox_for_a_day_opens_nothing(
    browser: Browser, post: Post, clock: Clock
) -> None:
    confirmed(browser, post, officials=[])
    code = new_code(browser, post, clock)
    clock.forward(hours=23)
    assert type_code(browser, code).path.startswith("/manage/")
    clock.forward(hours=2)
    assert type_code(browser, code).status == 422


@pytest.mark.slow
def test_neither_codes_nor_words_can_be_guessed_and_no_stranger_keeps_anybody_out(
    browser: Browser, runtime: Runtime, post: Post, clock: Clock
) -> None:
    sign(browser)
    code = code_in(post)
    wrong = [f"{number:06}" for number in range(200) if f"{number:06}" != code]
    # A stranger has neither: nothing is opened, and nothing is used up for her.
    assert {type_code(browser, one, "some other words").status for one in wrong[:12]} == {422}
    assert type_code(browser, code).path.startswith("/confirm/")
    # Who knows the words alone has five tries at the code of this form.
    assert {type_code(browser, one).status for one in wrong[:5]} == {422}
    assert type_code(browser, code).status == 422
    # Who can read the mailbox has ten tries a day at the words, whatever is asked for and sent.
    code = new_code(browser, post, clock)
    assert {type_code(browser, code, f"guess number {n}").status for n in range(10)} == {422}
    assert type_code(browser, code).status == 422
    clock.forward(days=1)
    assert type_code(browser, new_code(browser, post, clock)).path.startswith("/confirm/")


@pytest.mark.slow
def test_a_sealed_signer_of_a_quiet_campaign_comes_back_with_the_words(
    browser: Browser, runtime: Runtime, post: Post, clock: Clock
) -> None:
    make.seal_key(runtime, now=clock())
    done = confirmed(browser, post, visibility="sealed")
    assert "Your address is deleted here" in done.text
    with runtime.database.reading() as session:
        assert session.query(Supporter.email).all() == [(None,)]
        assert session.query(Signature.name, Signature.visibility).one() == ("", "sealed")
    own = type_code(browser, new_code(browser, post, clock))
    assert own.path.startswith("/manage/")
    assert [one["Subject"] for one in post.to(RANA)] == ["Your code"]
    erased = browser.client.post(own.path, data={"action": "erase-for-good"}, headers=SAME_SITE)
    assert erased.status_code == 200
    assert make.signature_count(runtime) == 0
    assert type_code(browser, new_code(browser, post, clock)).status == 422

    # Who is forgotten leaves no trace of the words either, and counts.
    pressed = confirmed(browser, post, email="lin@mail.example")
    [own_page] = pressed.links("/manage/")
    forgotten = browser.client.post(own_page, data={"action": "forget-for-good"}, headers=SAME_SITE)
    assert forgotten.status_code == 200
    with runtime.database.reading() as session:
        assert session.query(Signature.name, Signature.secret_hash).one() == ("", None)
    assert make.signature_count(runtime) == 1


@pytest.mark.slow
def test_once_people_could_sign_it_stays_quiet_and_what_waits_to_be_sent_is_called_back(
    browser: Browser, runtime: Runtime, overheard: Overheard, post: Post, clock: Clock
) -> None:
    make.campaign(runtime, now=clock(), slug="another")
    make.campaign(runtime, now=clock(), slug="a-draft", publish=False)
    other = make.page(runtime, "another")
    lin = make.sign_and_confirm(
        runtime, other, now=clock(), name="Lin", email="lin@mail.example", updates=True
    )
    telling = len(make.emails(runtime, kind="thanks", state="queued"))
    make.sign_and_confirm(runtime, other, now=clock(), name="Omar", email="omar@mail.example")
    of_omar = {"actor": COMMAND_LINE, "now": clock()}
    with runtime.database.transaction() as session:
        omar = make.signature_of(session, "Omar")
        theirs = omar.campaign_id, omar.id
        removal.remove(session, *theirs, reason="A mistake", **of_omar)
    with runtime.database.transaction() as session:
        quiet_mode.turn_on(session, "another", has_reply_domain=True, actor=COMMAND_LINE, now=clock())
        quiet_mode.turn_on(session, "a-draft", has_reply_domain=True, actor=COMMAND_LINE, now=clock())
        assert quiet_mode.turn_off(session, "a-draft", actor=COMMAND_LINE, now=clock())
        with pytest.raises(ConflictError, match="stays quiet for good"):
            quiet_mode.turn_off(session, "another", actor=COMMAND_LINE, now=clock())
        # Nor does a draft stop being quiet that somebody has come to, however that was.
        quiet_mode.turn_on(session, "a-draft", has_reply_domain=True, actor=COMMAND_LINE, now=clock())
        draft = session.scalars(select(Campaign).where(Campaign.slug == "a-draft")).one()
        came = {"campaign_id": draft.id, "state": "held", "received_at": clock(), "language": "en"}
        session.add(SigningForm(**came, email="early@mail.example"))
        session.flush()
        assert not quiet_mode.may_turn_off(session, "a-draft")
        with pytest.raises(ConflictError, match="stays quiet for good"):
            quiet_mode.turn_off(session, "a-draft", actor=COMMAND_LINE, now=clock())
    post.arrive()
    assert telling == 1
    assert post.to("lin@mail.example") == []
    # Nor does anything leave later that was called back for another reason.
    with runtime.database.transaction() as session:
        removal.restore(session, *theirs, **of_omar)
    post.arrive()
    assert post.to("omar@mail.example") == []
    with runtime.database.transaction() as session:
        signature = make.signature_of(session, "Lin")
        correcting.correct(
            session,
            signature.campaign_id,
            signature.id,
            Correction("Lin Mei", None, None, "As you told us"),
            context=runtime.mail_context,
            actor=COMMAND_LINE,
            now=clock(),
        )
    # She has no secret words: a note would lead nowhere, and tell all the same. It stands on her page.
    assert post.to("lin@mail.example") == []
    own = browser.get(f"/manage/{lin.manage_token}").text
    assert "The organizers corrected your signature." in own
    assert ("It was: Lin" in own, "As you told us" in own) == (True, True)


def test_who_signed_before_it_was_quiet_gets_no_note_that_leads_nowhere(
    make_runtime: Callable[..., Runtime], clock: Clock
) -> None:
    runtime = make_runtime()
    updating.agree(runtime, make.campaign(runtime, now=clock()), 2, now=clock())
    with runtime.database.transaction() as session:
        quiet_mode.turn_on(session, make.SLUG, has_reply_domain=True, actor=COMMAND_LINE, now=clock())
    update_id = updating.approved(runtime, now=clock())
    updating.work(runtime, now=clock())
    assert make.emails(runtime, kind="update") == []
    assert updating.found(runtime, update_id).figures.passed_over == 2

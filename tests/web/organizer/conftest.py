"""The desk in tests: passwords that are cheap to hash, an organizer of each role, a campaign."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, update

from campaign.documents.tables.read_table import read_table
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.domain.changes import ChangeKind
from campaign.domain.drawing import ChanceSource
from campaign.domain.export_choice import ExportChoice, ExportFormat
from campaign.domain.imports import ImportSource, ImportState
from campaign.domain.moderation import InvalidationRule
from campaign.domain.name_reports import ReportReason
from campaign.domain.official import Channel
from campaign.domain.outbox import OutboxState
from campaign.domain.prepared_files import PreparedKind
from campaign.domain.quotes import QuoteNaming, QuoteState
from campaign.domain.roles import Role, everywhere
from campaign.domain.signature import SignatureState
from campaign.domain.signing_form import FormState
from campaign.domain.spot_check import SpotCheckState
from campaign.domain.updates import UpdateState, UpdateText
from campaign.runtime import Runtime
from campaign.services.accounts import invitations, organizers, password_resets
from campaign.services.accounts.passwords import Passwords
from campaign.services.campaigns import campaigns, change_log, changes, letters
from campaign.services.documents import prepared_files, saved_choices
from campaign.services.feedback import suppressions
from campaign.services.imports import drafts
from campaign.services.moderation import invalidation, removal
from campaign.services.opening import preview_links, schedule
from campaign.services.signatures import correcting
from campaign.services.signatures.correcting import Correction
from campaign.services.transparency import witnesses
from campaign.services.updates import approval
from campaign.services.updates import drafts as updates
from campaign.store.database import Session
from campaign.store.tables import (
    Campaign,
    CampaignUpdate,
    CountLogHead,
    HandOver,
    Invalidation,
    Message,
    NameReport,
    Official,
    Organizer,
    OutboxEmail,
    PreparedFile,
    Quote,
    Removal,
    Reply,
    SavedChoice,
    Signature,
    SignatureImport,
    SigningForm,
    SpotCheck,
)
from campaign.web import create_app, organizer
from tests import make
from tests.browsing import ORIGIN, OWN_SITE, Browser, Page
from tests.conftest import Clock
from tests.domain.test_witnesses import KEY
from tests.put_back import put_back

DRAFT = "a-draft"
PASSWORD = "marble otter kiosk plum"
CHEAP = Passwords(memory=8, passes=1, lanes=1)


@pytest.fixture
def app(request: pytest.FixtureRequest, runtime: Runtime, clock: Clock) -> Flask:
    is_furnished = "furnished" in request.fixturenames
    fill = _furnish if is_furnished else _people_the_desk
    put_back(runtime, ("desk", is_furnished, clock()), lambda: fill(runtime, clock))
    app = create_app(runtime, clock=clock)
    if "organizer" not in app.blueprints:
        organizer.register(app)
    app.extensions["campaign_passwords"] = CHEAP
    app.testing = True
    return app


@pytest.fixture
def furnished(app: Flask, clock: Clock) -> Flask:
    """The desk with something of everything that a form is about."""
    clock.forward(minutes=1)  # a rule is about those who confirmed before now
    return app


def _people_the_desk(runtime: Runtime, clock: Clock) -> None:
    page = make.campaign(runtime, now=clock())
    make.sign_and_confirm(runtime, page, now=clock())
    with runtime.database.transaction() as session:
        for role in Role:
            organizers.add(
                session,
                f"{role.value}@desk.example",
                role=role,
                sees_people=role is Role.EDITOR,
                password=PASSWORD,
                actor=COMMAND_LINE,
                now=clock(),
                passwords=CHEAP,
            )


def _furnish(runtime: Runtime, clock: Clock) -> None:
    _people_the_desk(runtime, clock)
    make.translate(runtime, "ug", now=clock())
    page = make.page(runtime)
    make.sign_and_confirm(runtime, page, now=clock(), email="forged@mail.example")
    make.sign_and_confirm(runtime, page, now=clock(), email="robot@mail.example", is_suspected=True)
    make.sign_and_confirm(runtime, page, now=clock(), email="quoted@mail.example")
    make.keep(runtime, make.new_form(page, now=clock(), email="crowd@mail.example", network="a1b2c3d4"))
    with runtime.database.transaction() as session:
        rewording = {"language": "en", "parts": [{"part": "closing", "ask": None, "difference": []}]}
        change_log.record(session, page.head.id, ChangeKind.LETTER, rewording, at=clock())
        changes.add_note(session, make.SLUG, "The hearing is in May.", actor=COMMAND_LINE, now=clock())
        received = SigningForm.state == FormState.RECEIVED
        session.execute(update(SigningForm).where(received).values(state=FormState.HELD))
        official = session.scalars(select(Official)).first()
        assert official
        of_forged = removal.signature_of(session, make.SLUG, "forged@mail.example", key=runtime.address_key)
        removal.remove(session, *of_forged, reason="forged", actor=COMMAND_LINE, now=clock())
        invalidation.begin(
            session,
            make.SLUG,
            InvalidationRule(domain="forge.example"),
            expected=1,
            reason="",
            actor=COMMAND_LINE,
            now=clock(),
        )
        of_robot = removal.signature_of(session, make.SLUG, "robot@mail.example", key=runtime.address_key)
        correction = Correction("Rana Idrissi", None, None, "a letter was missing")
        context = make.mail_context(runtime)
        correcting.correct(session, *of_robot, correction, context=context, actor=COMMAND_LINE, now=clock())
        emails = select(OutboxEmail.id).order_by(OutboxEmail.id)
        doubt, failed = session.scalars(emails.limit(2)).all()
        for email_id, state in ((doubt, OutboxState.IN_DOUBT), (failed, OutboxState.FAILED)):
            session.execute(update(OutboxEmail).where(OutboxEmail.id == email_id).values(state=state))
        suppressions.add(
            session, "lin@mail.example", key=runtime.address_key, actor=COMMAND_LINE, now=clock()
        )
        session.add(
            Reply(
                mail_hash="0" * 64,
                campaign_id=official.campaign_id,
                official_id=official.id,
                received_at=clock(),
                sender_name="Mara",
                sender_address="minister@waters.example",
                subject="Re: The dam",
                written="We will look into it.",
                quoted="",
                attachments=[],
                is_automatic=False,
                state="new",
            )
        )
        organizers.add(
            session,
            "gone@desk.example",
            role=Role.VIEWER,
            password=PASSWORD,
            actor=COMMAND_LINE,
            now=clock(),
            passwords=CHEAP,
        )
        organizers.disable(session, "gone@desk.example", actor=COMMAND_LINE, now=clock())
        invitations.invite(
            session,
            "colleague@desk.example",
            everywhere(Role.VIEWER),
            context=runtime.organizer_mail,
            language=None,
            actor=COMMAND_LINE,
            now=clock(),
        )
        written = select(Signature.id).order_by(Signature.id).limit(1)
        quoted = select(Signature.id).order_by(Signature.id.desc()).limit(1)
        session.add(
            Message(
                signature_id=session.scalars(written).one(),
                official_id=official.id,
                channel=Channel.EMAIL,
                subject="The river",
                words="I drink from it.",
                stressed_asks=[],
                created_at=clock(),
            )
        )
        session.add(
            Quote(
                campaign_id=official.campaign_id,
                signature_id=session.scalars(quoted).one(),
                state=QuoteState.AGREED,
                words="I drink from it.",
                language="en",
                naming=QuoteNaming.UNNAMED,
                asked_at=clock(),
                place=1,
            )
        )
        session.add(
            NameReport(
                campaign_id=official.campaign_id,
                signature_id=session.scalars(written).one(),
                reason=ReportReason.FALSE,
                words="She is invented.",
                reported_at=clock(),
            )
        )
        session.add(
            HandOver(
                official_id=official.id,
                handed_on=clock().date(),
                what="The letter",
                holder=official.name,
                is_public=False,
                entered_at=clock(),
            )
        )
        _prepare_a_list(session, official.campaign_id, clock())
        text = {"en": UpdateText("The minister answers", "Hello {{name}}")}
        updates.create(session, make.SLUG, text, actor=COMMAND_LINE, now=clock())
        asked = updates.create(session, make.SLUG, text, actor=COMMAND_LINE, now=clock())
        edition = updates.found(session, make.SLUG, asked).edition
        approval.ask(session, make.SLUG, asked, edition=edition, actor=COMMAND_LINE, now=clock())
        make_draft(session, clock)
    make.campaign(runtime, now=clock(), slug="mill")
    with runtime.database.transaction() as session:
        campaigns.set_state(session, "mill", CampaignState.CLOSED, actor=COMMAND_LINE, now=clock())
        _check_spots(session, clock())


def _prepare_a_list(session: Session, campaign_id: int, now: datetime) -> None:
    """A saved choice, and a file that waits for the owner."""
    choice = ExportChoice(format=ExportFormat.CSV)
    saved_choices.save(session, campaign_id, "For the newsletter", choice, actor=COMMAND_LINE, now=now)
    owner = select(Organizer.id).where(Organizer.role == Role.OWNER)
    prepared_files.order(
        session,
        campaign_id,
        PreparedKind.SUPPORTERS,
        choice.as_json(),
        expected=1,
        organizer_id=session.scalars(owner).one(),
        now=now,
    )
    session.execute(update(PreparedFile).values(made_at=now, key=b"k" * 32))
    table = read_table(b"Name,Email\nLin Ostrow,lin.ostrow@mail.example\n")
    for state in (ImportState.DRAFT, ImportState.DONE):
        import_id = drafts.keep(
            session, make.SLUG, table, ImportSource.PAPER, mapping={}, actor=COMMAND_LINE, now=now
        )
        chosen = update(SignatureImport).where(SignatureImport.id == import_id)
        session.execute(chosen.values(state=state))


def _check_spots(session: Session, now: datetime) -> None:
    """One campaign has a spot check that waits for its value; the other could begin one."""
    ids = dict(session.execute(select(Campaign.slug, Campaign.id)).all())
    log = {"size": 60, "signed": 60, "root": bytes(32), "published_on": now.date()}
    session.execute(insert(CountLogHead).values(campaign_id=ids["mill"], **log))
    witnesses.add(session, make.SLUG, "River Watch", KEY, actor=COMMAND_LINE, now=now)
    session.add(
        SpotCheck(
            campaign_id=ids[make.SLUG],
            number=1,
            state=SpotCheckState.COMMITTED,
            size=60,
            root=bytes(32),
            wanted=20,
            source=ChanceSource.DRAND,
            source_name="34000000",
            known_at=now,
            committed_at=now - timedelta(hours=1),
        )
    )


def make_draft(session: Session, clock: Clock) -> None:
    """A campaign that is not open: it has a link to its preview, and opens in a week."""
    letters.import_letter(session, make.LETTER, slug=DRAFT, publish=False, actor=COMMAND_LINE, now=clock())
    preview_links.make(session, DRAFT, actor=COMMAND_LINE, now=clock())
    opens_at = (clock() + timedelta(days=7)).strftime("%Y-%m-%d %H:%M")
    schedule.set_time(session, DRAFT, opens_at=opens_at, zone="", actor=COMMAND_LINE, now=clock())


@pytest.fixture
def ids(furnished: Flask, runtime: Runtime, clock: Clock) -> dict[str, int | str]:
    """The numbers of an official, a reply, three signatures (one removed, one suspected), an email in doubt,
    two organizers, one of them disabled; the tokens of a reset and of an invitation.
    """
    with runtime.database.transaction() as session:
        reset = password_resets.start(session, "viewer@desk.example", actor=COMMAND_LINE, now=clock())
    of_an_email = select(OutboxEmail.id).where(OutboxEmail.state == OutboxState.IN_DOUBT)
    of_a_removal = select(Removal.signature_id)
    of_a_suspect = select(Signature.id).where(Signature.state == SignatureState.SUSPECTED)
    tables = {"official": Official, "reply": Reply, "signature": Signature, "invalidation": Invalidation}
    tables |= {"choice": SavedChoice, "file": PreparedFile, "import": SignatureImport}
    tables |= {"update": CampaignUpdate, "spot_check": SpotCheck, "quote": Quote}
    of_asked = select(CampaignUpdate.id).where(CampaignUpdate.state == UpdateState.ASKED)
    with runtime.database.reading() as session:
        rows = {name: select(table.id).order_by(table.id).limit(1) for name, table in tables.items()}
        more = {
            **rows,
            "email": of_an_email,
            "removed": of_a_removal,
            "suspected": of_a_suspect,
            "asked": of_asked,
        }
        found = {name: session.scalars(row).one() for name, row in more.items()}
        of_person = select(Organizer.id).where(Organizer.email == "editor@desk.example")
        of_gone = select(Organizer.id).where(Organizer.disabled_at.is_not(None))
        people = {"person": session.scalars(of_person).one(), "gone": session.scalars(of_gone).one()}
    invited = make.link(make.emails(runtime, kind="invitation")[-1], "invitation")
    return {**found, **people, "reset": reset, "invitation": invited}


@pytest.fixture
def logged_in(app: Flask) -> Callable[[Role], Browser]:
    """A browser in which an organizer of some role has logged in."""

    def log_in(role: Role) -> Browser:
        browser = Browser(app)
        form = browser.get("/organizer/login").form("/login")
        filled = {**dict(form.form_values()), "email": f"{role.value}@desk.example", "password": PASSWORD}
        let_in = browser.client.post("/organizer/login", base_url=ORIGIN, data=filled, headers=OWN_SITE)
        assert (let_in.status_code, let_in.location) == (303, "/organizer/"), let_in.text
        return browser

    return log_in


def enter(browser: Browser, email: str, password: str = PASSWORD, *, at: str = "/organizer/") -> Page:
    """Open a page of the desk and fill the login form it leads to."""
    return browser.send(browser.get(at), "/login", email=email, password=password)

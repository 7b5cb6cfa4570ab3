"""An update reaches those who still want it when it is sent, each once, after everybody's other mail."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from campaign.domain import updates
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.events import SuppressionSource
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.signature import SignatureState
from campaign.domain.updates import Audience, UpdateState, UpdateText
from campaign.errors import ConflictError, ForbiddenError
from campaign.runtime import Runtime
from campaign.services.feedback import suppressions
from campaign.services.moderation import removal
from campaign.services.outbox import claim as claims
from campaign.services.outbox.claim import Claimed, Route
from campaign.services.outbox.rate_limits import Limits
from campaign.services.outbox.restored import doubt_what_waited
from campaign.services.queue import decisions
from campaign.services.queue.decisions import Decision
from campaign.services.signatures import self_service
from campaign.services.updates import approval, batch, drafts, gathering, steering
from campaign.services.updates import audience as audiences
from campaign.services.updates.drafts import UpdateDetails
from campaign.store.archive import Manifest
from campaign.store.tables import OutboxEmail, Signature, Supporter, UpdateRecipient
from tests import make, updating
from tests.conftest import Clock
from tests.queueing import enqueue
from tests.unreadable import find_again, lose

pytestmark = pytest.mark.slow_on_postgresql

Leave = Callable[[Runtime, str, datetime], None]


@pytest.fixture
def page(runtime: Runtime, now: datetime) -> CampaignPage:
    return make.campaign(runtime, now=now)


@pytest.fixture
def signers(runtime: Runtime, page: CampaignPage, now: datetime) -> dict[str, str]:
    """Three who asked for news, with the tokens by which each manages their signature."""
    tokens = {}
    for name in ("rana", "ada", "lin"):
        make.sign_and_confirm(runtime, page, now=now, name=name, email=f"{name}@mail.example", updates=True)
        tokens[name] = make.link(make.emails(runtime, kind="thanks")[-1], "manage")
    return tokens


def test_an_organizer_is_sent_ten_tests_an_hour_and_no_more(
    runtime: Runtime, page: CampaignPage, now: datetime
) -> None:
    writer, _ = updating.two_organizers(runtime, now=now)
    update_id, context = updating.approved(runtime, now=now), make.mail_context(runtime)

    def test() -> None:
        with runtime.database.transaction() as session:
            approval.send_test(
                session, make.SLUG, update_id, language="en", context=context, actor=writer, now=now
            )

    for _ in range(10):
        test()
    with pytest.raises(ConflictError, match="within an hour"):
        test()
    assert len(make.emails(runtime, kind="update")) == 10


def test_neither_who_wrote_an_update_nor_who_asked_for_it_is_its_second_person(
    runtime: Runtime, page: CampaignPage, signers: dict[str, str], now: datetime
) -> None:
    writer, asker = updating.two_organizers(runtime, now=now)
    details = UpdateDetails(updating.TEXTS, Audience(), updates.FASTEST)
    with runtime.database.transaction() as session:
        update_id = drafts.create(session, make.SLUG, {}, actor=writer, now=now)
        drafts.change(session, make.SLUG, update_id, details, actor=writer, now=now)
        edition = drafts.found(session, make.SLUG, update_id).edition
        approval.ask(session, make.SLUG, update_id, edition=edition, actor=asker, now=now)
        for one in (writer, asker):
            with pytest.raises(ForbiddenError, match="A second person must approve this"):
                approval.approve(session, make.SLUG, update_id, edition=edition, actor=one, now=now)


def claim(runtime: Runtime, now: datetime, batch_size: int = 100) -> tuple[Claimed, ...]:
    with runtime.database.transaction() as session:
        return claims.claim(
            session,
            "worker",
            route=Route("local"),
            limits=Limits(),
            batch=batch_size,
            lease=timedelta(minutes=1),
            now=now,
        )


def claim_all(runtime: Runtime, now: datetime) -> list[Claimed]:
    """Batch after batch, as a worker does."""
    claimed: list[Claimed] = []
    while batch_of_some := claim(runtime, now):
        claimed += batch_of_some
    return claimed


def news(runtime: Runtime, **having: object) -> list[str]:
    """To whom updates are in the outbox and not called back."""
    rows = make.emails(runtime, kind="update", **having)
    return [row.to_address for row in rows if row.state != OutboxState.CANCELLED]


def withdraw(runtime: Runtime, token: str, now: datetime) -> None:
    with runtime.database.transaction() as session:
        signature_id = make.signature_of(session, "ada").id
        self_service.withdraw_signature(session, signature_id, now=now)


def erase(runtime: Runtime, token: str, now: datetime) -> None:
    with runtime.database.transaction() as session:
        self_service.erase(session, token, now=now)


def end_all_news(runtime: Runtime, token: str, now: datetime) -> None:
    with runtime.database.transaction() as session:
        supporter_id = make.signature_of(session, "ada").supporter_id
        suppressions.unsubscribe(session, supporter_id, source=SuppressionSource.PAGE, now=now)


def be_suppressed(runtime: Runtime, token: str, now: datetime) -> None:
    with runtime.database.transaction() as session:
        key = runtime.address_key
        suppressions.add(session, "ada@mail.example", key=key, actor=COMMAND_LINE, now=now)


def be_removed(runtime: Runtime, token: str, now: datetime) -> None:
    with runtime.database.transaction() as session:
        of_ada = removal.signature_of(session, make.SLUG, "ada@mail.example", key=runtime.address_key)
        removal.remove(session, *of_ada, reason="forged", actor=COMMAND_LINE, now=now)


def lose_consent_by_no_known_way(runtime: Runtime, token: str, now: datetime) -> None:
    with runtime.database.transaction() as session:
        make.signature_of(session, "ada").updates = False


WAYS = [withdraw, erase, end_all_news, be_suppressed, be_removed, lose_consent_by_no_known_way]


def begun(runtime: Runtime, clock: Clock) -> int:
    """An approved update of which emails wait that no provider has seen."""
    update_id = updating.approved(runtime, now=clock())
    while not news(runtime):
        with runtime.database.transaction() as session:
            batch.go_on(session, update_id, context=runtime.mail_context, now=clock())
    return update_id


def test_whose_email_was_tried_before_a_pause_gets_no_second_one(
    runtime: Runtime, signers: dict[str, str], clock: Clock
) -> None:
    update_id = begun(runtime, clock)
    unread = {"synchronize_session": False}
    with runtime.database.transaction() as session:
        of_ada = OutboxEmail.signature_id == make.signature_of(session, "ada").id
        tried = update(OutboxEmail).where(of_ada, OutboxEmail.kind == EmailKind.UPDATE)
        session.execute(tried.values(first_tried_at=clock()), execution_options=unread)
        steering.pause(session, make.SLUG, update_id, actor=COMMAND_LINE, now=clock())
        steering.resume(session, make.SLUG, update_id, actor=COMMAND_LINE, now=clock())
    clock.forward(minutes=5)
    updating.work(runtime, now=clock())
    assert sorted(news(runtime)) == ["lin@mail.example", "rana@mail.example"]


def test_whose_email_could_not_be_read_before_a_change_gets_the_changed_one_and_nobody_sends_both(
    runtime: Runtime, signers: dict[str, str], clock: Clock
) -> None:
    update_id = begun(runtime, clock)
    of_one = f"email_id = {make.emails(runtime, kind='update')[0].id}"
    lose(runtime.database, "outbox_body", "text", of_one)
    claim_all(runtime, clock())
    find_again(runtime.database, "outbox_body", "text", of_one)
    assert len(make.emails(runtime, kind="update", state=OutboxState.FAILED)) == 1
    updating.reword(runtime, update_id, now=clock(), subject="Put right")
    with runtime.database.reading() as session:
        assert decisions.select_emails(session, Decision.RETRY, campaign_id=None).number == 0
    updating.approve(runtime, update_id, now=clock())
    clock.forward(minutes=5)
    updating.work(runtime, now=clock())
    changed = [f"{name}@mail.example" for name in ("ada", "lin", "rana")]
    assert sorted(news(runtime)) == sorted(news(runtime, subject="Put right")) == changed


@pytest.mark.first_rows(4)
@pytest.mark.parametrize("leave", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("is_queued", [False, True], ids=["on the list", "in the queue"])
def test_whoever_wants_no_more_by_the_moment_of_sending_gets_nothing(
    runtime: Runtime, signers: dict[str, str], clock: Clock, leave: Leave, is_queued: bool
) -> None:
    update_id = updating.approved(runtime, now=clock())
    with runtime.database.transaction() as session:
        batch.go_on(session, update_id, context=runtime.mail_context, now=clock())
    assert updating.found(runtime, update_id).figures.recipients == 3
    if is_queued:
        updating.work(runtime, now=clock())
        assert len(news(runtime)) == 3
    leave(runtime, signers["ada"], clock())

    if not is_queued:
        updating.work(runtime, now=clock())
    kinds = [(one.email.kind, one.email.to_address) for one in claim_all(runtime, clock())]
    leaving = [address for kind, address in kinds if kind == EmailKind.UPDATE]
    assert sorted(leaving) == ["lin@mail.example", "rana@mail.example"]
    clock.forward(minutes=5)
    updating.work(runtime, now=clock())
    assert claim_all(runtime, clock()) == []


def test_all_other_mail_is_claimed_before_an_update(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    updating.agree(runtime, page, 5, now=clock())
    updating.approved(runtime, now=clock())
    updating.work(runtime, now=clock())
    clock.forward(minutes=1)
    enqueue(runtime.database, clock(), 2, kind=EmailKind.CONFIRMATION, reply_to=None)
    official = page.officials[0].id
    enqueue(runtime.database, clock(), 2, official_id=official, campaign_id=page.head.id)

    first = [one.email.kind for one in claim(runtime, clock(), 4)]
    assert Counter(first) == {"confirmation": 2, "message": 2}
    assert [one.email.kind for one in claim(runtime, clock(), 4)] == ["update"] * 4


def test_no_more_wait_in_the_queue_than_can_be_called_back_at_once(
    runtime: Runtime, page: CampaignPage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name, number in (
        (batch, "MOST_QUEUED", 5),
        (batch, "WRITTEN_AT_ONCE", 2),
        (gathering, "LOOKED_AT_ONCE", 3),
    ):
        monkeypatch.setattr(module, name, number)
    updating.agree(runtime, page, 9, now=clock())
    update_id = updating.approved(runtime, now=clock())
    for _ in range(3):
        updating.work(runtime, now=clock())
        clock.forward(minutes=1)
    assert len(news(runtime)) == 5
    with runtime.database.transaction() as session:
        steering.pause(session, make.SLUG, update_id, actor=COMMAND_LINE, now=clock())
    assert news(runtime) == []
    assert claim(runtime, clock()) == ()
    with runtime.database.transaction() as session:
        steering.resume(session, make.SLUG, update_id, actor=COMMAND_LINE, now=clock())
    for _ in range(3):
        updating.work(runtime, now=clock())
        claim_all(runtime, clock())
        clock.forward(minutes=1)
    assert Counter(news(runtime)) == {f"reader-{place}@mail.example": 1 for place in range(9)}
    updating.work(runtime, now=clock())
    assert updating.found(runtime, update_id).state is UpdateState.SENT


def test_after_a_change_only_those_get_it_who_have_not_got_it(
    runtime: Runtime, page: CampaignPage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batch, "MOST_QUEUED", 4)
    updating.agree(runtime, page, 9, now=clock())
    update_id = updating.approved(runtime, now=clock())
    updating.work(runtime, now=clock())
    left = {one.email.to_address for one in claim(runtime, clock(), 3)}
    with runtime.database.transaction() as session:
        claims_kept = make.emails(runtime, kind="update", state=OutboxState.LEASED)
        assert len(claims_kept) == 3
        for one in claims_kept:
            session.execute(
                update(type(one)).where(type(one).id == one.id).values(state="accepted", leased_by=None)
            )
    updating.reword(runtime, update_id, now=clock(), subject="Put right")
    assert updating.found(runtime, update_id).figures.written == 3
    updating.approve(runtime, update_id, now=clock())
    for _ in range(4):
        clock.forward(minutes=1)
        updating.work(runtime, now=clock())
        claim_all(runtime, clock())
    by_subject = {
        subject: set(news(runtime, subject=subject)) for subject in ("The minister answers", "Put right")
    }
    assert by_subject["The minister answers"] == left
    assert len(by_subject["Put right"]) == 6
    assert not by_subject["Put right"] & left
    assert not [
        row.text for row in make.emails(runtime, kind="update", state=OutboxState.CANCELLED) if row.text
    ]


def test_stopped_for_good_it_stays_and_its_list_is_deleted(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    updating.agree(runtime, page, 5, now=clock())
    update_id = updating.approved(runtime, now=clock(), rate=60)
    updating.work(runtime, now=clock())
    claim(runtime, clock())
    with runtime.database.transaction() as session:
        steering.stop(session, make.SLUG, update_id, actor=COMMAND_LINE, now=clock())
    updating.work(runtime, now=clock())
    with runtime.database.reading() as session:
        assert session.scalars(select(UpdateRecipient.state)).all() == []
    with pytest.raises(ConflictError), runtime.database.transaction() as session:
        steering.resume(session, make.SLUG, update_id, actor=COMMAND_LINE, now=clock())


def test_two_spellings_of_one_mailbox_get_one(runtime: Runtime, page: CampaignPage, clock: Clock) -> None:
    for address in ("rana.idris@gmail.com", "ranaidris+letter@gmail.com"):
        make.sign(runtime, page, now=clock(), email=address, updates=True)
        question = make.last_question(runtime)
        with suppress(ConflictError):  # the second is told kindly that they have signed already
            make.confirm(runtime, make.link(question, "confirm"), now=clock())
        clock.forward(hours=2)
    updating.approved(runtime, now=clock())
    updating.work(runtime, now=clock())
    assert len(news(runtime)) == 1


def test_each_reads_it_in_their_language_else_in_the_letter_s(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.translate(runtime, "ug", now=clock())
    for language in ("en", "ug", "fr"):
        make.sign_and_confirm(
            runtime, page, now=clock(), email=f"{language}@mail.example", language=language, updates=True
        )
    texts = {**updating.TEXTS, "ug": UpdateText("جاۋاب", "{{name}}")}
    updating.approved(runtime, now=clock(), texts=texts)
    updating.work(runtime, now=clock())
    subjects = {row.to_address.partition("@")[0]: row.subject for row in make.emails(runtime, kind="update")}
    assert subjects == {"en": "The minister answers", "ug": "جاۋاب", "fr": "The minister answers"}
    (right_to_left,) = make.emails(runtime, kind="update", language="ug")
    assert 'dir="rtl"' in right_to_left.html


def test_a_narrow_choice_finds_its_people_and_tells_no_number_that_could_be_one(
    runtime: Runtime, page: CampaignPage, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    official = page.officials[0].id
    for name, more in (
        ("rana", {"country": "FR"}),
        ("ada", {"country": "FR", "officials": (official,)}),
        ("lin", {"language": "fr"}),
    ):
        make.sign_and_confirm(
            runtime, page, now=clock(), name=name, email=f"{name}@mail.example", updates=True, **more
        )
        clock.forward(days=1)
    with runtime.database.reading() as session:
        whole = audiences.number(session, page.head.id, Audience())
        narrow = audiences.number(session, page.head.id, Audience(country="FR"))
    assert (whole.number, whole.is_few) == (3, False)
    assert (narrow.number, narrow.is_few) == (10, True)
    monkeypatch.setattr(updates, "SMALLEST_NUMBER_TOLD", 1)
    day = clock().date() - timedelta(days=3)
    for audience, chosen in (
        (Audience(country="FR"), {"rana", "ada"}),
        (Audience(language="fr"), {"lin"}),
        (Audience(official_id=official), {"ada"}),
        (Audience(signed_until=day), {"rana"}),
        (Audience(signed_from=day + timedelta(days=1)), {"ada", "lin"}),
    ):
        update_id = updating.approved(runtime, now=clock(), audience=audience)
        updating.work(runtime, now=clock())
        assert set(news(runtime, update_id=update_id)) == {f"{name}@mail.example" for name in chosen}


def test_nothing_of_a_person_is_left_on_a_list_once_they_erase_themselves(
    runtime: Runtime, signers: dict[str, str], clock: Clock
) -> None:
    updating.approved(runtime, now=clock())
    updating.work(runtime, now=clock())
    erase(runtime, signers["ada"], clock())
    with runtime.database.reading() as session:
        listed = select(UpdateRecipient.supporter_id)
        assert len(session.scalars(listed).all()) == 2
        assert "ada@mail.example" not in session.scalars(select(Supporter.email)).all()
    assert not [row for row in make.emails(runtime, kind="update") if "ada" in (row.to_address + row.text)]
    assert make.signature_count(runtime) == 2
    with runtime.database.reading() as session:
        states = session.scalars(select(Signature.state)).all()
    assert set(states) == {SignatureState.CONFIRMED}


def test_after_a_restore_nobody_gets_an_update_whom_the_backup_does_not_know_to_have_got_it(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    updating.agree(runtime, page, 3, now=clock())
    update_id = updating.approved(runtime, now=clock(), rate=60)
    updating.work(runtime, now=clock())
    with runtime.database.transaction() as session:
        doubt_what_waited(session, Manifest(1, "2026-11-23", "0036", "", {}))
    clock.forward(hours=1)
    updating.work(runtime, now=clock())
    assert claim_all(runtime, clock()) == []
    assert updating.found(runtime, update_id).state is UpdateState.STOPPED


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_no_look_for_those_who_asked_for_news_walks_all_who_signed(
    runtime: Runtime, page: CampaignPage
) -> None:
    agreed = "signature.updates IS TRUE AND signature.state || '' = 'confirmed'"
    due = "state = 'queued' AND update_id IS NOT NULL AND due_at <= '2027'"
    for query, index in (
        (
            f"SELECT id FROM signature WHERE campaign_id = 1 AND {agreed} ORDER BY id DESC LIMIT 5",
            "ix_signature_agreed",
        ),
        (
            f"SELECT id FROM outbox_email WHERE {due} ORDER BY due_at, id LIMIT 5",
            "ix_outbox_email_update_due",
        ),
    ):
        with runtime.database.reading() as session:
            plan = str(session.execute(text(f"EXPLAIN QUERY PLAN {query}")).all())
        assert index in plan
        assert "TEMP B-TREE" not in plan

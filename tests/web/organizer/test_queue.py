"""The queue on the desk: every state has its place, and a decision about many is asked twice."""

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from campaign.domain.official import OfficialPauseCause
from campaign.domain.outbox import EmailKind, OutboxState, PauseCause
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.outbox import provider_pauses
from campaign.store.tables import Official, Organizer, OutboxEmail
from campaign.worker import loop
from tests import make
from tests.browsing import ORIGIN, Browser
from tests.conftest import Clock
from tests.queueing import enqueue, stored
from tests.unreadable import find_again, lose

pytestmark = pytest.mark.both_databases

QUEUE = "/organizer/queue"
OURS = f"/organizer/campaigns/{make.SLUG}/queue"

LogIn = Callable[[Role], Browser]


@pytest.fixture
def put(runtime: Runtime, clock: Clock) -> Callable[..., None]:
    """Writes messages to the campaign's first official in a state."""

    def write(state: OutboxState, number: int = 1, **values: object) -> None:
        page = make.page(runtime)
        ours = {"campaign_id": page.head.id, "official_id": page.officials[0].id}
        known = {one.id for one in stored(runtime.database)}
        enqueue(runtime.database, clock(), number, **ours)
        fresh = [one.id for one in stored(runtime.database) if one.id not in known]
        with runtime.database.transaction() as session:
            session.execute(
                update(OutboxEmail).where(OutboxEmail.id.in_(fresh)).values(state=state, **values)
            )

    return write


def counted(runtime: Runtime, state: OutboxState) -> int:
    return len(stored(runtime.database, state=state, kind=EmailKind.MESSAGE))


def test_an_email_in_doubt_tells_its_campaign_by_title(logged_in: LogIn, put: Callable[..., None]) -> None:
    put(OutboxState.IN_DOUBT)
    page = logged_in(Role.EDITOR).get(f"{QUEUE}/in-doubt")
    assert "3 groups ask the minister to save the River Ondra" in page.text
    assert make.SLUG not in page.text


def test_two_hundred_doubts_are_settled_at_once_after_a_look_at_how_many_they_are(
    logged_in: LogIn, runtime: Runtime, put: Callable[..., None]
) -> None:
    put(OutboxState.IN_DOUBT, 200, reason="The worker died.")
    browser = logged_in(Role.EDITOR)
    page = browser.get(OURS)
    asked = browser.get(page.links("decision=treat-as-sent")[0])
    assert "200 emails in doubt would count as sent." in asked.text
    put(OutboxState.IN_DOUBT)
    done = browser.send(asked, "/queue/all", button="treat-as-sent")
    assert "They are marked as sent." in done.text
    assert done.path == OURS
    assert (counted(runtime, OutboxState.ACCEPTED), counted(runtime, OutboxState.IN_DOUBT)) == (200, 1)
    with runtime.database.reading() as session:
        entry = audit_log.entries(session)[0]
    assert (entry.action, entry.details["number"]) == ("emails.treat-as-sent", 200)
    for no_email in ("x", "", "2147483648"):
        assert browser.send(asked, "/queue/all", button="treat-as-sent", up_to=no_email).status == 422


def test_every_list_shows_its_emails_page_by_page_and_leads_back_after_a_decision(
    logged_in: LogIn, runtime: Runtime, clock: Clock, put: Callable[..., None]
) -> None:
    put(OutboxState.FAILED, 27, reason="400: no subject")
    put(OutboxState.BOUNCED, reason="550 no such mailbox")
    put(OutboxState.ACCEPTED, deferred_at=clock(), reason="451 greylisted")
    browser = logged_in(Role.EDITOR)
    first = browser.get(f"{QUEUE}/failed?campaign={make.SLUG}")
    assert len(first.tree.xpath("//li[contains(@class, 'card')]")) == 25
    second = browser.get(first.links("before=")[0])
    assert len(second.tree.xpath("//li[contains(@class, 'card')]")) == 2
    oldest = stored(runtime.database, state=OutboxState.FAILED)[0].id
    back = browser.send(second, f"/queue/{oldest}", button="retry")
    assert back.path == f"{QUEUE}/failed"
    assert "The email is in the queue again." in back.text
    assert "550 no such mailbox" in browser.get(f"{QUEUE}/bounced").text
    assert "451 greylisted" in browser.get(f"{QUEUE}/deferred").text
    assert browser.get(f"{QUEUE}/in-doubt").text.count("There is none.") == 1
    assert browser.get(f"{QUEUE}/elsewhere").status == 404
    assert browser.get(f"{QUEUE}/failed?campaign=nowhere").status == 404


def test_a_viewer_sees_the_reasons_and_no_button(logged_in: LogIn, put: Callable[..., None]) -> None:
    put(OutboxState.FAILED, 2, reason="400: no subject")
    put(OutboxState.IN_DOUBT, 2)
    page = logged_in(Role.VIEWER).get(QUEUE)
    assert "400: no subject" in page.text
    assert page.tree.xpath("//main//form") == []
    assert page.links("decision=") == []


def test_what_could_not_be_read_says_so_and_goes_again_once_it_can_be(
    logged_in: LogIn, runtime: Runtime, clock: Clock, put: Callable[..., None]
) -> None:
    put(OutboxState.QUEUED, 3)
    of_messages = "email_id IN (SELECT id FROM outbox_email WHERE kind = 'message')"
    lose(runtime.database, "outbox_body", "text", of_messages)
    loop.drain(runtime, clock=clock)
    browser = logged_in(Role.EDITOR)
    page = browser.get(f"{QUEUE}/failed?campaign={make.SLUG}")
    assert page.text.count("It can’t be read with the keys that this installation has.") == 3
    first, second, third = in_state(runtime, OutboxState.FAILED)
    refused = browser.send(page, f"/queue/{first}", button="retry")
    assert refused.status == 409
    assert "Try again once the missing key is back." in refused.text
    asked = browser.get(page.links("decision=retry")[0])
    assert "3 emails can’t be read with the keys that this installation has." in asked.text
    assert asked.tree.xpath("//main//form[@method='post']") == []
    assert in_state(runtime, OutboxState.FAILED) == [first, second, third]

    find_again(runtime.database, "outbox_body", "text", f"email_id < {third}")
    assert browser.send(page, f"/queue/{first}", button="retry").status == 200
    asked = browser.get(page.links("decision=retry")[0])
    assert "1 email that failed would be tried again." in asked.text
    assert "1 email can’t be read" in asked.text
    browser.send(asked, "/queue/all", button="retry")
    assert in_state(runtime, OutboxState.FAILED) == [third]
    loop.drain(runtime, clock=clock)
    assert in_state(runtime, OutboxState.ACCEPTED) == [first, second]


def in_state(runtime: Runtime, state: OutboxState) -> list[int]:
    """The messages in a state, which need not be readable."""
    ids = select(OutboxEmail.id).where(OutboxEmail.state == state, OutboxEmail.kind == EmailKind.MESSAGE)
    with runtime.database.reading() as session:
        return list(session.scalars(ids.order_by(OutboxEmail.id)))


def test_a_provider_is_paused_and_used_again_from_the_desk(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.EDITOR)

    def gate() -> provider_pauses.BreakerState:
        with runtime.database.reading() as session:
            return provider_pauses.breaker_state(session, "local", now=clock())

    page = browser.send(browser.get(QUEUE), "/providers/local", button="yes")
    assert gate() is provider_pauses.BreakerState.STOPPED
    page = browser.send(page, "/providers/local", button="no")
    assert gate() is provider_pauses.BreakerState.CLOSED
    with runtime.database.transaction() as session:
        assert [one.action for one in audit_log.entries(session)[:2]] == ["provider.resume", "provider.pause"]
        provider_pauses.pause_failing(
            session, "local", cause=PauseCause.UNAUTHORIZED, reason="401: no", now=clock()
        )
    page = browser.get(QUEUE)
    assert "local refuses our key" in page.text
    assert "Key refused" in page.text
    token = page.form("/logout").fields["csrf_token"]
    answer = browser.client.post(
        f"{QUEUE}/providers/nobody",
        data={"csrf_token": token, "paused": "yes"},
        base_url="http://127.0.0.1:8000",
    )
    assert answer.status_code == 404


def test_a_campaign_and_an_official_are_paused_where_their_queue_is_seen(
    logged_in: LogIn, runtime: Runtime, put: Callable[..., None]
) -> None:
    put(OutboxState.QUEUED, 3)
    browser = logged_in(Role.EDITOR)
    page = browser.get(OURS)
    assert "Mara Lindqvist 3" in page.text
    official = make.page(runtime).officials[0].id
    page = browser.send(page, f"/officials/{official}/pause", button="yes")
    assert page.path == OURS
    page = browser.send(page, "/sending", button="yes")
    assert page.path == OURS
    assert "Paused since" in page.text
    page = browser.get(QUEUE)
    assert "Paused, by campaign or official: 3" in page.text
    assert browser.send(page, "/sending", button="no").path == QUEUE


def test_what_is_wrong_is_told_behind_the_heading_of_every_page_though_nobody_works(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    browser = logged_in(Role.VIEWER)
    assert not browser.get("/organizer/").tree.xpath("//*[@id='waiting']")
    clock.forward(minutes=3)
    page = browser.get("/organizer/")
    (alerts,) = page.tree.xpath("//h1/following::ul[@id='waiting']")
    assert "no worker is running. Tell the people who look after the server" in alerts.text_content()
    assert "The queue is late" in page.text
    for path in ("/organizer/account", OURS):
        (line,) = browser.get(path).tree.xpath("//h1/following::p[@class='desk-waits']")
        assert "no worker is running" in line.text_content(), path
        assert line.find("a").get("href").endswith("/organizer/#waiting"), path
    assert "no worker" not in browser.get("/organizer/logout").text


def test_what_waits_leads_to_where_it_is_decided_and_several_of_a_kind_to_their_list(
    logged_in: LogIn, runtime: Runtime, clock: Clock
) -> None:
    first, second = [official.id for official in make.page(runtime).officials][:2]
    browser = logged_in(Role.EDITOR)
    told = []
    for official_id in (first, second):
        with runtime.database.transaction() as session:
            paused = {"paused_at": clock(), "pause_cause": OfficialPauseCause.BOUNCED}
            session.execute(update(Official).where(Official.id == official_id).values(paused))
        page = browser.get("/organizer/account")
        (link,) = page.tree.xpath("//p[@class='desk-waits']/a[starts-with(., 'Official paused')]")
        told.append((link.text, link.get("href").removeprefix(ORIGIN)))
    alone, both = told
    assert alone == ("Official paused", f"/organizer/campaigns/{make.SLUG}/officials/{first}")
    assert both == ("Official paused (2)", "/organizer/#waiting")


def test_organizers_switch_the_mails_off_and_on(logged_in: LogIn, runtime: Runtime) -> None:
    browser = logged_in(Role.EDITOR)

    def wanted() -> bool:
        with runtime.database.reading() as session:
            return bool(
                session.scalar(select(Organizer.gets_alerts).where(Organizer.email == "editor@desk.example"))
            )

    page = browser.send(browser.get("/organizer/account"), "/account/alerts", alerts=None)
    assert "won’t get emails about the queue" in page.text
    assert not wanted()
    browser.send(page, "/account/alerts", alerts="yes")
    assert wanted()
    assert "Emails about the queue" not in logged_in(Role.VIEWER).get("/organizer/account").text

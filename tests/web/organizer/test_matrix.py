"""Every route × every role × with and without personal data × here, elsewhere, everywhere: generated.

What is expected follows from what a route declares and from the table below, not from the code that decides.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from itertools import product
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Grant, Permission, Rights, Role
from campaign.runtime import Runtime
from campaign.services.accounts import organizers, sessions
from campaign.services.audit import audit_log
from campaign.store.tables import Campaign, Organizer
from campaign.web.organizer import guard
from tests import make
from tests.browsing import ORIGIN
from tests.conftest import Clock
from tests.web.organizer.conftest import CHEAP, PASSWORD
from tests.web.organizer.test_guard import VALUES, routes

OTHER = "other-letter"
ALLOWED = {
    Role.VIEWER: {Permission.LOOK},
    Role.EDITOR: {Permission.LOOK, Permission.CHANGE},
    Role.OWNER: set(Permission),
}
SITE_WIDE = {Permission.SITE, Permission.ORGANIZERS}
EVERYWHERE, HERE, ELSEWHERE = "everywhere", "here", "elsewhere"
PLACES = (EVERYWHERE, HERE, ELSEWHERE)
# Each pair of a role and a place has one of both in every run.
PERSONS = [
    pytest.param(
        role,
        people,
        place,
        id=f"{role}-{'people' if people else 'numbers'}-{place}",
        marks=[pytest.mark.slow] * ((number + people) % 4 > 0),
    )
    for number, (role, place) in enumerate(product(Role, PLACES))
    for people in (False, True)
]


def campaign_ids(runtime: Runtime) -> dict[str, int]:
    with runtime.database.reading() as session:
        return {row.slug: row.id for row in session.execute(select(Campaign.slug, Campaign.id))}


@pytest.fixture
def let_in(app: Flask, runtime: Runtime, clock: Clock) -> Callable[[Rights], Any]:
    """A client with the session of somebody who has these rights, and just gave their password."""
    make.campaign(runtime, now=clock(), slug=OTHER)

    def log_in(rights: Rights) -> Any:
        with runtime.database.transaction() as session:
            person = organizers.add(
                session,
                "person@desk.example",
                role=rights.everywhere.role,
                sees_people=rights.everywhere.sees_people,
                campaigns=rights.campaigns,
                password=PASSWORD,
                actor=COMMAND_LINE,
                now=clock(),
                passwords=CHEAP,
            )
            token = sessions.start(session, person.id, now=clock())
        client = app.test_client()
        client.set_cookie("campaign", token, domain="127.0.0.1")
        return client

    return log_in


def rights_of(runtime: Runtime, role: Role, people: bool, place: str) -> Rights:
    grant = Grant(role, people)
    if place == EVERYWHERE:
        return Rights(grant)
    return Rights(campaigns={campaign_ids(runtime)[make.SLUG if place == HERE else OTHER]: grant})


def expected(permissions: tuple[Permission, ...], role: Role, people: bool, place: str, rule: Any) -> int:
    """200 for let in, 403 for refused, 404 for a campaign that one may not know of."""
    held = ALLOWED[role] | ({Permission.PEOPLE} if people else set())
    if "slug" in rule.arguments:
        if place == ELSEWHERE:
            return 404
        if place == HERE:
            held = held - SITE_WIDE
    elif place != EVERYWHERE:
        held = held - SITE_WIDE if is_somewhere(rule.endpoint) else set()
    return 200 if set(permissions) <= held else 403


def is_somewhere(endpoint: str) -> bool:
    return bool(current_app.view_functions[endpoint].is_somewhere)  # type: ignore[attr-defined]


def answering_only(app: Flask) -> None:
    """Replace what views do by one word: what is looked at here is who gets as far as them."""
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith("organizer.") and endpoint not in guard.OPEN_TO_ALL:

            @wraps(view)
            def let_in(**_: object) -> str:
                return "let in"

            app.view_functions[endpoint] = let_in


@pytest.mark.parametrize(("role", "people", "place"), PERSONS)
def test_a_route_lets_in_exactly_who_holds_what_it_declares(
    app: Flask,
    runtime: Runtime,
    let_in: Callable[[Rights], Any],
    role: Role,
    people: bool,
    place: str,
) -> None:
    client = let_in(rights_of(runtime, role, people, place))
    answering_only(app)
    wrong = []
    for rule, method, path in routes(app):
        if rule.endpoint in guard.OPEN_TO_ALL:
            continue
        with app.app_context():
            permissions = guard.permissions_of(rule.endpoint)
            assert permissions, rule.endpoint
            wanted = expected(permissions, role, people, place, rule)
        answer = client.open(path, method=method, base_url=ORIGIN, headers={"Origin": ORIGIN})
        text = answer.get_data(as_text=True)
        # A form without its token gets as far as that, and no further.
        got = 200 if text == "let in" or "didn’t come from this page" in text else answer.status_code
        if got != wanted:
            wrong.append((method, path, permissions, got, wanted))
    assert wrong == []


def test_a_route_that_declares_nothing_fails(app: Flask, let_in: Callable[[Rights], Any]) -> None:
    client = let_in(Rights(Grant(Role.OWNER)))
    app.view_functions["organizer.home"] = lambda: "left open"
    app.testing = True
    with pytest.raises(LookupError, match=r"organizer\.home declares no permission"):
        client.get("/organizer/", base_url=ORIGIN)


def test_a_campaign_one_may_not_know_of_reads_like_one_there_is_not(
    app: Flask, runtime: Runtime, let_in: Callable[[Rights], Any], clock: Clock
) -> None:
    client = let_in(Rights(campaigns={campaign_ids(runtime)[OTHER]: Grant(Role.OWNER)}))
    texts = []
    for slug in (make.SLUG, "no-such-letter"):
        answer = client.get(f"/organizer/campaigns/{slug}", base_url=ORIGIN)
        assert answer.status_code == 404
        texts.append(answer.get_data(as_text=True).replace(slug, "…"))
    without_numbers = [text.split("<main")[1].split("<code")[0] for text in texts]
    assert without_numbers[0] == without_numbers[1]
    with runtime.database.reading() as session:
        refused = [entry for entry in audit_log.entries(session) if entry.action == "desk.refused"]
    assert [dict(entry.details) for entry in refused] == [{"page": "campaign", "why": "campaign"}]


# Fields that a form cannot do without, so that what is refused is the number in the address.
FILLED = {"reason": "forged", "decision": "retry", "action": "retry", "paused": "yes"}
OF_THEIR_OWN = {
    "organizer.decide_entry": {"decision": "publish", "kind": "hand_over"},
    "organizer.decide_doubt": {"decision": "keep", "kind": "organization"},
    "organizer.undo_doubt": {"decision": "keep", "kind": "organization"},
    "organizer.decide_reports": {"decision": "leave"},
    "organizer.undo_reports": {"decision": "leave"},
}


def foreign(runtime: Runtime, ids: dict[str, int | str]) -> Iterator[tuple[str, int]]:
    """What a number in an address stands for, with one of the other campaign's."""
    names = {
        "official_id": "official",
        "reply_id": "reply",
        "signature_id": "signature",
        "invalidation_id": "invalidation",
        "email_id": "email",
        "entry_id": "hand_over",
        "choice_id": "choice",
        "file_id": "file",
        "import_id": "import",
        "update_id": "update",
        "number": "spot_check",
    }
    for argument, name in names.items():
        if name in ids:
            yield argument, int(ids[name])


@pytest.mark.both_databases
def test_what_is_another_campaigns_is_not_found_under_an_allowed_one(
    furnished: Flask, runtime: Runtime, ids: dict[str, int | str], let_in: Callable[[Rights], Any]
) -> None:
    everything = Grant(Role.OWNER, sees_people=True)
    client = let_in(Rights(campaigns={campaign_ids(runtime)[OTHER]: everything}))
    page = client.get("/organizer/account", base_url=ORIGIN).get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    numbers = dict(foreign(runtime, ids))
    tried, leaked = 0, []
    with furnished.test_request_context():
        addressed = [
            (rule, method, rule.build({name: values[name] for name in rule.arguments})[1])  # type: ignore[index]
            for values in ({**VALUES, **numbers, "slug": OTHER},)
            for rule, method, _ in routes(furnished)
            # A letter that is being read belongs to its organizer, and to no campaign yet.
            if numbers.keys() & rule.arguments and rule.arguments != {"import_id"}
        ]
    for rule, method, path in addressed:
        sent = {"csrf_token": token, **FILLED, **OF_THEIR_OWN.get(rule.endpoint, {})}
        if method == "GET":
            answer = client.get(path, base_url=ORIGIN)
        else:
            answer = client.post(path, data=sent, base_url=ORIGIN, headers={"Origin": ORIGIN})
        tried += 1
        if answer.status_code != 404:
            leaked.append((method, path, answer.status_code))
    assert tried > 15
    assert leaked == []


def test_lists_name_only_campaigns_one_may_see(
    furnished: Flask, runtime: Runtime, let_in: Callable[[Rights], Any]
) -> None:
    with runtime.database.transaction() as session:
        campaign = session.scalars(select(Campaign).where(Campaign.slug == make.SLUG)).one()
        campaign.title = "A title nobody else may know"
    mine = campaign_ids(runtime)[OTHER]
    client = let_in(Rights(campaigns={mine: Grant(Role.OWNER, sees_people=True)}))
    at = f"/organizer/campaigns/{OTHER}"
    for path, is_open in {
        "/organizer/": True,
        "/organizer/audit": True,
        f"/organizer/queue/failed?campaign={OTHER}": True,
        f"{at}": True,
        f"{at}/queue": True,
        "/organizer/account": True,
        "/organizer/queue": False,
        "/organizer/queue/failed": False,
        f"/organizer/queue/failed?campaign={make.SLUG}": False,
        f"/organizer/queue/all?decision=retry&campaign={make.SLUG}": False,
        "/organizer/suppressions": False,
        "/organizer/site": False,
    }.items():
        answer = client.get(path, base_url=ORIGIN)
        text = answer.get_data(as_text=True)
        assert (answer.status_code == 200) == is_open, (path, answer.status_code)
        assert "nobody else may know" not in text, path
        assert f"/campaigns/{make.SLUG}" not in text, path


def test_the_audit_log_of_one_campaign_says_nothing_of_another(
    app: Flask, runtime: Runtime, let_in: Callable[[Rights], Any]
) -> None:
    ids = campaign_ids(runtime)
    client = let_in(Rights(campaigns={ids[OTHER]: Grant(Role.OWNER)}))
    for query in ("", f"?campaign={ids[make.SLUG]}"):
        answer = client.get(f"/organizer/audit{query}", base_url=ORIGIN)
        assert answer.status_code == 200
        assert ("audit-entries" in answer.get_data(as_text=True)) == (query == "")


def test_alerts_reach_whom_they_concern_and_nobody_else(
    furnished: Flask, runtime: Runtime, let_in: Callable[[Rights], Any]
) -> None:
    ids = campaign_ids(runtime)
    stranger = let_in(Rights(campaigns={ids[OTHER]: Grant(Role.EDITOR)}))
    on_my_desk = stranger.get("/organizer/", base_url=ORIGIN).get_data(as_text=True)
    with runtime.database.transaction() as session:
        person = session.scalars(select(Organizer).where(Organizer.email == "person@desk.example")).one()
        organizers.set_rights(
            session,
            person.email,
            Rights(campaigns={ids[make.SLUG]: Grant(Role.EDITOR)}),
            actor=COMMAND_LINE,
            now=person.created_at,
        )
        token = sessions.start(session, person.id, now=person.created_at)
    stranger.set_cookie("campaign", token, domain="127.0.0.1")
    on_theirs = stranger.get("/organizer/", base_url=ORIGIN).get_data(as_text=True)
    assert "look as if a program made them" in on_theirs
    assert "look as if a program made them" not in on_my_desk

"""Who counts as a second person: somebody else who could approve it in that very campaign."""

from collections.abc import Mapping
from datetime import datetime

import pytest

from campaign.domain.actor import COMMAND_LINE, Actor, Via
from campaign.domain.approval import Approvable
from campaign.domain.roles import Grant, Role
from campaign.errors import ForbiddenError
from campaign.runtime import Runtime
from campaign.services.accounts import organizers, second_person
from campaign.store.database import Session
from tests import make
from tests.web.organizer.conftest import CHEAP, PASSWORD

HERE, ELSEWHERE = "save-the-river", "save-the-forest"
EDITOR, SEES_PEOPLE = Grant(Role.EDITOR), Grant(Role.EDITOR, sees_people=True)


@pytest.fixture
def ids(runtime: Runtime, now: datetime) -> Mapping[str, int]:
    """The ids of two letters."""
    return {slug: make.campaign(runtime, now=now, slug=slug).head.id for slug in (HERE, ELSEWHERE)}


def added(
    session: Session, name: str, now: datetime, role: Role | None, campaigns: Mapping[int, Grant]
) -> Actor:
    made = organizers.add(
        session,
        f"{name}@desk.example",
        role=role,
        campaigns=campaigns,
        password=PASSWORD,
        actor=COMMAND_LINE,
        now=now,
        passwords=CHEAP,
    )
    return Actor(made.id, Via.DESK)


@pytest.mark.slow_on_postgresql
@pytest.mark.parametrize(
    ("role", "campaigns", "what", "could"),
    [
        (None, {HERE: EDITOR}, Approvable.UPDATE, True),
        (None, {ELSEWHERE: EDITOR}, Approvable.UPDATE, False),
        (Role.VIEWER, {}, Approvable.UPDATE, False),
        (Role.EDITOR, {}, Approvable.UPDATE, True),
        (Role.EDITOR, {}, Approvable.QUOTE, False),
        (Role.EDITOR, {ELSEWHERE: SEES_PEOPLE}, Approvable.QUOTE, False),
        (Role.EDITOR, {HERE: SEES_PEOPLE}, Approvable.QUOTE, True),
    ],
)
def test_alone_is_only_who_has_nobody_that_could_approve_it_there(
    runtime: Runtime,
    ids: Mapping[str, int],
    now: datetime,
    role: Role | None,
    campaigns: Mapping[str, Grant],
    what: Approvable,
    could: bool,
) -> None:
    with runtime.database.transaction() as session:
        writer = added(session, "writer", now, Role.OWNER, {})
        added(session, "other", now, role, {ids[slug]: grant for slug, grant in campaigns.items()})
        begun_by = (None, writer.organizer_id)
        if could:
            with pytest.raises(ForbiddenError, match="A second person must approve this"):
                second_person.require(session, what, writer, ids[HERE], begun_by=begun_by)
        else:
            assert second_person.require(session, what, writer, ids[HERE], begun_by=begun_by)


def test_nobody_without_a_login_is_a_second_person(
    runtime: Runtime, ids: Mapping[str, int], now: datetime
) -> None:
    with runtime.database.transaction() as session:
        writer = added(session, "writer", now, Role.OWNER, {})
        with pytest.raises(ForbiddenError):
            second_person.require(
                session, Approvable.UPDATE, COMMAND_LINE, ids[HERE], begun_by=(writer.organizer_id,)
            )

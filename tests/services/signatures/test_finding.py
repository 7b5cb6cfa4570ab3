"""Supporters found by name and narrowed down, and how what is found keeps up with what people do."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signature import SignatureState, Visibility
from campaign.domain.supporter_filter import SupporterFilter
from campaign.errors import NotFoundError, RefusedError
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.signatures import anonymizing, finding, mending, self_service
from campaign.services.signatures.finding import SupportersFound
from campaign.services.signatures.mending import Mending
from campaign.store.tables import SearchTerm, Signature
from tests import make

pytestmark = pytest.mark.slow_on_postgresql

Find = Callable[..., SupportersFound]


@pytest.fixture
def page(runtime: Runtime, now: datetime) -> CampaignPage:
    return make.campaign(runtime, now=now)


@pytest.fixture
def sign(runtime: Runtime, page: CampaignPage, now: datetime) -> Callable[..., str]:
    """Has somebody sign, each from a mailbox of their own; the link by which they change it."""
    numbers: Iterator[int] = iter(range(1000))

    def sign(name: str, **details: Any) -> str:
        details = {"email": f"signer{next(numbers)}@mail.example", "now": now, **details}
        return make.sign_and_confirm(runtime, page, name=name, **details).manage_token or ""

    return sign


@pytest.fixture
def find(runtime: Runtime, page: CampaignPage, now: datetime) -> Find:
    def find(words: str = "", **asked: Any) -> SupportersFound:
        more = {name: asked.pop(name) for name in ("after", "limit") if name in asked}
        with runtime.database.transaction() as session:
            return finding.find(
                session,
                page.head.id,
                words=words,
                wanted=SupporterFilter(**asked),
                actor=COMMAND_LINE,
                now=now,
                **more,
            )

    return find


def names(found: SupportersFound) -> list[str]:
    return [one.name for one in found.supporters]


def everybody_found(find: Find, words: str, *, limit: int) -> list[str]:
    """The names on all pages of a list."""
    found = find(words, limit=limit)
    everybody = names(found)
    while found.next:
        found = find(words, limit=limit, after=found.next)
        everybody += names(found)
    return everybody


def test_a_supporter_is_found_by_words_of_the_name_or_the_organization(
    sign: Callable[..., str], find: Find
) -> None:
    sign("María López García")
    sign("Hidden Maria", visibility=Visibility.HIDDEN)
    sign("Tom Reed", organization="Maria Reed Trust")
    sign("Marianne Lee")
    assert names(find("maria")) == ["María López García", "Hidden Maria", "Tom Reed", "Marianne Lee"]
    assert names(find("marian")) == ["Marianne Lee"]
    assert names(find("garcia maria")) == ["María López García"]
    assert names(find("maria garcia")) == ["María López García"], "words that others stand between"
    assert names(find("maria nobody")) == []
    assert find("maria").number == 4


def test_a_family_name_is_found_in_either_writing_whichever_of_them_its_terms_have(
    sign: Callable[..., str], find: Find
) -> None:
    theirs = ["韋小明", "韦小明", "韋韦", "韋大明", "韦大明"]
    for name in (*theirs, "鮑小明"):
        sign(name)
    for typed in ("韋", "韦"):
        assert sorted(names(find(typed))) == sorted(theirs)
        assert find(typed).number == len(theirs)
        assert set(names(find(f"{typed}小明"))) == {"韋小明", "韦小明"}
        for limit in (1, 2, 4):
            seen = everybody_found(find, typed, limit=limit)
            assert sorted(seen) == sorted(theirs), "nobody is left out and nobody is there twice"
    assert names(find("鲍")) == ["鮑小明"]


def test_names_are_found_a_page_at_a_time(sign: Callable[..., str], find: Find) -> None:
    for number in range(5):
        sign(f"Ann Number{number}")
    seen, after = list[str](), None
    for _ in range(3):
        found = find("ann", limit=2, after=after)
        seen += names(found)
        after = found.next
    assert seen == [f"Ann Number{number}" for number in range(5)]
    assert after is None


def test_who_changes_a_name_is_found_by_the_new_one_alone(
    runtime: Runtime, sign: Callable[..., str], find: Find, now: datetime
) -> None:
    token = sign("Old Name")
    with runtime.database.transaction() as session:
        change = Mending(values={"name": "Fresh Start", "organization": "Wells"})
        mending.mend(session, token, change, context=make.mail_context(runtime), now=now)
    assert names(find("old")) == []
    assert names(find("fresh")) == names(find("wells")) == ["Fresh Start"]


def test_who_signs_once_more_with_another_name_is_found_by_it(
    sign: Callable[..., str], find: Find, now: datetime
) -> None:
    sign("Before Marriage", email="one@mail.example")
    sign("After Marriage", email="one@mail.example", now=now + timedelta(days=2))
    assert names(find("before")) == []
    assert names(find("after")) == ["After Marriage"]


def test_who_erases_their_signature_leaves_nothing_to_be_found(
    runtime: Runtime, sign: Callable[..., str], find: Find, now: datetime
) -> None:
    token = sign("Zebulon Marsh", organization="Quiet Wells")
    with runtime.database.transaction() as session:
        self_service.erase(session, token, now=now)
    assert names(find("zebulon")) == []
    assert terms_kept(runtime) == 0


@pytest.mark.parametrize("keep_names", [True, False])
def test_who_is_anonymized_is_found_only_while_the_name_stays_public(
    runtime: Runtime, sign: Callable[..., str], find: Find, now: datetime, keep_names: bool
) -> None:
    sign("Shown Openly")
    sign("Only Counted", visibility=Visibility.HIDDEN)
    with runtime.database.transaction() as session:
        ids = session.scalars(select(Signature.id)).all()
        anonymizing.anonymize(session, ids, keep_names=keep_names, now=now)
    assert names(find("shown")) == (["Shown Openly"] if keep_names else [])
    assert names(find("counted")) == []
    assert (terms_kept(runtime) > 0) == keep_names


def terms_kept(runtime: Runtime) -> int:
    with runtime.database.reading() as session:
        return session.scalar(select(func.count()).select_from(SearchTerm)) or 0


def test_filters_narrow_down_together(
    sign: Callable[..., str], find: Find, page: CampaignPage, now: datetime
) -> None:
    first, second = (official.id for official in page.officials[:2])
    sign("Ann", country="FR", language="fr", updates=True, officials=(first,), words="My own words.")
    sign("Ben", country="FR", source="flyer", visibility=Visibility.INITIALS, officials=(second,))
    sign("Cem", country="DE", is_suspected=True)
    day = now.date()
    assert names(find(country="FR")) == ["Ben", "Ann"]
    assert names(find(country="FR", updates=True)) == ["Ann"]
    assert names(find(official_id=second)) == ["Ben"]
    assert names(find(has_words=True)) == ["Ann"]
    assert names(find(has_words=False, country="FR")) == ["Ben"]
    assert names(find(visibility=Visibility.INITIALS)) == names(find(source="flyer")) == ["Ben"]
    assert names(find(language="fr")) == ["Ann"]
    assert names(find(state=SignatureState.SUSPECTED)) == ["Cem"]
    assert names(find(since=day, until=day)) == ["Ben", "Ann"]
    assert names(find(since=day, country="DE")) == []
    assert names(find(until=day - timedelta(days=1))) == []
    assert names(find("ann", country="FR")) == ["Ann"]
    assert names(find("ann", country="DE")) == []


def test_a_list_by_days_goes_on_where_it_ended(sign: Callable[..., str], find: Find, now: datetime) -> None:
    for number in range(3):
        sign(f"Number{number}", now=now + timedelta(minutes=number))
    first = find(since=now.date(), limit=2)
    assert names(first) + names(find(since=now.date(), limit=2, after=first.next)) == [
        "Number2",
        "Number1",
        "Number0",
    ]


def test_where_few_fit_the_page_says_that_it_has_not_looked_through_all(
    sign: Callable[..., str], find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST_LOOKED_AT", 2)
    sign("Rare", updates=True)
    for number in range(4):
        sign(f"Common{number}")
    found, looks = find(updates=True), 1
    while found.next and not found.supporters:
        assert found.is_cut
        found, looks = find(updates=True, after=found.next), looks + 1
    assert (names(found), looks) == (["Rare"], 3)


@pytest.mark.parametrize("after", ["x", "1.2", "9" * 30, "-1", "zz.1"])
def test_a_place_that_is_none_is_no_page(find: Find, after: str) -> None:
    with pytest.raises(NotFoundError):
        find(after=after)
    if after != "1.2":
        with pytest.raises(NotFoundError):
            find("ann", after=after)


def test_a_search_is_in_the_audit_log_without_a_word_of_it(
    runtime: Runtime, sign: Callable[..., str], find: Find
) -> None:
    sign("Zebulon Marsh")
    find("zebulon", country="FR")
    with runtime.database.reading() as session:
        entry = audit_log.entries(session)[0]
    assert entry.action == "supporter.find"
    assert "zebulon" not in str(entry.details).lower()
    assert entry.details["filters"] == ["country"]
    assert "FR" not in str(entry.details)


def test_nobody_is_shown_when_the_search_cannot_be_noted(
    sign: Callable[..., str], find: Find, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign("Zebulon Marsh")

    def full(*_: Any, **__: Any) -> None:
        raise RefusedError("disk full")

    monkeypatch.setattr(audit_log, "record", full)
    with pytest.raises(RefusedError, match="disk full"):
        find("zebulon")

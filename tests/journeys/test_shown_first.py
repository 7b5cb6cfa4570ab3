"""A supporter shown among the first signatories is named in front with their agreement, and counted once."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.prepared_files import PreparedKind
from campaign.domain.signature import Capacity, Visibility
from campaign.runtime import Runtime
from campaign.services.documents import prepared_files
from campaign.services.moderation import removal
from campaign.services.signatures import hiding
from campaign.store.tables import InitialSignatory, Organizer, PreparedFile
from tests import make
from tests.browsing import Browser, Page
from tests.conftest import Clock
from tests.journeys.desk import at_the_desk, desk_app
from tests.journeys.test_supporter import PAGE, Post, links

DESK = f"/organizer/campaigns/{make.SLUG}"
SIGNERS = {
    "Rana": {"organization": "Wells for All"},
    "Mill": {"name": "Mara Mill", "capacity": Capacity.ORGANIZATION, "organization": "Millers’ Guild"},
    "Ada": {"visibility": Visibility.HIDDEN},
    "Lin": {},
    "Sam": {},
    "Uma": {},
}


@pytest.fixture
def app(make_runtime: Callable[..., Runtime], clock: Clock) -> Flask:
    runtime = make_runtime(official_rate=0)
    page = make.campaign(runtime, now=clock())
    make.campaign(runtime, now=clock(), slug="mill")
    for name, more in SIGNERS.items():
        details = {"name": name, "email": f"{name.lower()}@mail.example", **more}
        make.sign_and_confirm(runtime, page, now=clock(), **details)
    return desk_app(runtime, clock)


@pytest.fixture
def desk(app: Flask, clock: Clock) -> Browser:
    return at_the_desk(app, clock, "owner")


def signature_id(runtime: Runtime, name: str) -> int:
    name = str(SIGNERS[name].get("name", name))
    with runtime.database.reading() as session:
        return make.signature_of(session, name).id


def show(desk: Browser, runtime: Runtime, name: str, **fields: str) -> Page:
    page = desk.get(f"{DESK}/supporters/{signature_id(runtime, name)}")
    return desk.send(page, "/first", **{"agreed": "y", **fields})


def told(app: Flask) -> tuple[int, int, list[str]]:
    """Organizations, people, and who is named first: as the JSON tells."""
    document = app.test_client().get(f"{PAGE}.json").json
    counts, named = document["counts"], document["signatories"]
    assert counts["people"] - counts["signatures"] + counts["organizations"] >= 0
    first = [one["name"] or one["organization"] for one in named if one["initial"]]
    names = [one["name"] or one["organization"] for one in named]
    assert len(names) == len(set(names)), "somebody is named twice"
    return counts["organizations"], counts["people"], first


@pytest.mark.slow
def test_who_is_shown_first_is_counted_once_and_undo_puts_it_back(
    app: Flask, desk: Browser, runtime_of: Runtime
) -> None:
    organizations, people, first = told(app)
    assert show(desk, runtime_of, "Rana", agreed="").status == 422
    assert told(app)[2] == first
    shown = show(desk, runtime_of, "Rana", position="1")
    assert "They are shown among the first signatories" in shown.text
    # Organizations stand before people.
    with_rana = [*first[:organizations], "Rana", *first[organizations:]]
    assert told(app) == (organizations, people, with_rana)
    page = app.test_client().get(PAGE).text
    assert "Wells for All" in page
    assert "(for identification only)" in page
    # Nobody signs for an organization who has not said so.
    assert show(desk, runtime_of, "Lin", kind="organization").status == 422
    show(desk, runtime_of, "Mill", kind="organization")
    with_both = [*first[:organizations], "Millers’ Guild", *with_rana[organizations:]]
    assert told(app) == (organizations + 1, people - 1, with_both)
    # The list that organizers save at once keeps what belongs to a signature.
    letter = desk.get(f"{DESK}/letter/signatories")
    (renamed,) = letter.tree.xpath("//input[starts-with(@name, 'name-')][@value='Rana']/@name")
    assert desk.send(letter, "/signatories", **{renamed: "Somebody Else"}).status == 200
    assert told(app) == (organizations + 1, people - 1, with_both)

    for name in ("Rana", "Mill"):
        at = desk.get(f"{DESK}/supporters/{signature_id(runtime_of, name)}")
        desk.send(at, "/first/undo")
    assert told(app) == (organizations, people, first)
    history = desk.get(f"{DESK}/supporters/{signature_id(runtime_of, 'Rana')}").text
    assert history.count("showed them among the first signatories") == 1
    assert "took them off the first signatories" in history
    audit = desk.get("/organizer/audit").text
    assert "said that they had agreed" in audit
    assert "Rana" not in audit


@pytest.mark.slow
def test_whoever_is_not_shown_in_full_is_not_shown_first_and_leaves_when_they_show_less(
    app: Flask, desk: Browser, runtime_of: Runtime, post: Post, clock: Clock
) -> None:
    before = told(app)
    hidden = desk.get(f"{DESK}/supporters/{signature_id(runtime_of, 'Ada')}")
    assert "can’t be shown first. Ask them to change that on the page of their signature." in hidden.text
    token = hidden.form("/remove").fields["csrf_token"]
    origin = "http://127.0.0.1:8000"

    def press(slug: str, name: str) -> int:
        return desk.client.post(
            f"/organizer/campaigns/{slug}/supporters/{signature_id(runtime_of, name)}/first",
            data={"csrf_token": token, "kind": "person", "agreed": "y"},
            base_url=origin,
            headers={"Origin": origin},
        ).status_code

    assert press(make.SLUG, "Ada") == 422
    assert press("mill", "Rana") == 404
    assert told(app) == before
    assert [press(make.SLUG, name) for name in ("Rana", "Lin", "Sam", "Uma")] == [303] * 4
    assert told(app)[2] == [*before[2], "Rana", "Lin", "Sam", "Uma"]

    def manage(name: str) -> str:
        thanks = next(mail for mail in post.to(f"{name}@mail.example") if links(mail, "manage"))
        return links(thanks, "manage")[0].split("8000")[1]

    own = Browser(app)
    page = own.get(manage("rana"))
    own.send(page, page.path, visibility="initials")
    assert told(app)[2] == [*before[2], "Lin", "Sam", "Uma"]
    assert "Wells for All" not in app.test_client().get(PAGE).text
    # Nobody stands there under a name that no organizer has seen.
    page = own.get(manage("uma"))
    own.send(page, page.path, name="The Minister of Water")
    assert told(app)[2] == [*before[2], "Lin", "Sam"]
    page = own.get(manage("uma"))
    own.send(page, page.path, name="Uma")
    show(desk, runtime_of, "Uma")
    for name, action in (("lin", "withdraw-for-good"), ("sam", "forget-for-good")):
        assert app.test_client().post(manage(name), data={"action": action}).status_code == 200
    assert told(app)[2] == [*before[2], "Uma"]
    with runtime_of.database.transaction() as session:
        theirs = removal.signature_of(session, make.SLUG, "uma@mail.example", key=runtime_of.address_key)
        removal.remove(session, *theirs, reason="forged", actor=COMMAND_LINE, now=clock())
    assert told(app)[2] == before[2]
    with runtime_of.database.reading() as session:
        linked = select(InitialSignatory.id).where(InitialSignatory.signature_id.is_not(None))
        assert session.scalars(linked).all() == []
    # Rana by initials; Lin withdrew, Uma was removed, and of Sam the number follows in steps.
    assert told(app)[:2] == (before[0], before[1] - 3)


@pytest.mark.slow
def test_a_first_signatory_whom_organizers_hide_is_named_nowhere(
    app: Flask, desk: Browser, runtime_of: Runtime, post: Post, clock: Clock
) -> None:
    organizations, people, first = told(app)
    with runtime_of.database.transaction() as session:
        of_owner = {"expected": 5, "organizer_id": session.scalars(select(Organizer.id)).one()}
        campaign_id = make.signature_of(session, "Rana").campaign_id
        prepared_files.order(session, campaign_id, PreparedKind.PACK, {}, now=clock(), **of_owner)
    show(desk, runtime_of, "Rana")
    show(desk, runtime_of, "Mill", kind="organization")
    for name in ("Rana", "Mill"):
        with runtime_of.database.transaction() as session:
            hiding.hide(
                session,
                campaign_id,
                signature_id(runtime_of, name),
                context=runtime_of.mail_context,
                actor=COMMAND_LINE,
                now=clock(),
            )
    assert told(app) == (organizations, people - 2, first)
    shown = app.test_client().get(PAGE).text
    assert ("Rana" in shown, "Wells for All" in shown, "Guild" in shown) == (False, False, False)
    # What was made for an office while they were named is made anew, for whoever hides their own name, too.
    thanks = next(mail for mail in post.to("lin@mail.example") if links(mail, "manage"))
    own = Browser(app)
    page = own.get(links(thanks, "manage")[0].split("8000")[1])
    own.send(page, page.path, visibility="hidden")
    # And so it is where all names are hidden.
    campaign = desk.get(DESK)
    desk.send(campaign, "/names", button="hidden")
    with runtime_of.database.reading() as session:
        assert session.scalars(select(PreparedFile.edition)).one() == 5

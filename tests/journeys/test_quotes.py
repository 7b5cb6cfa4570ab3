"""What somebody wrote is quoted with their word, under as much of a name as they said, and no longer."""

from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.domain.signature import Visibility
from campaign.runtime import Runtime
from campaign.services.campaigns import public_names
from campaign.services.moderation import removal
from campaign.services.signatures import quotes
from campaign.store.tables import Message, OutboxBody, OutboxEmail, Quote, Signature
from tests import make
from tests.browsing import ORIGIN, Browser, Page
from tests.conftest import Clock
from tests.journeys.desk import at_the_desk, desk_app
from tests.journeys.test_supporter import PAGE, Post, body, links
from tests.web.organizer.conftest import enter

DESK = f"/organizer/campaigns/{make.SLUG}"
WORDS = {
    "Rana": "My well is dry since June.",
    "Ada": "I fled from the valley.",
    "Lin": "The fish are gone.",
    "Sam": "Nobody asked us.",
}


@pytest.fixture
def app(make_runtime: Callable[..., Runtime], clock: Clock) -> Flask:
    runtime = make_runtime(official_rate=0)
    page = make.campaign(runtime, now=clock())
    make.campaign(runtime, now=clock(), slug="mill")
    for name, more in (
        ("Rana", {"name": "Rana Idris"}),
        ("Ada", {"visibility": Visibility.HIDDEN}),
        ("Lin", {"visibility": Visibility.INITIALS, "country": "FR"}),
        ("Sam", {}),
    ):
        address = f"{name.lower()}@mail.example"
        officials = (page.officials[0].id,)
        details = {"name": name, "email": address, "words": WORDS[name], "officials": officials, **more}
        make.sign_and_confirm(runtime, page, now=clock(), **details)
    return desk_app(runtime, clock)


@pytest.fixture
def desk(app: Flask, clock: Clock) -> Browser:
    return at_the_desk(app, clock, "owner")


@pytest.fixture
def second(app: Flask, clock: Clock) -> Browser:
    return at_the_desk(app, clock, "second")


def message_ids(runtime: Runtime) -> Mapping[str, int]:
    """A message of each, by their first names."""
    with runtime.database.reading() as session:
        rows = session.execute(select(Signature.name, Message.id).join(Message).order_by(Message.id.desc()))
        return {name.split()[0]: message_id for name, message_id in rows}


def propose(desk: Browser, message_id: int) -> Page:
    return desk.send(desk.get(f"{DESK}/words"), f"/words/{message_id}/ask")


def ask(desk: Browser, second: Browser, message_id: int) -> Page:
    """One organizer proposes it, another has it sent."""
    action = propose(desk, message_id).tree.xpath("//form[contains(@action, '/call-off')]/@action")[-1]
    return second.send(second.get(f"{DESK}/quotes"), action.split("8000")[1].replace("call-off", "ask"))


def press(desk: Browser, path: str) -> int:
    """A press of a button that no page offers."""
    token = desk.get(f"{DESK}/words").form("/logout").fields["csrf_token"]
    origin = "http://127.0.0.1:8000"
    headers = {"Origin": origin}
    return desk.client.post(
        f"/organizer/campaigns/{path}", data={"csrf_token": token}, base_url=origin, headers=headers
    ).status_code


def question(post: Post, name: str) -> list[str]:
    return [link for mail in post.to(f"{name}@mail.example") for link in links(mail, "quote")]


def answer(app: Flask, link: str, given: str) -> Page:
    browser = Browser(app)
    page = browser.get(link)
    return browser.send(page, page.path, answer=given)


def quoted(app: Flask) -> list[tuple[str, str | None, str | None]]:
    """What the JSON tells, which says the same as the page."""
    client = app.test_client()
    quotes = client.get(f"{PAGE}.json").json["quotes"]
    page = client.get(PAGE).text
    assert ("In their own words" in page) == bool(quotes)
    assert [words in page for words in WORDS.values()] == [
        words in [quote["words"] for quote in quotes] for words in WORDS.values()
    ]
    return [(quote["words"], quote["name"], quote["country"]) for quote in quotes]


def show(desk: Browser, words: str) -> None:
    page = desk.get(f"{DESK}/quotes")
    (action,) = page.tree.xpath(f"//article[contains(., '{words}')]//form[contains(@action, '/put')]/@action")
    desk.send(page, action.split("8000")[1])


def test_nobody_is_quoted_without_a_yes_nor_further_than_it_goes(
    app: Flask, desk: Browser, second: Browser, runtime_of: Runtime, post: Post
) -> None:
    ids = message_ids(runtime_of)
    for name in WORDS:
        assert "on its way" in ask(desk, second, ids[name]).text
    mail = next(mail for mail in post.to("ada@mail.example") if links(mail, "quote"))
    assert WORDS["Ada"] in body(mail)
    assert not [words for words in WORDS.values() if words in body(mail) and words != WORDS["Ada"]]
    assert "/unsubscribe/" in mail["List-Unsubscribe"]
    assert "They have been asked whether they may be quoted" in desk.get(f"{DESK}/words").text
    assert press(desk, f"{make.SLUG}/words/{ids['Ada']}/ask") == 409
    with runtime_of.database.reading() as session:
        assert session.scalars(select(Quote.words)).all() == [None] * 4
        of_question = select(OutboxBody).join(OutboxEmail).where(OutboxEmail.kind == "quote")
        assert session.scalars(of_question).all() == []
    assert quoted(app) == []

    (rana,), (ada,), (lin,), (sam,) = (question(post, name) for name in ("rana", "ada", "lin", "sam"))
    # Initials keep their order on a page that runs the other way.
    assert "R. I." in Browser(app).get(rana).tree.xpath("//p[@class='field-hint']/bdi/text()")
    looked = Browser(app).get(ada)
    # Who is not shown may be quoted without a name alone, whatever a form says.
    assert looked.tree.xpath("//input[@name='answer']/@value") == ["unnamed", "no"]
    assert not looked.tree.xpath("//input[@checked]")
    form = {"answer": "name", "seen": looked.form("").fields["seen"]}
    assert app.test_client().post(looked.path, data=form).status_code == 422
    other_words = {"answer": "unnamed", "seen": "0" * 64}
    assert app.test_client().post(looked.path, data=other_words).status_code == 409
    answer(app, rana, "name")
    answer(app, ada, "unnamed")
    answer(app, lin, "initials")
    answer(app, sam, "no")
    assert "nobody asks you again" in Browser(app).get(sam).text
    assert quoted(app) == []

    listed = desk.get(f"{DESK}/quotes")
    assert "No answer yet: 0. Said no, or took their yes back: 1." in listed.text
    assert WORDS["Sam"] not in listed.text
    for name in ("Rana", "Ada", "Lin"):
        show(desk, WORDS[name])
    assert quoted(app) == [
        (WORDS["Rana"], "Rana Idris", None),
        (WORDS["Ada"], None, None),
        (WORDS["Lin"], "L.", "FR"),
    ]
    page = desk.get(f"{DESK}/quotes")
    up = page.tree.xpath("//form[contains(@action, '/up')]/@action")
    desk.send(page, up[0].split("8000")[1])
    assert [words for words, _, _ in quoted(app)] == [WORDS["Ada"], WORDS["Rana"], WORDS["Lin"]]
    table = desk.client.get(f"{DESK}/quotes.csv", base_url="http://127.0.0.1:8000").text
    assert f"{WORDS['Ada']},en,unnamed,,,2026-11-23,Y" in table
    assert "Ada" not in table
    told = desk.get("/organizer/audit").text
    assert "took the list of quotes" in told
    assert not [words for words in WORDS.values() if words in told]


@pytest.mark.slow
def test_a_yes_ends_at_once_everywhere_whichever_way_it_ends(
    app: Flask, desk: Browser, second: Browser, runtime_of: Runtime, post: Post, clock: Clock
) -> None:
    ids, client = message_ids(runtime_of), app.test_client()
    for name, given in (("Rana", "name"), ("Ada", "unnamed"), ("Lin", "initials"), ("Sam", "name")):
        ask(desk, second, ids[name])
        answer(app, question(post, name.lower())[0], given)
        show(desk, WORDS[name])
    assert len(quoted(app)) == 4

    # Names that are hidden take the quotes along, which may hold some.
    for is_hidden, number in ((True, 0), (False, 4)):
        change = public_names.hide if is_hidden else public_names.show
        with runtime_of.database.transaction() as session:
            change(session, make.SLUG, actor=COMMAND_LINE, now=clock())
        assert len(quoted(app)) == number

    def manage(name: str) -> str:
        thanks = next(mail for mail in post.to(f"{name}@mail.example") if links(mail, "manage"))
        return links(thanks, "manage")[0].split("8000")[1]

    # Who shows less of their name is named no further.
    shown = Browser(app)
    page = shown.get(manage("rana"))
    assert WORDS["Rana"] in page.text
    shown.send(page, page.path, visibility="initials")
    assert (WORDS["Rana"], "R. I.", None) in quoted(app)
    assert client.post(manage("rana"), data={"action": "unquote"}).status_code == 200
    assert "have agreed" not in client.get(manage("rana")).text
    assert len(quoted(app)) == 3
    # No organizer can ask again, or bring it back.
    assert press(desk, f"{make.SLUG}/words/{ids['Rana']}/ask") == 409
    with runtime_of.database.reading() as session:
        assert session.scalars(select(Quote.words).where(Quote.state == "refused")).all() == [None]

    # Nobody is quoted under a name that no organizer has seen.
    page = shown.get(manage("sam"))
    shown.send(page, page.path, name="The Minister of Water")
    assert WORDS["Sam"] not in [words for words, _, _ in quoted(app)]
    assert "The Minister of Water" in desk.get(f"{DESK}/quotes").text
    show(desk, WORDS["Sam"])
    assert (WORDS["Sam"], "The Minister of Water", None) in quoted(app)

    key = runtime_of.address_key
    with runtime_of.database.transaction() as session:
        of_sam = removal.signature_of(session, make.SLUG, "sam@mail.example", key=key)
        removal.remove(session, *of_sam, reason="forged", actor=COMMAND_LINE, now=clock())
    assert [words for words, _, _ in quoted(app)] == [WORDS["Ada"], WORDS["Lin"]]
    # One whom no page names leaves no quote behind in any cache either.
    for change, why, left in (
        (removal.remove, {"reason": "forged"}, [WORDS["Lin"]]),
        (removal.restore, {}, [WORDS["Ada"], WORDS["Lin"]]),
    ):
        with runtime_of.database.transaction() as session:
            of_ada = removal.signature_of(session, make.SLUG, "ada@mail.example", key=key)
            change(session, *of_ada, **why, actor=COMMAND_LINE, now=clock())
        assert [words for words, _, _ in quoted(app)] == left
    assert client.post(manage("ada"), data={"action": "withdraw-for-good"}).status_code == 200
    assert [words for words, _, _ in quoted(app)] == [WORDS["Lin"]]
    assert client.post(manage("lin"), data={"action": "forget-for-good"}).status_code == 200
    assert quoted(app) == []
    with runtime_of.database.reading() as session:
        assert WORDS["Lin"] not in str(
            session.execute(select(Quote.words, Message.words).join(Message)).all()
        )


@pytest.mark.slow
def test_no_stranger_s_link_and_no_other_campaign_s_desk_reaches_a_quote(
    app: Flask, desk: Browser, second: Browser, runtime_of: Runtime, post: Post
) -> None:
    ids, client = message_ids(runtime_of), app.test_client()
    ask(desk, second, ids["Rana"])
    (rana,) = question(post, "rana")
    token = rana.rsplit("/", 1)[1]
    thanks = next(mail for mail in post.to("ada@mail.example") if links(mail, "manage"))
    form = {"answer": "unnamed", "seen": Browser(app).get(rana).form("").fields["seen"]}
    for purpose in ("manage", "withdraw", "unsubscribe"):
        (other,) = links(thanks, purpose)
        assert client.post(f"/quote/{other.rsplit('/', 1)[1]}", data=form).status_code == 404
        assert client.post(f"/{purpose}/{token}", data={"action": "unquote"}).status_code == 404
    cross = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert client.post(f"/quote/{token}", data=form, headers=cross).status_code == 403
    assert quoted(app) == []

    answer(app, rana, "unnamed")
    with runtime_of.database.reading() as session:
        quote_id = session.scalars(select(Quote.id)).one()
    for path in (f"quotes/{quote_id}/put", f"words/{ids['Ada']}/ask"):
        assert press(desk, f"mill/{path}") == 404, path
    assert quoted(app) == []
    # Whoever wants no more email is not asked.
    (end,) = links(thanks, "unsubscribe")
    stop = Browser(app)
    stop.send(stop.get(end), "")
    assert "takes no such email" in propose(desk, ids["Ada"]).text
    assert question(post, "ada") == []


@pytest.mark.slow
def test_the_quote_of_somebody_who_is_removed_keeps_its_place_and_takes_none_from_others(
    app: Flask,
    desk: Browser,
    second: Browser,
    runtime_of: Runtime,
    post: Post,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(quotes, "MOST_QUOTED", 2)
    ids = message_ids(runtime_of)
    for name in ("Rana", "Ada", "Lin"):
        ask(desk, second, ids[name])
        answer(app, question(post, name.lower())[0], "unnamed")
    for name in ("Rana", "Ada"):
        show(desk, WORDS[name])
    actor = {"actor": COMMAND_LINE, "now": clock()}
    with runtime_of.database.transaction() as session:
        (writer,) = [one for one in session.scalars(select(Signature)) if one.name.startswith("Rana")]
        of = writer.campaign_id, writer.id
        removal.remove(session, *of, reason="Made up", **actor)
    show(desk, WORDS["Lin"])
    assert [words for words, _, _ in quoted(app)] == [WORDS["Ada"], WORDS["Lin"]]
    with runtime_of.database.transaction() as session:
        removal.restore(session, *of, **actor)
    assert WORDS["Rana"] in [words for words, _, _ in quoted(app)]


@pytest.mark.slow
def test_a_yes_is_taken_back_with_one_press_on_the_page_where_it_was_given(
    app: Flask, desk: Browser, second: Browser, runtime_of: Runtime, post: Post, clock: Clock
) -> None:
    make.translate(runtime_of, "ug", now=clock())
    ask(desk, second, message_ids(runtime_of)["Rana"])
    (link,) = question(post, "rana")
    agreed = answer(app, link, "name")
    assert not agreed.tree.xpath("//input[@type='radio'][@value='no']")
    (button,) = agreed.tree.xpath("//form[input[@name='answer'][@value='no']]//button/text()")
    assert button == "Do not quote me anymore"
    # A page in another language names the letter in that language.
    title = make.TRANSLATED["ug"].title.replace("{{signatory_count}}", "").strip()
    assert title in Browser(app).get(f"/ug{urlsplit(link).path}").text
    refused = app.test_client().post(urlsplit(link).path, data={"answer": "no"})
    assert "nobody asks you again" in refused.text


@pytest.mark.slow
def test_a_second_person_has_somebody_asked_and_until_then_it_can_be_taken_back(
    app: Flask, desk: Browser, second: Browser, runtime_of: Runtime, post: Post
) -> None:
    ids = message_ids(runtime_of)
    proposed = propose(desk, ids["Rana"])
    assert "It is waiting for somebody else" in proposed.text
    assert question(post, "rana") == []
    with runtime_of.database.reading() as session:
        quote_id = session.scalars(select(Quote.id)).one()
    own = f"{make.SLUG}/quotes/{quote_id}/ask"
    assert press(desk, own) == 403
    assert press(second, f"mill/quotes/{quote_id}/ask") == 404
    assert "Waits for approval" in desk.get(f"{DESK}/words").text
    back = desk.send(proposed, f"/quotes/{quote_id}/call-off")
    assert "Nobody was asked." in back.text
    assert press(second, own) == 404
    assert "on its way" in ask(desk, second, ids["Rana"]).text
    assert len(question(post, "rana")) == 1


@pytest.mark.slow
def test_who_may_have_somebody_asked_sees_it_on_their_first_page_once_for_all_of_a_letter(
    app: Flask, desk: Browser, second: Browser, runtime_of: Runtime, clock: Clock
) -> None:
    ids = message_ids(runtime_of)
    propose(desk, ids["Rana"])
    propose(desk, ids["Ada"])
    first = second.get("/organizer/")
    assert first.text.count("is waiting for your approval") == 1
    assert first.tree.xpath("//*[@id='waiting']//a/@href") == [f"{ORIGIN}{DESK}/quotes"]
    assert "Rana" not in first.text
    # Without personal data nobody may approve it; and whoever proposed it waits for somebody else.
    editor = at_the_desk(app, clock, "editor", Role.EDITOR)
    for other in (editor, desk):
        assert "waiting for your approval" not in other.get("/organizer/").text


def test_a_second_person_approves_what_they_looked_at_and_nothing_that_took_its_place(
    app: Flask, desk: Browser, second: Browser, runtime_of: Runtime, post: Post
) -> None:
    ids = message_ids(runtime_of)
    proposed = propose(desk, ids["Rana"])
    looked_at = second.get(f"{DESK}/quotes")
    desk.send(proposed, "/call-off")
    propose(desk, ids["Ada"])
    with runtime_of.database.reading() as session:
        quote_id = session.scalars(select(Quote.id)).one()
    seen = looked_at.form("/ask").fields["seen"]
    token = looked_at.form("/ask").fields["csrf_token"]
    for given in (seen, ""):
        answered = second.client.post(
            f"{DESK}/quotes/{quote_id}/ask",
            data={"csrf_token": token, "seen": given},
            base_url="http://127.0.0.1:8000",
            headers={"Origin": "http://127.0.0.1:8000"},
        )
        assert answered.status_code == 409
    assert question(post, "ada") == []
    assert "on its way" in second.send(second.get(f"{DESK}/quotes"), "/ask").text


@pytest.mark.slow
def test_a_sole_organizer_asks_an_hour_later_and_can_take_it_back(
    app: Flask, desk: Browser, runtime_of: Runtime, post: Post, clock: Clock
) -> None:
    ids = message_ids(runtime_of)
    alone = propose(desk, ids["Rana"])
    assert "There is no second organizer here" in alone.text
    with runtime_of.database.reading() as session:
        first = session.scalars(select(Quote.id)).one()
    page = desk.send(alone, f"/quotes/{first}/ask")
    assert "The email will be sent at" in page.text
    assert question(post, "rana") == []
    assert "Nobody was asked." in desk.send(page, f"/quotes/{first}/call-off").text
    clock.forward(hours=2)
    assert question(post, "rana") == []
    enter(desk, "owner@desk.example", at=f"{DESK}/words")
    page = propose(desk, ids["Rana"])
    with runtime_of.database.reading() as session:
        again = session.scalars(select(Quote.id)).one()
    desk.send(page, f"/quotes/{again}/ask")
    clock.forward(minutes=61)
    assert len(question(post, "rana")) == 1
    enter(desk, "owner@desk.example", at=f"{DESK}/words")
    assert press(desk, f"{make.SLUG}/quotes/{again}/call-off") == 409

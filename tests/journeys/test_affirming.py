"""A letter that says something else in substance asks those who signed; silence moves nobody."""

from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.domain.signature import Visibility
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns, wordings
from campaign.store.tables import Affirmation, LetterVersion, OutboxEmail, Signature, Supporter
from tests import make
from tests.browsing import Browser, Page
from tests.conftest import Clock
from tests.journeys.desk import at_the_desk, desk_app
from tests.journeys.test_supporter import PAGE, Post, body, links
from tests.web.organizer.conftest import enter

DESK = f"/organizer/campaigns/{make.SLUG}"
IN_SHORT = "The second ask now names the minister.\n\nThe third is gone."


@pytest.fixture
def app(make_runtime: Callable[..., Runtime], clock: Clock) -> Flask:
    runtime = make_runtime(official_rate=0)
    page = make.campaign(runtime, now=clock())
    make.seal_key(runtime, now=clock())
    for name, more in (
        ("Rana", {"updates": True}),
        ("Ada", {"visibility": Visibility.HIDDEN}),
        ("Lin", {}),
        ("Sam", {}),
        ("Uma", {}),
    ):
        address = f"{name.lower()}@mail.example"
        make.sign_and_confirm(runtime, page, now=clock(), **{"name": name, "email": address, **more})
    make.sign_sealed(runtime, make.page(runtime), now=clock(), email="kept@mail.example")
    return desk_app(runtime, clock)


@pytest.fixture
def desk(app: Flask, clock: Clock) -> Mapping[str, Browser]:
    """Somebody who writes, and a second person."""
    return {name: at_the_desk(app, clock, name) for name in ("writer", "second")}


def log_in_again(desk: Mapping[str, Browser]) -> None:
    for name, browser in desk.items():
        enter(browser, f"{name}@desk.example")


def change_in_substance(browser: Browser, words: str = "We wait no longer.") -> Page:
    return browser.send(browser.get(f"{DESK}/letter"), "/letter", size="material", conclusion=words)


def ask(desk: Mapping[str, Browser], post: Post, words: str = IN_SHORT) -> Page:
    """Begun, written, looked at, approved by somebody else, and sent."""
    writer, second = desk["writer"], desk["second"]
    letter = writer.get(f"{DESK}/letter")
    before = letter.links("/updates/")
    begun = writer.get(before[0]) if before else writer.send(letter, "/updates/question")
    saved = writer.send(begun, begun.path, body_en=words)
    asked = writer.send(saved, "/ask")
    second.send(second.get(asked.path), "/approve")
    post.arrive()
    return writer.get(asked.path)


def question(post: Post, name: str) -> list[str]:
    """The links by which somebody is asked."""
    return [link for mail in post.to(f"{name}@mail.example") for link in links(mail, "affirm")]


def answer(app: Flask, link: str, given: str | None) -> Page:
    browser = Browser(app)
    page = browser.get(link)
    return browser.send(page, page.path, answer=given)


def figures(page: Page) -> dict[str, str]:
    return {
        row.findtext("dt").strip(): row.findtext("dd").strip()
        for row in page.tree.xpath("//dl[contains(@class,'figures')]/div")
    }


def counted_for(runtime: Runtime, address: str) -> int:
    with runtime.database.reading() as session:
        rows = session.execute(
            select(Supporter.email, LetterVersion.wording)
            .join(Signature, Signature.supporter_id == Supporter.id)
            .join(LetterVersion, LetterVersion.id == Signature.letter_version_id)
        )
        wordings: dict[str, int] = dict(rows.all())
        return wordings[address]


@pytest.mark.slow
def test_who_signed_earlier_is_asked_once_and_silence_moves_nobody(
    app: Flask, desk: Mapping[str, Browser], runtime_of: Runtime, post: Post, clock: Clock
) -> None:
    change_in_substance(desk["writer"])
    make.sign_and_confirm(
        runtime_of, make.page(runtime_of), now=clock(), name="Noor", email="noor@mail.example"
    )
    post.a_day_passes()
    log_in_again(desk)
    page = Browser(app).get(PAGE)
    assert "Signed or affirmed this version: 1. Signed an earlier one, and counted for that: 6." in page.text
    shown = ask(desk, post)
    assert figures(shown)["Emails written"] == "5"

    # The sealed address is not kept, and who signed the new version has nothing to answer.
    assert [len(question(post, name)) for name in ("rana", "ada", "lin", "sam", "uma", "kept", "noor")] == [
        *[1] * 5,
        *[0, 0],
    ]
    mail = next(mail for mail in post.to("ada@mail.example") if links(mail, "affirm"))
    assert "The second ask now names the minister." in body(mail)
    assert f"{PAGE}/changes" in body(mail)
    assert "The letter has changed: " in mail["Subject"]
    assert "/unsubscribe/" in mail["List-Unsubscribe"]

    (link,) = question(post, "ada")
    for look in (Browser(app).get(link), Browser(app).get(link)):
        assert "You are counted for version 1 of the letter. Today it is version 2" in look.text
        assert not {"Ada", "mail.example"} & set(look.text.split())
        assert not look.tree.xpath("//input[@checked]")
    assert counted_for(runtime_of, "ada@mail.example") == 1

    assert answer(app, link, None).status == 422
    assert answer(app, link, "everything").status == 422
    assert "You are counted for version 2 from now on" in answer(app, link, "affirm").text
    assert "counted for version 1, the one you signed" in answer(app, question(post, "lin")[0], "stay").text
    assert "withdrawn" in answer(app, question(post, "sam")[0], "withdraw").text
    # Whoever thinks again, or presses twice, is counted once.
    answer(app, question(post, "uma")[0], "affirm")
    answer(app, question(post, "uma")[0], "stay")
    answer(app, question(post, "uma")[0], "stay")
    told = figures(desk["writer"].get(shown.path))
    assert [told[name] for name in ("Affirmed", "Stayed with theirs", "Withdrew", "No answer yet")] == [
        *["1", "2", "1", "1"],
    ]
    assert [counted_for(runtime_of, f"{name}@mail.example") for name in ("rana", "ada", "lin", "uma")] == [
        *[1, 2, 1, 1],
    ]

    # No page tells the moment of an answer; the day after they say how many.
    wordings.count_if_due(runtime_of.database, now=clock())
    assert "counted for that: 6." in Browser(app).get(PAGE).text
    post.a_day_passes()
    log_in_again(desk)
    wordings.count_if_due(runtime_of.database, now=clock())
    assert "Signed or affirmed this version: 2. Signed an earlier one, and counted for that: 4." in (
        Browser(app).get(PAGE).text
    )
    counts = app.test_client().get(f"{PAGE}.json").json["counts"]
    assert (counts["signatures"], counts["current_version"], counts["earlier_versions"]) == (6, 2, 4)
    listed = desk["writer"].get(f"{DESK}/supporters?version=2").tree.xpath("//th[@class='desk-name']")
    assert [one.text_content() for one in listed] == ["Noor", "Ada"]

    # Asked about once: the same version leads to the same question, which is over.
    assert desk["writer"].get(f"{DESK}/letter").links("/updates/")
    post.arrive()
    assert len(question(post, "rana")) == 1


@pytest.mark.slow
def test_a_question_is_no_way_to_send_news(
    app: Flask, desk: Mapping[str, Browser], runtime_of: Runtime, post: Post, clock: Clock
) -> None:
    writer = desk["writer"]
    assert writer.get(f"{DESK}/letter").text.count("Ask those who signed earlier") == 0
    refused = writer.client.post(
        f"{DESK}/updates/question",
        data={"csrf_token": writer.get(f"{DESK}/updates").form("/updates").fields["csrf_token"]},
        headers={"Origin": "http://127.0.0.1:8000"},
        base_url="http://127.0.0.1:8000",
    )
    assert refused.status_code == 409
    change_in_substance(writer, "We wait no longer. See fund.org for more.")
    begun = writer.send(writer.get(f"{DESK}/letter"), "/updates/question")
    # It begins with the words before and after, for the organizers to say in short.
    assert "We wait no longer." in begun.text
    assert writer.send(begun, "/ask").status == 422
    for words in (
        "Donate at https://fund.example",
        "See fund.org for more",
        # What Markdown takes away is no disguise.
        r"[Donate](https\://fund\.example)",
        r"See fund\.org for more",
        "See fund&#46;&#8203;org for more",
        "x" * 1501,
    ):
        assert writer.send(begun, begun.path, body_en=words).status == 422, words
    narrowed = writer.send(begun, begun.path, body_en=IN_SHORT, language="fr")
    assert narrowed.status == 422
    # Whoever wants no more email at all gets none of these either.
    (thanks,) = [mail for mail in post.to("lin@mail.example") if "/unsubscribe/" in body(mail)]
    (end,) = links(thanks, "unsubscribe")
    browser = Browser(app)
    browser.send(browser.get(end), "")
    ask(desk, post)
    assert (question(post, "lin"), len(question(post, "ada"))) == ([], 1)


@pytest.mark.slow
def test_a_version_that_comes_later_or_a_close_ends_the_question(
    app: Flask, desk: Mapping[str, Browser], runtime_of: Runtime, post: Post, clock: Clock
) -> None:
    change_in_substance(desk["writer"])
    ask(desk, post)
    (ada,), (lin,) = question(post, "ada"), question(post, "lin")
    stale = Browser(app).get(ada)
    change_in_substance(desk["writer"], "And now we march.")
    # What was shown is what is affirmed.
    browser = Browser(app)
    outdated = browser.send(stale, stale.path, answer="affirm")
    assert outdated.status == 409
    assert "Today it is version 3" in outdated.text
    assert counted_for(runtime_of, "ada@mail.example") == 1
    browser.send(outdated, outdated.path, answer="affirm")
    assert counted_for(runtime_of, "ada@mail.example") == 3
    # Asked about version 3, they have said it already.
    ask(desk, post)
    assert [len(question(post, name)) for name in ("ada", "lin")] == [1, 2]

    with runtime_of.database.transaction() as session:
        campaigns.set_state(session, make.SLUG, CampaignState.CLOSED, actor=COMMAND_LINE, now=clock())
    closed = Browser(app).get(lin)
    assert not closed.tree.xpath("//input[@value='affirm']")
    assert "withdrawn" in answer(app, lin, "withdraw").text
    assert desk["writer"].get(f"{DESK}/letter").text.count("Ask those who signed earlier") == 0


def test_no_link_answers_for_anybody_else_and_what_is_erased_leaves_no_answer(
    app: Flask, desk: Mapping[str, Browser], runtime_of: Runtime, post: Post, clock: Clock
) -> None:
    change_in_substance(desk["writer"])
    ask(desk, post)
    (ada,) = question(post, "ada")
    token = ada.rsplit("/", 1)[1]
    client = app.test_client()
    thanks = next(mail for mail in post.to("ada@mail.example") if "/manage/" in body(mail))
    for purpose in ("manage", "withdraw", "unsubscribe"):
        (other,) = links(thanks, purpose)
        own = other.rsplit("/", 1)[1]
        assert client.post(f"/affirm/{own}", data={"answer": "affirm", "version": "2"}).status_code == 404
        assert client.post(f"/{purpose}/{token}", data={"action": "erase-for-good"}).status_code == 404
    assert client.get("/affirm/made-up").status_code == 404
    from_elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    form = {"answer": "affirm", "version": "2"}
    assert client.post(f"/affirm/{token}", data=form, headers=from_elsewhere).status_code == 403
    shown = client.get(f"/affirm/{token}")
    assert (shown.headers["Cache-Control"], shown.headers["Referrer-Policy"]) == ("no-store", "no-referrer")

    answer(app, ada, "affirm")
    (manage,) = links(thanks, "manage")
    assert client.post(manage, data={"action": "erase-for-good"}).status_code == 200
    with runtime_of.database.reading() as session:
        assert session.scalars(select(Affirmation)).all() == []
        asked = select(OutboxEmail.to_address).where(OutboxEmail.kind == "affirmation")
        assert "ada@mail.example" not in session.scalars(asked).all()
    assert client.get(f"/affirm/{token}").status_code == 404


@pytest.mark.slow
def test_whoever_withdrew_and_signed_again_is_counted_for_that_and_can_withdraw_again(
    app: Flask, desk: Mapping[str, Browser], runtime_of: Runtime, post: Post, clock: Clock
) -> None:
    change_in_substance(desk["writer"])
    ask(desk, post)
    (lin,) = question(post, "lin")
    answer(app, lin, "withdraw")
    count = make.signature_count(runtime_of)
    clock.forward(hours=2)
    make.sign_and_confirm(
        runtime_of, make.page(runtime_of), now=clock(), name="Lin", email="lin@mail.example"
    )
    assert "counted for the version that stands today" in Browser(app).get(lin).text
    for given, still in (("stay", 1), ("withdraw", 0)):
        # The page was open before.
        app.test_client().post(lin.split("8000")[1], data={"answer": given, "version": "2"})
        assert make.signature_count(runtime_of) == count + still
        if still:
            assert counted_for(runtime_of, "lin@mail.example") == 2

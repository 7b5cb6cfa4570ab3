"""The wall of names: whole, by letter, searched; and what it never tells."""

import re
import sqlite3
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.signature import Visibility
from campaign.runtime import Runtime
from campaign.services.campaigns import name_wall, signatories
from campaign.services.signatures import anonymizing, mending, self_service
from campaign.services.signatures.mending import Mending
from campaign.store.tables import Campaign, Signature, Supporter
from campaign.store.tables.base import table_of
from tests import make
from tests.bound_rows import insert_rows
from tests.conftest import Clock
from tests.web.conftest import PAGE

WALL = f"{PAGE}/signatures"
NAMES = ("Zoë Quill", "Ada Pell", "王小明", "Émilie Garnier", "باتۇر ئەلى", "Ada Pell", "བསྟན་འཛིན་")


@pytest.fixture
def signed(runtime: Runtime, page: CampaignPage, clock: Clock) -> dict[str, str]:
    """The names signed in this order, an initial and a hidden name among them; each with its manage link."""
    links = {}
    people = [(name, Visibility.PUBLIC) for name in NAMES]
    people[2:2] = [("Tamsin Quillfeather", Visibility.INITIALS), ("Hana Hidden", Visibility.HIDDEN)]
    for number, (name, visibility) in enumerate(people):
        clock.forward(minutes=1)
        email = f"signer{number}@mail.example"
        done = make.sign_and_confirm(
            runtime, page, now=clock(), name=name, email=email, visibility=visibility
        )
        links[name] = done.manage_token or ""
    return links


def names_on(text: str) -> list[str]:
    found = re.findall(r'(?s)<ul class="wall".*?</ul>', text)
    return [name for part in found for name in re.findall(r"<li><bdi>(.*?)</bdi>", part)]


def found_by(client: FlaskClient, words: str) -> list[str]:
    answer = client.get(f"{WALL}?{urlencode({'q': words})}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert 'content="noindex"' in answer.text
    return names_on(answer.text)


def test_names_stand_by_script_and_letter_and_not_in_the_order_of_signing(
    client: FlaskClient, signed: dict[str, str]
) -> None:
    text = client.get(WALL).text
    assert names_on(text) == [
        *("Ada Pell", "Ada Pell", "Émilie Garnier", "Zoë Quill"),
        *("باتۇر ئەلى", "བསྟན་འཛིན་", "王小明", "T. Q."),
    ]
    # Organizations come first, as their organizer ordered them.
    assert text.index("Friends of the Ondra") < text.index("Ada Pell")
    assert "Hana" not in text
    assert "Tamsin" not in text
    (e_names,) = re.findall(r'href="([^"]+at=latin-e)"', text)
    assert names_on(client.get(e_names).text)[0] == "Émilie Garnier"
    assert client.get(f"{WALL}?at=klingon-a").status_code == 404


@pytest.mark.slow
def test_paper_has_the_names_as_the_wall_has_them_however_many_there_is_room_for(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, signed: dict[str, str]
) -> None:
    with runtime.database.reading() as session:
        groups = name_wall.on_paper(session, page.head.id, limit=100)
        first_four = name_wall.on_paper(session, page.head.id, limit=4)
    assert [one.name for group in groups for one in group.names] == names_on(client.get(WALL).text)
    # Nobody is left out for the alphabet they write.
    names = [one.name for group in first_four for one in group.names]
    assert names == ["Ada Pell", "Zoë Quill", "王小明", "T. Q."]


def test_pages_of_the_wall_follow_one_another_and_their_links_hold_no_number(
    client: FlaskClient, signed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("campaign.web.public.names.ON_A_WALL", 1)
    seen, address, links = [], WALL, []
    while address:
        text = client.get(address).text
        seen += names_on(text)
        links += re.findall(r'rel="next" href="[^"]+wall=([^"]+)"', text)
        address = f"{WALL}?wall={links[-1]}" if 'rel="next"' in text else ""
    assert len(seen) == 8
    assert seen[:2] == ["Ada Pell", "Ada Pell"]
    assert len(set(links)) == len(links) == 7
    for made_up in ("x", links[0][:-4], links[0] + "AAAA", "%00"):
        assert client.get(f"{WALL}?wall={made_up}").status_code == 404


def test_a_search_finds_who_is_named_in_full_and_nobody_else(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, signed: dict[str, str], clock: Clock
) -> None:
    assert found_by(client, "emilie") == found_by(client, " GARNIER ") == ["Émilie Garnier"]
    assert found_by(client, "小明") == ["王小明"]
    for name in ("張偉", "张丽", "鐘麗"):
        make.sign_and_confirm(runtime, page, now=clock(), name=name, email=f"{ord(name[1])}@mail.example")
    assert found_by(client, "张") == found_by(client, "張") == ["张丽", "張偉"]
    assert found_by(client, "钟丽") == found_by(client, "鐘丽") == ["鐘麗"]
    assert found_by(client, "伟") == ["張偉"]
    assert found_by(client, "ada") == ["Ada Pell", "Ada Pell"]
    # Of who is hidden or shows initials, the answer is that to any other word.
    nothing = client.get(f"{WALL}?q=nobody").text.replace("nobody", "…")
    for secret in ("Hana", "Hidden", "Tamsin", "Quillfeather"):
        assert client.get(f"{WALL}?q={secret}").text.replace(secret, "…") == nothing
    assert found_by(client, "T. Q.") == []
    for strange in ("", " ", "…", "%", "<b>", "\x00", "a" * 500, "' OR 1=1 --"):
        assert found_by(client, strange) == []


def test_who_leaves_or_hides_is_on_no_wall_from_that_moment(
    client: FlaskClient, runtime: Runtime, signed: dict[str, str], clock: Clock
) -> None:
    with runtime.database.transaction() as session:
        for name, visibility in (("Zoë Quill", Visibility.HIDDEN), ("王小明", Visibility.INITIALS)):
            mending.mend(
                session,
                signed[name],
                Mending({"visibility": visibility, "updates": False}),
                context=runtime.mail_context,
                now=clock(),
            )
        self_service.withdraw_signature(
            session,
            make.signature_of(session, "Émilie Garnier").id,
            now=clock(),
        )
    text = client.get(WALL).text
    assert names_on(text) == [*("Ada Pell", "Ada Pell", "باتۇر ئەلى", "བསྟན་འཛིན་", "T. Q.", "王")]
    assert found_by(client, "Zoë") == found_by(client, "小明") == found_by(client, "Garnier") == []
    with runtime.database.transaction() as session:
        ids = list(session.scalars(select(Signature.id)))
        anonymizing.anonymize(session, ids, keep_names=False, now=clock())
    with runtime.database.reading() as session:
        assert set(session.execute(select(Signature.wall_key, Signature.last_key))) == {(None, None)}


def test_the_newest_names_are_a_list_of_their_own(client: FlaskClient, signed: dict[str, str]) -> None:
    text = client.get(f"{WALL}?newest=y").text
    assert text.index("བསྟན་འཛིན་") < text.index("Émilie Garnier") < text.index("Zoë Quill")


@pytest.mark.slow
def test_hidden_names_are_no_more_work_the_more_there_are(
    runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    make.sign_and_confirm(runtime, page, now=clock())
    with runtime.database.transaction() as session:
        first = dict(session.execute(select(Signature.__table__)).mappings().one())
        session.execute(update(Campaign).values(names_hidden_at=clock()))
        supporters = [{"address_hash": str(number), "created_at": clock()} for number in range(3_000)]
        ids = session.scalars(insert(Supporter).returning(Supporter.id), supporters).all()
        del first["id"]
        insert_rows(session, table_of(Signature), [{**first, "supporter_id": one} for one in ids])
        steps: list[int] = []
        connection = session.connection().connection.driver_connection
        assert isinstance(connection, sqlite3.Connection)
        connection.set_progress_handler(lambda: steps.append(1), 100)
        assert name_wall.headings(session, page.head.id) == ()
        assert name_wall.page(session, page.head.id, limit=10).groups == ()
        assert name_wall.search(session, page.head.id, "rana").names == ()
        assert signatories.latest(session, page.head.id) == ()
        connection.set_progress_handler(None, 100)
    assert len(steps) < 30

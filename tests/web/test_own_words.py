"""Own words on the supporter's pages: the meter, the one friendly push, and limits of offices."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaign.domain.campaign_page import CampaignPage
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns
from campaign.store.tables import Official
from tests import make
from tests.conftest import Clock
from tests.web.conftest import PAGE, what_it_showed

Post = Callable[..., TestResponse]
STORY = "My grandmother's well fell dry in May, and she is eighty-one. She fetches water from the school."


@pytest.mark.both_databases
def test_the_meter_tells_a_score_and_what_to_do_and_stores_nothing(post: Post, page: CampaignPage) -> None:
    own = post("/own-words", message=STORY)
    assert own.status_code == 200
    assert own.get_json() == {
        "own_words": 100,
        "advice": "own",
        "sentence": "Your own words. That is what offices read.",
    }
    assert own.headers["Cache-Control"] == "no-store"
    copied = post("/own-words", message=f"{page.asks[0].title} {page.asks[0].text}").get_json()
    assert copied["own_words"] < 10
    assert copied["advice"] == "copied"
    assert post("/own-words", message=" ").get_json()["advice"] == "nothing"


def test_the_meter_takes_short_texts_from_its_own_page_only(post: Post) -> None:
    for fields, headers, status in (
        ({"csrf_token": "forged"}, {}, 403),
        ({}, {"Sec-Fetch-Site": "cross-site"}, 403),
        ({"message": "x" * 5001}, {}, 422),
        ({"message": "x" * 100_000}, {}, 413),
    ):
        refused = post("/own-words", headers=headers, **{"message": STORY, **fields})
        assert refused.status_code == status
        assert refused.content_type == "application/problem+json"


def test_the_preview_shows_the_score_and_offers_a_box_where_nothing_was_written(
    post: Post, page: CampaignPage, runtime: Runtime
) -> None:
    chosen = [one.id for one in page.officials[:2]]
    told = post("/preview", officials=chosen, message=STORY).text
    assert told.count("Your own words. That is what offices read.") == 1, "once for the same words"
    assert 'value="100"' in told
    assert "Two sentences of your own?" not in told
    asked = post("/preview", officials=chosen).text
    assert "Two sentences of your own?" in asked
    assert asked.count('name="message"') == 1
    assert "Two sentences of your own?" not in post("/preview").text
    assert make.emails(runtime) == []


@pytest.mark.both_databases
def test_who_wrote_nothing_is_asked_once_on_the_page_that_confirms_and_loses_nothing(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    first, second = page.officials[0], page.officials[1]
    make.sign(runtime, page, now=clock(), officials=(first.id, second.id), asks=(page.asks[1].id,))
    token = make.link(make.emails(runtime, kind="confirmation")[-1], "confirm")
    asked = client.get(f"/confirm/{token}").text
    assert "Two sentences of your own?" in asked
    with runtime.database.transaction() as session:
        session.get_one(Official, second.id).longest_message = 60
    refused = client.post(f"/confirm/{token}/words", data={"message": STORY})
    assert refused.status_code == 422
    assert "Ines Okafor takes at most 60 characters" in refused.text
    assert "she is eighty-one. She fetches" in refused.text
    short = "My grandmother's well fell dry in May."
    added = client.post(f"/confirm/{token}/words", data={"message": short})
    assert added.status_code == 200
    assert added.text.count("My grandmother&#39;s well fell dry in May.") == 2
    assert "Two sentences of your own?" not in added.text
    stale = client.post(f"/confirm/{token}", data={"shown": what_it_showed(asked)})
    assert stale.status_code == 409
    assert "What this page shows has just changed." in stale.text
    seen = what_it_showed(stale.text)
    assert seen == what_it_showed(added.text)
    assert client.post(f"/confirm/{token}", data={"shown": seen}).status_code == 200
    make.write_out(runtime, now=clock())
    mails = make.emails(runtime, kind="message")
    assert [mail.state for mail in mails] == ["queued", "queued"]
    for mail in mails:
        assert short in mail.text
        assert "  - Stop the works." in mail.text
    assert {mail.reply_to for mail in mails} == {"rana@mail.example"}
    late = client.post(f"/confirm/{token}/words", data={"message": short})
    assert late.status_code == 409
    assert "Your signature is confirmed" in late.text
    unasked = client.post(
        f"/confirm/{token}/words", data={"message": short}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert unasked.status_code == 403


def test_the_form_keeps_to_the_smallest_limit_of_the_chosen_officials(
    client: FlaskClient, post: Post, runtime: Runtime, page: CampaignPage
) -> None:
    first, second = page.officials[0], page.officials[1]
    with runtime.database.transaction() as session:
        session.get_one(Official, second.id).longest_message = 40
        session.get_one(Official, first.id).longest_message = 200
        campaigns.raise_version(session, page.head.id)
    assert "Takes at most 40 characters." in client.get(PAGE).text
    sentence = "Ines Okafor takes at most 40 characters, and this has 96."
    both = post(officials=[first.id, second.id], message=STORY)
    assert both.status_code == 422
    assert f'id="error-message">{sentence}' in both.text
    assert "eighty-one. She fetches water" in both.text
    apart = {f"message_{second.id}": STORY}
    own = post(officials=[first.id, second.id], message=STORY, **apart)
    assert own.status_code == 422
    assert f'id="error-message_{second.id}">{sentence}' in own.text
    assert 'id="error-message"' not in own.text
    fits = {f"message_{second.id}": "Please save the river."}
    assert post(officials=[first.id, second.id], message=STORY, **fits).status_code == 303

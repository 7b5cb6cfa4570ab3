"""The page behind the manage link: what was typed is never lost, and what is seen is what is saved."""

import re

import pytest
from flask.testing import FlaskClient

from campaign.domain.campaign_page import CampaignPage
from campaign.runtime import Runtime
from campaign.store.tables import Official
from tests import make
from tests.conftest import Clock

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_signer_mends_name_and_words_sees_them_and_saves_them(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    done = make.sign_and_confirm(
        runtime, page, now=clock(), words="My well is dry.", officials=(page.officials[0].id,)
    )
    manage = f"/manage/{done.manage_token}"
    box = re.findall(r'name="(words_\d+)"', client.get(manage).text)[0]
    typed = {"name": "Rana Q. Idris", box: "Come & see <our> well.", "visibility": "public"}

    wrong = client.post(manage, data={**typed, "name": "=1+1", "capacity": "organization"})
    assert wrong.status_code == 422
    assert "<title>Error: " in wrong.text
    assert '<a href="#field-name">' in wrong.text
    assert '<a href="#field-organization">' in wrong.text
    assert "Come &amp; see &lt;our&gt; well." in wrong.text

    seen = client.post(manage, data={**typed, "action": "preview"}).text
    assert "Come &amp; see &lt;our&gt; well." in seen
    assert "Rana Q. Idris" in seen
    assert make.emails(runtime, kind="message")[0].from_name == "Rana Idris"
    assert 'value="Rana Q. Idris"' in client.post(manage, data={**typed, "action": "edit"}).text

    saved = client.post(manage, data={**typed, "action": "change"})
    assert "Your changes are saved." in saved.text
    (message,) = make.emails(runtime, kind="message")
    assert message.from_name == "Rana Q. Idris"
    assert "Come & see <our> well." in message.text
    assert client.post(manage, data=typed, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_new_name_puts_nothing_into_a_message_that_its_author_has_not_seen(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    done = make.sign_and_confirm(runtime, page, now=clock(), officials=(page.officials[0].id,))
    manage = f"/manage/{done.manage_token}"
    (before,) = make.emails(runtime, kind="message")
    with runtime.database.transaction() as session:
        session.get_one(Official, page.officials[0].id).salutation = "To whoever drowned our valley,"
    changed = {"name": "Rana Q. Idris", "visibility": "public", "action": "change"}

    answer = client.post(manage, data=changed)
    assert "This is what they will read" in answer.text
    assert "To whoever drowned our valley," in answer.text
    assert make.emails(runtime, kind="message")[0].text == before.text

    (seen,) = re.findall(r'name="seen" value="(\w+)"', answer.text)
    assert "Your changes are saved." in client.post(manage, data={**changed, "seen": seen}).text
    (after,) = make.emails(runtime, kind="message")
    assert after.text.startswith("To whoever drowned our valley,")
    assert after.from_name == "Rana Q. Idris"

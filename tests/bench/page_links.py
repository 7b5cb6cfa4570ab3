"""Pages that only a link leads to: a question about a quote or a new version, and a draft's preview."""

import re
from datetime import datetime

from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.updates import UpdateText
from campaign.runtime import Runtime, build_runtime
from campaign.services.campaigns import editing
from campaign.services.campaigns.editing import AskRow, ChangeSize, LetterTyped
from campaign.services.opening import preview_links
from campaign.services.updates import drafts, questions
from campaign.services.updates.drafts import UpdateDetails
from campaign.settings import load_settings
from campaign.store.tables.core import message
from tests import make, updating
from tests.browser.conftest import Installation
from tests.browser.test_supporter import mail_to

WRITER = "writer@mail.example"
DRAFT = "draft"


def links(installation: Installation) -> dict[str, str]:
    """The addresses of these pages by name; the worker of the installation sends what leads to them."""
    runtime = build_runtime(load_settings({"CAMPAIGN_INSTANCE": str(installation.instance)}))
    now = runtime.clock()
    _sign(runtime, installation, now)
    _ask_for_a_quote(runtime, now)
    _ask_about_another_version(runtime, now)
    make.campaign(runtime, now=now, slug=DRAFT, publish=False)
    with runtime.database.transaction() as session:
        token = preview_links.make(session, DRAFT, actor=COMMAND_LINE, now=now)
    runtime.close()
    found = {purpose: _link(installation, purpose) for purpose in ("quote", "affirm")}
    return found | {"draft": f"/preview/{token}", "draft-emails": f"/preview/{token}/emails"}


def _link(installation: Installation, purpose: str) -> str:
    link = re.search(rf"/{purpose}/\S+", mail_to(installation, WRITER, containing=f"/{purpose}/"))
    assert link
    return link.group()


def _sign(runtime: Runtime, installation: Installation, now: datetime) -> None:
    page = make.campaign(runtime, now=now)
    officials = (page.officials[0].id,)
    words = "My well is dry since June, and nobody has told us why."
    make.sign(runtime, page, now=now, email=WRITER, words=words, officials=officials, updates=True)
    token = _link(installation, "confirm").rpartition("/")[2]
    make.confirm(runtime, token, now=now)


def _ask_for_a_quote(runtime: Runtime, now: datetime) -> None:
    with runtime.database.reading() as session:
        message_id = session.scalar(select(message.c.id).order_by(message.c.id.desc()).limit(1)) or 0
    updating.ask_for_a_quote(runtime, message_id, now=now)


def _ask_about_another_version(runtime: Runtime, now: datetime) -> None:
    writer, _ = updating.two_organizers(runtime, now=now)
    with runtime.database.transaction() as session:
        stored = editing.stored(session, make.SLUG)
        letter = stored.letter
        typed = LetterTyped(
            title=letter.title or "",
            dated_on=str(letter.dated_on),
            subject=letter.subject or "",
            salutation=letter.salutation or "",
            introduction="\n\n".join(letter.introduction),
            asks=[
                AskRow(ask_id, ask.title or "", ask.text)
                for ask_id, ask in zip(stored.ask_ids, letter.asks, strict=True)
            ],
            conclusion="We wait no longer.",
            closing=letter.closing or "",
        )
        size = ChangeSize.MATERIAL
        editing.save(session, make.SLUG, typed, seen=stored.number, size=size, actor=COMMAND_LINE, now=now)
        update_id = questions.create(session, make.SLUG, actor=writer, now=now)
        details = UpdateDetails({"en": UpdateText(body="The letter no longer waits for an answer.")})
        drafts.change(session, make.SLUG, update_id, details, actor=writer, now=now)
    updating.approve(runtime, update_id, now=now)

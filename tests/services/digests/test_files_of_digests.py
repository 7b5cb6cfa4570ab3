"""The files of a digest are kept as long as its words, and encrypted as these are."""

from datetime import datetime

import pytest
from sqlalchemy import text

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.outcomes import Accepted
from campaign.runtime import Runtime
from campaign.services.signatures import self_service
from tests.conftest import Clock
from tests.services.digests.test_digests import compose, morning, page, record, states, take, token

pytestmark = pytest.mark.slow_on_postgresql

__all__ = ["morning", "page"]


def stored(runtime: Runtime) -> list[str]:
    """What stands in the database of files, as it stands there."""
    with runtime.database.reading() as session:
        rows = session.execute(text("SELECT files FROM outbox_body WHERE files IS NOT NULL"))
        return [row.files for row in rows]


def test_a_digest_that_was_sent_leaves_no_file_behind(
    runtime: Runtime, page: CampaignPage, morning: datetime
) -> None:
    compose(runtime, morning)
    (kept,) = stored(runtime)
    assert "manifest" not in kept, "encrypted"
    (digest,) = take(runtime, morning)
    assert [file.name for file in digest.email.files] == ["manifest.json", "manifest.json.sig"]
    record(runtime, digest, Accepted("id"), morning)
    assert stored(runtime) == []


def test_a_digest_that_is_called_back_is_composed_anew_with_a_manifest_of_its_own(
    runtime: Runtime, page: CampaignPage, morning: datetime, clock: Clock
) -> None:
    compose(runtime, morning)
    with runtime.database.transaction() as session:
        self_service.withdraw(session, token(runtime, "Tom Abel", "withdraw"), now=morning)
    assert stored(runtime) == []
    compose(runtime, morning)
    (digest,) = take(runtime, morning)
    manifest, _ = digest.email.files
    assert manifest.text.count('"number"') == 2
    assert states(runtime, "digest") == ["cancelled", "sending"]

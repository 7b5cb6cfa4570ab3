"""A file that a worker makes while somebody in it goes."""

from datetime import datetime

import pytest

from campaign.domain.prepared_files import PreparedKind
from campaign.runtime import Runtime
from campaign.services.documents import prepared_files
from tests import make
from tests.updating import two_organizers

pytestmark = pytest.mark.slow_on_postgresql


def test_a_file_that_somebody_left_while_it_was_made_is_not_kept_and_is_made_anew(
    runtime: Runtime, now: datetime
) -> None:
    campaign_id = make.campaign(runtime, now=now).head.id
    organizer_id = two_organizers(runtime, now=now)[0].organizer_id or 0
    with runtime.database.transaction() as session:
        ordered = {"expected": 3, "organizer_id": organizer_id, "now": now}
        prepared_files.order(session, campaign_id, PreparedKind.SUPPORTERS, {}, **ordered)
        job = prepared_files.claim(session, now=now)
        assert job is not None
        assert prepared_files.note_progress(session, job, 1, now=now)
        prepared_files.forget_people(session, [campaign_id])
        assert not prepared_files.note_progress(session, job, 2, now=now)
        assert not prepared_files.store(session, job, b"key of the one they are in", 99, now=now)
        prepared_files.release(session, job)
        prepared_files.record_failure(session, job, now=now)
        anew = prepared_files.claim(session, now=now)
        assert anew is not None
        assert prepared_files.store(session, anew, b"key", 99, now=now)

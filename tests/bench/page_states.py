"""Campaigns in the states that a reader can find one in, beside the example letter of an installation."""

from pathlib import Path

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState
from campaign.runtime import build_runtime
from campaign.services.campaigns import campaigns, progress, public_names
from campaign.services.campaigns.progress import CampaignTexts, ProgressDetails
from campaign.services.demo import making
from campaign.settings import load_settings
from tests import make

NAMES = 1_500
REACHED, ENDED, QUIET, SEALED = "reached", "ended", "quiet", "sealed"
# What is read of each; those with many names first, since some pages are another with many.
PATHS = (
    *(
        f"/c/{making.SLUG}{part}"
        for part in ("", "/signatures", "/signatures?at=han", "/changes", "/count-log")
    ),
    f"/c/{making.SLUG}/signatures?q=ada",
    f"/c/{making.SLUG}/signatures?newest=y",
    *(f"/c/{slug}{part}" for slug in (REACHED, ENDED) for part in ("", "/changes")),
    *(f"/c/{slug}{part}" for slug in (QUIET, SEALED) for part in ("", "/signatures")),
    "/",
    "/check",
)


def prepare(instance: Path) -> None:
    """Many names; a goal reached, a deadline ahead; closed, with an outcome; names hidden; a key to seal."""
    runtime = build_runtime(load_settings({"CAMPAIGN_INSTANCE": str(instance)}))
    now = runtime.clock()
    with runtime.database.transaction() as session:
        making.make(
            session,
            number=NAMES,
            seed=1,
            providers=("local",),
            address_key=runtime.address_key,
            time_zone=None,
            actor=COMMAND_LINE,
            now=now,
        )
    for slug in (REACHED, ENDED, QUIET, SEALED):
        make.campaign(runtime, now=now, slug=slug)
    make.seal_key(runtime, now=now, slug=SEALED)
    texts = CampaignTexts(
        "The hearing is in May.", "The works stopped on 2 May.\n\nThe gauges are public since."
    )
    with runtime.database.transaction() as session:
        for slug, goal, kept in ((REACHED, "1", CampaignTexts(texts.summary)), (ENDED, "5000", texts)):
            details = ProgressDetails(
                goal=goal, closes_at="2099-12-01 09:00", closes_zone="Asia/Taipei", texts={"en": kept}
            )
            progress.change(session, slug, details, actor=COMMAND_LINE, now=now)
        progress.follow(session, now=now)
        campaigns.set_state(session, ENDED, CampaignState.CLOSED, actor=COMMAND_LINE, now=now)
        public_names.hide(session, QUIET, actor=COMMAND_LINE, now=now)
    runtime.close()

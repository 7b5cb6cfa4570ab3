"""Every page of the desk that a campaign has, at a thousand signatures and at a million."""

import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import select

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.daily_figures import Figure
from campaign.domain.roles import Role
from campaign.runtime import Runtime, build_runtime
from campaign.services.accounts import organizers
from campaign.services.accounts.passwords import Passwords
from campaign.services.statistics import folding
from campaign.services.statistics.recording import Act
from campaign.settings import load_settings
from campaign.store.tables.core import official, signature
from campaign.web import create_app
from tests.bench.stocked import stock
from tests.browsing import ORIGIN, Browser

FEW, MANY = 1_000, 1_000_000
VISITS = 5
PASSWORD = "marble otter kiosk plum"
CHEAP = Passwords(memory=8, passes=1, lanes=1)
PAGES = {
    "home": "/organizer/",
    "queue": "/organizer/queue",
    "in_doubt": "/organizer/queue/in-doubt",
    "suppressions": "/organizer/suppressions",
    "audit": "/organizer/audit",
    "publisher": "/organizer/site",
    "account": "/organizer/account",
    "overview": "/organizer/campaigns/{slug}",
    "statistics": "/organizer/campaigns/{slug}/statistics",
    "statistics_whole": "/organizer/campaigns/{slug}/statistics?span=whole",
    "report": "/organizer/campaigns/{slug}/statistics/report?span=whole",
    "translations": "/organizer/campaigns/{slug}/translations",
    "progress": "/organizer/campaigns/{slug}/progress",
    "look": "/organizer/campaigns/{slug}/look",
    "officials": "/organizer/campaigns/{slug}/officials",
    "official": "/organizer/campaigns/{slug}/officials/{official}",
    "answers": "/organizer/campaigns/{slug}/replies",
    "supporters": "/organizer/campaigns/{slug}/supporters",
    "supporters_confirmed": "/organizer/campaigns/{slug}/supporters?state=confirmed",
    "supporters_withdrawn": "/organizer/campaigns/{slug}/supporters?state=withdrawn",
    "supporter": "/organizer/campaigns/{slug}/supporters/{signature}",
    "invalidations": "/organizer/campaigns/{slug}/invalidations",
    "export": "/organizer/campaigns/{slug}/export",
    "campaign_queue": "/organizer/campaigns/{slug}/queue",
}


def figures() -> Iterator[tuple[str, float, str]]:
    """The median of some visits to each page, in milliseconds without a network, and the slowest of them."""
    with TemporaryDirectory(dir=os.environ.get("CAMPAIGN_BENCH_FOLDER")) as folder:
        few = _times(Path(folder) / "few", FEW)
        many = _times(Path(folder) / "many", MANY)
    for name, milliseconds in many.items():
        yield f"desk.{name}_at_1M", milliseconds, "ms"
        yield f"desk.{name}_at_1M_against_1k", milliseconds / few[name], "ratio"
    yield "desk.slowest_at_1M", max(many.values()), "ms"


def _times(folder: Path, signatures: int) -> dict[str, float]:
    now = datetime.now(UTC)
    stocked = stock(folder, signatures=signatures, now=now)
    slug = stocked.path.rpartition("/")[2]
    runtime = build_runtime(load_settings(stocked.environment))
    ids = _furnish(runtime, now)
    app = create_app(runtime)
    app.extensions["campaign_passwords"] = CHEAP
    times = {}
    for name, pattern in PAGES.items():
        path = pattern.format(slug=slug, **ids)
        # So many looks at people from one login would ask for the password again.
        browser = Browser(app)
        browser.send(browser.get("/organizer/"), "/login", email="owner@desk.example", password=PASSWORD)
        times[name] = median(_visit(browser, path) for _ in range(VISITS))
    runtime.close()
    return times


def _visit(browser: Browser, path: str) -> float:
    started = time.perf_counter()
    answer = browser.client.get(path, base_url=ORIGIN)
    milliseconds = 1000 * (time.perf_counter() - started)
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return milliseconds


def _furnish(runtime: Runtime, now: datetime) -> dict[str, int]:
    """An owner, and two years of figures in every language, country and source that is counted."""
    chance = random.Random(35)
    with runtime.database.transaction() as session:
        organizers.add(
            session,
            "owner@desk.example",
            role=Role.OWNER,
            password=PASSWORD,
            actor=COMMAND_LINE,
            now=now,
            passwords=CHEAP,
        )
        official_id, campaign_id = session.execute(
            select(official.c.id, official.c.campaign_id).order_by(official.c.id)
        ).first() or (0, 0)
        signature_id = session.scalar(select(signature.c.id).limit(1)) or 0
        acts = [
            Act(
                what=Figure.CONFIRMED,
                at=now - timedelta(days=day),
                campaign_id=campaign_id,
                number=chance.randrange(1, 50),
                language=chance.choice(("en", "fr", "es", "ug", "bo", "zh-Hans", "zh-Hant")),
                country=f"{chance.choice('ABCDEFGHIJ')}{chance.choice('ABCDEFGHIJ')}",
                source=f"source {chance.randrange(100)}",
            )
            for day in range(730)
            for _ in range(60)
        ]
        folding.count_all(session, acts, time_zone=None)
    return {"official": official_id, "signature": signature_id}

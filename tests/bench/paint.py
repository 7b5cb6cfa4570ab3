"""When the largest thing of the first screen is painted, on a phone with a slow network, in each language.

The network and the processor are those of Lighthouse's "slow 4G": 1.6 Mbit/s, 150 ms there and back, a
processor four times as slow. Chromium slows itself down; nothing is simulated afterwards.
"""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser

from campaign.i18n import available_languages
from tests.bench.walk import LETTER
from tests.browser.conftest import running_chromium, running_installation

RUNS = 5
PHONE = {"width": 412, "height": 823}
BYTES_PER_SECOND = 1.6 * 1024 * 1024 / 8
ROUND_TRIP_MS = 150
SLOWER = 4
# The last paint that the browser names, once nothing larger can come.
_LARGEST = """() => new Promise(done => {
  new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
    .observe({ type: 'largest-contentful-paint', buffered: true })
})"""
_BYTES = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .map(entry => [entry.name, entry.transferSize])"""


def figures() -> Iterator[tuple[str, float, str]]:
    """The best of several loads by language, and what the page and its fonts weigh on the wire."""
    with (
        TemporaryDirectory() as folder,
        running_installation(Path(folder)) as installation,
        running_chromium() as chromium,
    ):
        for language in available_languages():
            yield from of_page(chromium, f"{installation.url}/{language.slug}{LETTER}", language.code)


def of_page(chromium: Browser, url: str, name: str) -> Iterator[tuple[str, float, str]]:
    """The figures of one page."""
    loads = [_load(chromium, url) for _ in range(RUNS + 1)][1:]
    sizes = loads[0][1]
    font = sum(size for path, size in sizes.items() if path.endswith(".woff2"))
    # What else runs on the machine only ever adds.
    yield f"paint.largest_{name}", min(paint for paint, _ in loads), "ms"
    yield f"paint.page_{name}", (sum(sizes.values()) - font) / 1000, "kB"
    if font:
        yield f"paint.font_{name}", font / 1000, "kB"


def _load(chromium: Browser, url: str) -> tuple[float, dict[str, int]]:
    with chromium.new_context(viewport=PHONE, device_scale_factor=1.75, is_mobile=True) as context:  # type: ignore[arg-type]
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        rate = BYTES_PER_SECOND
        session.send(
            "Network.emulateNetworkConditions",
            {
                "offline": False,
                "latency": ROUND_TRIP_MS,
                "downloadThroughput": rate,
                "uploadThroughput": rate,
            },
        )
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(url, wait_until="networkidle")
        return page.evaluate(_LARGEST), dict(page.evaluate(_BYTES))

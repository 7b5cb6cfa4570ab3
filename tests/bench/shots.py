"""Pictures of every page: `python -m tests.bench.shots FOLDER [LANGUAGE …]`, and a page to look at them.

Each page is taken as it is, narrow and wide, in light and in dark. Pictures in FOLDER/before, taken of an
earlier version, stand beside those of today.
"""

import sys
from email import message_from_bytes, policy
from html import escape
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from campaign.i18n import available_languages
from campaign.services.demo import making
from tests.bench import page_links, walk
from tests.bench.page_states import prepare
from tests.browser.conftest import Installation, running_chromium, running_installation
from tests.waiting import comes_true

NARROW, WIDE = 320, 1280
LOOKS = tuple(product((NARROW, WIDE), ("light", "dark")))
FILES = ("letter.pdf", "sheet.pdf", "share.png")


def main(folder: Path, codes: list[str]) -> None:
    """Take the pictures of these languages, or of all."""
    with (
        TemporaryDirectory() as where,
        running_installation(Path(where)) as installation,
        running_chromium() as chromium,
    ):
        prepare(installation.instance)
        links = page_links.links(installation)
        for language in available_languages():
            if codes and language.code not in codes:
                continue
            target = folder / language.code
            target.mkdir(parents=True, exist_ok=True)
            _take_all(chromium, installation, language.code, language.slug, links, target)
            write_index(folder)


def _take_all(
    chromium: Browser, installation: Installation, code: str, slug: str, links: dict[str, str], target: Path
) -> None:
    def look(page: Page, name: str) -> None:
        take(page, target, f"{name[:80]}")

    def look_at_desk(page: Page, name: str) -> None:
        take(page, target, f"desk-{name[:80]}")

    address = f"{slug}@mail.example"
    with chromium.new_context(base_url=installation.url, locale=code, reduced_motion="reduce") as context:
        page = context.new_page()
        walk.of_supporter(page, installation, f"/{slug}", address, look)
        for name, path in links.items():
            page.goto(f"/{slug}{path}")
            look(page, name)
        _keep_files(page, f"/{slug}{walk.LETTER}", target)
        page.goto("about:blank")
        _take_emails(page, installation.instance / "outbox", address, target)
    with chromium.new_context(base_url=installation.url, locale=code, reduced_motion="reduce") as context:
        walk.of_organizer(context.new_page(), installation, making.SLUG, look_at_desk)


def take(page: Page, target: Path, name: str) -> None:
    """The whole page in every look, without loading it anew."""
    # What is loaded once it is scrolled to is in the picture too.
    page.evaluate("for (const image of document.images) image.loading = 'eager'")
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.evaluate("Promise.all([...document.images].map(image => image.decode().catch(() => 0)))")
        if width == NARROW:
            # In a lower window the bar at its foot would cover what is behind it.
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=target / f"{name}.{width}.{scheme}.png", full_page=True)


def _keep_files(page: Page, letter: str, target: Path) -> None:
    """What can be taken away, once the worker has made it."""
    for name in FILES:

        def is_there(name: str = name) -> bool:
            answer = page.request.get(f"{letter}/{name}")
            is_it = answer.ok and not answer.headers["content-type"].startswith("text/html")
            if is_it:
                (target / name).write_bytes(answer.body())
            return is_it

        if not comes_true(is_there, every=0.5):
            print(f"{letter}/{name} is not there", file=sys.stderr)


def _take_emails(page: Page, outbox: Path, address: str, target: Path) -> None:
    """Every email that one supporter has got, the oldest first."""
    number = 0
    for path in sorted(outbox.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns):
        email = message_from_bytes(path.read_bytes(), policy=policy.default)
        part = email.get_body(("html",))
        if address in str(email["To"]) and part:
            number += 1
            page.set_content(part.get_content())
            take(page, target, f"email-{number}")


def write_index(folder: Path) -> None:
    """A page for each language: a row for each page of the site, a column for each look."""
    codes = sorted(path.name for path in folder.iterdir() if path.is_dir() and path.name != "before")
    menu = " · ".join(f'<a href="{code}.html">{code}</a>' for code in codes)
    for code in codes:
        names = sorted({path.name.split(".")[0] for path in (folder / code).glob("*.*.*.png")})
        rows = "".join(_row(folder, code, name) for name in names)
        files = " · ".join(f'<a href="{code}/{name}">{name}</a>' for name in FILES)
        page = (
            '<!doctype html><meta charset="utf-8"><title>Pictures</title><style>body{font:14px sans-serif}'
            "td{vertical-align:top}div{max-height:80vh;overflow:auto;border:1px solid #999}</style>"
            f"<p>{menu}<p>{files}{rows}"
        )
        (folder / f"{code}.html").write_text(page, encoding="utf-8")


def _row(folder: Path, code: str, name: str) -> str:
    cells = []
    for width, scheme in LOOKS:
        shown = (NARROW, "narrow") if width == NARROW else (560, "wide")
        for path in (f"before/{code}/{name}", f"{code}/{name}"):
            file = f"{path}.{width}.{scheme}.png"
            if (folder / file).exists():
                title = f"{shown[1]}, {scheme}{', before' if path.startswith('before') else ''}"
                cells.append(
                    f"<td>{title}<div><a href={file}>"
                    f'<img src="{file}" width={shown[0]} loading=lazy alt=""></a></div>'
                )
    return f"<h2>{escape(name)}</h2><table><tr>{''.join(cells)}</table>"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

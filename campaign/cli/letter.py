"""`campaign letter`: from a file to a campaign."""

import json
from pathlib import Path

import click

from campaign.assets import folder
from campaign.cli.context import now, opened_runtime, private_output, read_input
from campaign.cli.lazy import Failure
from campaign.documents.as_html import paper_css
from campaign.documents.as_pdf import print_here
from campaign.documents.read_letter import read_letter
from campaign.documents.write_letter import as_text
from campaign.domain.letter import Letter
from campaign.domain.papers import PaperKind
from campaign.domain.states import CampaignState
from campaign.errors import CampaignError, ConflictError, RefusedError
from campaign.i18n import LANGUAGES
from campaign.services import campaigns, documents, letters

LARGEST_LETTER = 5_000_000  # bytes, as for uploads


class NoLetter(Failure):
    """What was given cannot be read as a letter: wrong usage, by its exit status."""

    exit_code = 2


@click.group()
def letter() -> None:
    """Letters: parse, import, show, print, publish, close."""


@letter.command()
@click.argument("file")
def parse(file: str) -> None:
    """Read a letter from FILE (`-`: standard input) and print it as JSON; change nothing.

    Text, Markdown, HTML and DOCX are understood. Exit status 2 when it cannot be read as a letter.
    """
    click.echo(_as_json(_read(file)))


@letter.command("import")
@click.argument("file")
@click.option("--slug", required=True, help="The campaign's name in addresses, like human-rights-first.")
@click.option("--publish", is_flag=True, help="Let people see and sign it at once.")
def import_(file: str, slug: str, publish: bool) -> None:
    """Make a campaign of the letter in FILE: a draft, unless told to publish it."""
    found = _read(file)
    with opened_runtime() as runtime:
        with runtime.database.transaction() as session:
            head = letters.import_letter(session, found, slug=slug, publish=publish, now=now())
        public_url = runtime.settings.public_url
    for doubt in found.warnings:
        click.echo(f"line {doubt.line}: {doubt.message}", err=True)
    click.echo(
        f"{head.slug}: {len(found.asks)} asks, {len(found.signatories)} signatories,"
        f" {len(found.addressees) + len(found.copied)} officials."
    )
    if publish:
        click.echo(f"It is open at {public_url}/c/{slug}")
    else:
        click.echo(f"It is a draft. When it is as it should be: campaign letter publish {slug}")


@letter.command()
@click.argument("slug")
@click.option("--json", "as_json", is_flag=True, help="The same JSON that `parse` prints.")
def show(slug: str, as_json: bool) -> None:
    """Print what is stored of a campaign's letter."""
    with opened_runtime() as runtime, runtime.database.reading() as session:
        stored = letters.stored_letter(session, slug)
    click.echo(_as_json(stored) if as_json else as_text(stored), nl=as_json)


@letter.command()
@click.argument("slug")
@click.option("--language", help="One of the interface's languages; the campaign's own without it.")
@click.option("--output", required=True, help="The file to write.")
@click.option("--replace", is_flag=True, help="Write over a file that is there.")
def pdf(slug: str, language: str | None, output: str, replace: bool) -> None:
    """Write the letter, with every name the public may read, as PDF."""
    _print(PaperKind.LETTER, slug, language, Path(output), replace=replace)


@letter.command()
@click.argument("slug")
@click.option("--language", help="One of the interface's languages; the campaign's own without it.")
@click.option("--output", required=True, help="The file to write.")
@click.option("--replace", is_flag=True, help="Write over a file that is there.")
def sheet(slug: str, language: str | None, output: str, replace: bool) -> None:
    """Write a sheet for signing by hand, with a QR code that leads to the letter, as PDF."""
    _print(PaperKind.SHEET, slug, language, Path(output), replace=replace)


@letter.command()
@click.argument("slug")
def publish(slug: str) -> None:
    """Let people see and sign a campaign, a closed one too."""
    _set_state(slug, CampaignState.OPEN, "open")


@letter.command()
@click.argument("slug")
def close(slug: str) -> None:
    """End the signing of a campaign; its page stays."""
    _set_state(slug, CampaignState.CLOSED, "closed")


def _print(kind: PaperKind, slug: str, language: str | None, output: Path, *, replace: bool) -> None:
    with opened_runtime() as runtime:
        with runtime.database.reading() as session:
            campaign = campaigns.by_slug(session, slug)
            if campaign.state is CampaignState.DRAFT:
                raise ConflictError("%(slug)s is a draft: publish it before you print it.", slug=slug)
            html = documents.as_html(
                session,
                slug,
                kind,
                language=_language(language) if language else campaign.language,
                public_url=runtime.settings.public_url,
                now=now(),
            )
        printed = print_here(html, paper_css(), font_folder=folder("static") / "fonts")
    with private_output(output, replace=replace) as file:
        file.write(printed.pdf)
    if printed.missing:
        click.echo(f"No font of this machine has {printed.missing} of its characters.", err=True)
    click.echo(f"{output}: {len(printed.pdf) // 1000} kB")


def _language(code: str) -> str:
    """The tag as the interface spells it."""
    known = {language.slug: language.code for language in LANGUAGES.values()}
    if code.lower() not in known:
        names = ", ".join(known.values())
        raise RefusedError("There is no language %(code)s: choose one of %(names)s.", code=code, names=names)
    return known[code.lower()]


def _set_state(slug: str, state: CampaignState, said: str) -> None:
    with opened_runtime() as runtime:
        with runtime.database.transaction() as session:
            campaigns.set_state(session, slug, state, now=now())
        click.echo(f"{slug} is {said}: {runtime.settings.public_url}/c/{slug}")


def _read(file: str) -> Letter:
    try:
        data = read_input(file, at_most=LARGEST_LETTER)
        return read_letter(data, name=None if file == "-" else file)
    except CampaignError as error:
        raise NoLetter(error) from error


def _as_json(found: Letter) -> str:
    return json.dumps(found.as_json(), ensure_ascii=False, indent=2)

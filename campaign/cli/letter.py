"""`campaign letter`: from a file to a campaign."""

import json
from pathlib import Path

import click

from campaign.assets import folder
from campaign.cli.context import opened_runtime, private_output, read_input
from campaign.cli.lazy import Failure
from campaign.cli.opening import despite_checks_option, open_draft
from campaign.cli.sending import plan_line, sending_options
from campaign.documents.pdf.html import pdf_css
from campaign.documents.pdf.render import render_pdf
from campaign.documents.read_letter.apart import read_with_roles_apart
from campaign.documents.read_letter.reader import ReadLetter
from campaign.documents.read_letter.roles import as_role_file
from campaign.documents.write_letter import as_text
from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import CampaignState, TranslationState
from campaign.domain.letter import Letter
from campaign.domain.pdf_documents import PdfKind
from campaign.domain.sending_plan import local_text
from campaign.errors import CampaignError, ConflictError, RefusedError
from campaign.i18n import LANGUAGES
from campaign.services.campaigns import campaigns, changes, letters, progress, translations
from campaign.services.campaigns.progress import CampaignTexts, ProgressDetails
from campaign.services.campaigns.translations import TranslationShown
from campaign.services.documents import pdf_jobs
from campaign.services.queue import schedule

LARGEST_LETTER = 5_000_000  # bytes, as for uploads


class NoLetter(Failure):
    """What was given cannot be read as a letter: wrong usage, by its exit status."""

    exit_code = 2


@click.group()
def letter() -> None:
    """Letters: parse, import, translate, show, print, publish, close, and when their messages are sent."""


@letter.command()
@click.argument("file", required=False)
@click.option(
    "--roles",
    is_flag=False,
    flag_value="",
    help="Print what each line of the letter is. With a file: read the letter as that file, corrected, says.",
)
def parse(file: str | None, roles: str | None) -> None:
    """Read a letter from FILE (`-`: standard input) and print it as JSON; change nothing.

    Text, Markdown, HTML, DOCX, ODT, PDF with a text layer and EML are understood. Exit status 2 when it
    cannot be read as a letter.

    With --roles, one row is printed for each line of the letter: its number, its role (title, ask, signatory
    and so on) and its text, between tabs; a + after a role says that the line goes on from the one above.
    Correct the roles in an editor and give the file back: campaign letter parse FILE --roles CORRECTED.
    """
    if file is None and roles:
        file, roles = roles, ""
    if file is None:
        raise click.UsageError("Name the letter's file, or - for standard input.")
    if roles == "":
        click.echo(as_role_file(_read_with_roles(file, None).roles), nl=False)
    else:
        given = read_input(roles, at_most=LARGEST_LETTER).decode("utf-8", "replace") if roles else None
        click.echo(_as_json(_read_with_roles(file, given).letter))


@letter.command("import")
@click.argument("file")
@click.option("--slug", required=True, help="The campaign's name in addresses, like human-rights-first.")
@click.option(
    "--language", help="The letter's language. For a campaign that already exists: its translation."
)
@click.option("--publish", is_flag=True, help="Let people see it at once, and sign a new campaign.")
@despite_checks_option
def import_(file: str, slug: str, language: str | None, publish: bool, despite_checks: bool) -> None:
    """Make a campaign of the letter in FILE: a draft, unless told to publish it.

    With --language and the name of a campaign that is there already, FILE is its letter in that language: a
    translation, or in the campaign's own language a correction. Its asks match the original's one by one;
    signatories and officials stay those of the original.
    """
    parsed = _read(file)
    language = translations.known_language(language) if language else None
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        address, now = runtime.settings.web.public_url, runtime.clock()
        if language and campaigns.exists(session, slug):
            version = translations.import_version(
                session,
                parsed,
                slug=slug,
                language=language,
                publish=publish,
                actor=COMMAND_LINE,
                now=now,
            )
            warnings, summary = version.warnings, _version_summary(version, address, slug)
        else:
            letters.import_letter(
                session, parsed, slug=slug, publish=False, language=language, actor=COMMAND_LINE, now=now
            )
            if publish:
                open_draft(session, runtime, slug, despite_checks=despite_checks)
            warnings, summary = parsed.warnings, _campaign_summary(parsed, address, slug, publish=publish)
    for warning in warnings:
        click.echo(f"line {warning.line}: {warning.sentence}", err=True)
    click.echo(summary)


@letter.command("translations")
@click.argument("slug")
def list_translations(slug: str) -> None:
    """List the languages of a campaign's letter, and how far each translation has come."""
    with opened_runtime() as runtime, runtime.database.reading() as session:
        for version in translations.list_translations(session, campaigns.by_slug(session, slug)):
            state = "original" if version.is_original else str(version.state)
            notes = [
                *(
                    [f"version {version.shown_number} is published"]
                    if version.shown_number not in (None, version.number)
                    else []
                ),
                *(["the original changed since"] if version.source_changed else []),
            ]
            click.echo("\t".join([version.language, str(version.number), state, "; ".join(notes)]).rstrip())


@letter.command()
@click.argument("slug")
@click.option("--language", required=True, help="The translation's language.")
@click.option("--state", required=True, type=click.Choice([state.value for state in TranslationState]))
def translation(slug: str, language: str, state: str) -> None:
    """Move a campaign's newest translation on: draft, reviewed, published, or a step back."""
    code = translations.known_language(language)
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        number = translations.find_translation(session, campaigns.by_slug(session, slug), code).number
        translations.set_state(
            session, slug, code, number, TranslationState(state), actor=COMMAND_LINE, now=runtime.clock()
        )
    click.echo(f"{slug} in {code} is {state}.")


@letter.command()
@click.argument("slug")
@click.option("--language", help="The letter's newest version in this language instead of its own.")
@click.option("--json", "as_json", is_flag=True, help="The same JSON that `parse` prints.")
def show(slug: str, language: str | None, as_json: bool) -> None:
    """Print what is stored of a campaign's letter."""
    code = translations.known_language(language) if language else None
    with opened_runtime() as runtime, runtime.database.reading() as session:
        stored = letters.stored_letter(session, slug, language=code)
    click.echo(_as_json(stored) if as_json else as_text(stored), nl=as_json)


@letter.command()
@click.argument("slug")
@click.option("--language", help="One of the interface's languages; the campaign's own without it.")
@click.option("--output", required=True, help="The file to write.")
@click.option("--replace", is_flag=True, help="Overwrite the file if it exists.")
def pdf(slug: str, language: str | None, output: str, replace: bool) -> None:
    """Write the letter, with every name the public may read, as PDF."""
    _print(PdfKind.LETTER, slug, language, Path(output), replace=replace)


@letter.command()
@click.argument("slug")
@click.option("--language", help="One of the interface's languages; the campaign's own without it.")
@click.option("--output", required=True, help="The file to write.")
@click.option("--replace", is_flag=True, help="Overwrite the file if it exists.")
def sheet(slug: str, language: str | None, output: str, replace: bool) -> None:
    """Write a sheet for signing by hand, with a QR code that leads to the letter, as PDF."""
    _print(PdfKind.SHEET, slug, language, Path(output), replace=replace)


@letter.command("progress")
@click.argument("slug")
@click.option("--goal", metavar="N", help="How many people should sign; '' for no goal.")
@click.option("--closes", "closes_at", metavar="TIME", help="Like '2026-12-01 09:00'; '' for no deadline.")
@click.option("--time-zone", "closes_zone", metavar="ZONE", help="Of the deadline, like Europe/Brussels.")
@click.option("--summary", metavar="TEXT", help="One line about the letter, in its own language.")
@click.option("--outcome", metavar="TEXT", help="What came of it, in the letter's own language.")
def change_progress(slug: str, summary: str | None, outcome: str | None, **typed: str | None) -> None:
    """Set goal, deadline, summary or outcome, and print the result."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        own = campaigns.by_slug(session, slug).language
        before = progress.stored(session, slug).texts[own]
        texts = CampaignTexts(
            before.summary if summary is None else summary, before.outcome if outcome is None else outcome
        )
        details = ProgressDetails(**typed, texts={own: texts})
        progress.change(session, slug, details, actor=COMMAND_LINE, now=runtime.clock())
        shown = progress.stored(session, slug)
    closes = local_text(shown.closes_at, shown.closes_zone).replace("T", " ")
    click.echo(f"goal: {shown.goal or 'none'}")
    click.echo(f"closes: {closes} {shown.closes_zone or 'UTC'}" if closes else "closes: no deadline")
    click.echo(f"summary: {shown.texts[own].summary or 'none'}")
    click.echo(f"outcome: {shown.texts[own].outcome or 'none'}")


@letter.command()
@click.argument("slug")
@click.argument("text")
def note(slug: str, text: str) -> None:
    """Add TEXT to the campaign's public log of changes."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        changes.add_note(session, slug, text, actor=COMMAND_LINE, now=runtime.clock())
    click.echo("The page shows it now.")


@letter.command()
@click.argument("slug")
@despite_checks_option
def publish(slug: str, despite_checks: bool) -> None:
    """Let people see and sign a campaign, a closed one too.

    Of a draft it first says, on standard error, what the desk's check-list finds. What must be mended keeps
    it from opening, as on the desk, unless told otherwise; the audit log keeps that.
    """
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        if campaigns.by_slug(session, slug).state is CampaignState.DRAFT:
            open_draft(session, runtime, slug, despite_checks=despite_checks)
        else:
            campaigns.set_state(session, slug, CampaignState.OPEN, actor=COMMAND_LINE, now=runtime.clock())
        address = f"{runtime.settings.web.public_url}/c/{slug}"
    click.echo(f"{slug} is open: {address}")


@letter.command()
@click.argument("slug")
def close(slug: str) -> None:
    """End the signing of a campaign; its page stays."""
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        campaigns.set_state(session, slug, CampaignState.CLOSED, actor=COMMAND_LINE, now=runtime.clock())
        address = f"{runtime.settings.web.public_url}/c/{slug}"
    click.echo(f"{slug} is closed: {address}")


def _print(kind: PdfKind, slug: str, language: str | None, output: Path, *, replace: bool) -> None:
    with opened_runtime() as runtime:
        with runtime.database.reading() as session:
            campaign = campaigns.by_slug(session, slug)
            if campaign.state is CampaignState.DRAFT:
                raise ConflictError("%(slug)s is a draft: publish it before you print it.", slug=slug)
            html = pdf_jobs.as_html(
                session,
                slug,
                kind,
                language=_language(language) if language else campaign.language,
                public_url=runtime.settings.web.public_url,
                default_publisher=runtime.default_publisher,
                now=runtime.clock(),
            )
        rendered = render_pdf(html, pdf_css(), font_folder=folder("static") / "fonts")
    with private_output(output, replace=replace) as file:
        file.write(rendered.pdf)
    if rendered.missing:
        click.echo(f"No font of this machine has {rendered.missing} of its characters.", err=True)
    click.echo(f"{output}: {len(rendered.pdf) // 1000} kB")


def _language(code: str) -> str:
    """The tag as the interface spells it."""
    codes = {language.slug: language.code for language in LANGUAGES.values()}
    if code.lower() not in codes:
        names = ", ".join(codes.values())
        raise RefusedError("There is no language %(code)s: choose one of %(names)s.", code=code, names=names)
    return codes[code.lower()]


@letter.command()
@click.argument("slug")
@sending_options
def delivery(slug: str, **changes: str | None) -> None:
    """Show or set when and how many messages go to all the officials of SLUG; each may have others.

    The daily limit is for all of them together. Times are those of the campaign's time zone, else UTC.
    What is not named stays as it is; with '' it is as usual again.
    """
    details = schedule.PlanDetails(**changes)
    with opened_runtime() as runtime, runtime.database.transaction() as session:
        planned = schedule.change(session, slug, details, actor=COMMAND_LINE, now=runtime.clock())
        plan = plan_line(planned, hourly_rate=planned.official_rate, zone=planned.time_zone)
        paused = "paused" if planned.sending_paused_at else ""
    click.echo(f"{slug}: {', '.join(filter(None, [plan, paused])) or 'as usual'}.")


def _campaign_summary(parsed: Letter, public_url: str, slug: str, *, publish: bool) -> str:
    counts = (
        f"{slug}: {len(parsed.asks)} asks, {len(parsed.signatories)} signatories,"
        f" {len(parsed.addressees) + len(parsed.copied)} officials."
    )
    if publish:
        return f"{counts}\nIt is open at {public_url}/c/{slug}"
    return f"{counts}\nIt is a draft. When it is as it should be: campaign letter publish {slug}"


def _version_summary(version: TranslationShown, public_url: str, slug: str) -> str:
    name = f"{slug} in {version.language}, version {version.number}"
    if version.is_original:
        return f"{name}: a correction of the original, and what people read from now on."
    if version.state is TranslationState.PUBLISHED:
        address = f"{public_url}/{version.language.lower()}/c/{slug}"
        return f"{name}: a published translation, to be read at {address}"
    steps = f"campaign letter translation {slug} --language {version.language} --state"
    return f"{name}: a translation, a draft. Then: {steps} reviewed, and {steps} published"


def _read(file: str) -> Letter:
    return _read_with_roles(file, None).letter


def _read_with_roles(file: str, roles: str | None) -> ReadLetter:
    try:
        data = read_input(file, at_most=LARGEST_LETTER)
        return read_with_roles_apart(data, name=None if file == "-" else file, roles=roles)
    except CampaignError as error:
        raise NoLetter(error) from error


def _as_json(parsed: Letter) -> str:
    return json.dumps(parsed.as_json(), ensure_ascii=False, indent=2)

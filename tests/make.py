"""Makes what tests need: an invented letter, a campaign of it, and supporters who sign."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.letter import Addressee, Copied, Letter, LetterAsk, Signatory, SignatoryKind
from campaign.domain.official import OfficialListed
from campaign.domain.signing import SignatureForm
from campaign.runtime import Runtime
from campaign.services.campaigns import letters, pages, translations
from campaign.services.campaigns.translations import TranslationShown
from campaign.services.compose.mail_context import MailContext
from campaign.services.officials import directory
from campaign.services.officials.directory import OfficialDetails
from campaign.services.signatures import confirmation, signing
from campaign.services.signatures.submission import prepare
from campaign.settings import Settings
from campaign.store.database import Session
from tests.queueing import with_words

SLUG = "save-the-river"

LETTER = Letter(
    title="{{signatory_count}} groups ask the minister to save the River Ondra",
    dated_on=date(2026, 3, 4),
    language="en",
    addressees=(Addressee("Mara Lindqvist", "Minister for Waters", ("12 Quay Street", "Port Ondra")),),
    subject="The dam at Upper Ondra",
    salutation="Dear Minister Lindqvist,",
    introduction=("We are {{signatory_count}} groups from the valley.", "We ask you to:"),
    asks=(
        LetterAsk("Start with the gauges below the weir.", "Publish every measurement since 2020."),
        LetterAsk("No concrete before the hearing is over.", "Stop the works."),
        LetterAsk("Pay those who lost their wells."),
    ),
    conclusion=("We wait for your answer.",),
    closing="Yours faithfully,",
    signatories=(
        Signatory(SignatoryKind.ORGANIZATION, "Ada Pell", None, "Friends of the Ondra"),
        Signatory(SignatoryKind.ORGANIZATION, None, None, "Valley Fishers' Union"),
        Signatory(SignatoryKind.PERSON, "Tomas Rehn", "Hydrologist", None),
    ),
    copied=(
        Copied("Ines Okafor", "Director", "River Agency"),
        Copied("Paul Brandt", "Mayor of Port Ondra", None),
    ),
)


def set_email(session: Session, slug: str, name: str, email: str, *, now: datetime) -> OfficialListed:
    """Give an official an address, as the command line does."""
    details = OfficialDetails(email=email)
    return directory.change_by_name(session, slug, name, details, actor=COMMAND_LINE, now=now)


def campaign(runtime: Runtime, *, now: datetime, slug: str = SLUG, publish: bool = True) -> CampaignPage:
    """An open campaign whose first two officials have addresses, and whose third has none."""
    with runtime.database.transaction() as session:
        letters.import_letter(session, LETTER, slug=slug, publish=publish, actor=COMMAND_LINE, now=now)
        set_email(session, slug, "Mara Lindqvist", "minister@waters.example", now=now)
        set_email(session, slug, "Ines Okafor", "director@rivers.example", now=now)
    return page(runtime, slug) if publish else None  # type: ignore[return-value]


TRANSLATED = {
    "ug": replace(
        LETTER,
        language="ug",
        title="{{signatory_count}} تەشكىلات ۋەزىردىن ئوندرا دەرياسىنى قۇتقۇزۇشنى سورايدۇ",
        subject="يۇقىرى ئوندرادىكى توسما",
        asks=(
            LetterAsk(
                "توسمىنىڭ تۆۋىنىدىكى ئۆلچەمدىن باشلاڭ.", "2020-يىلدىن بۇيانقى ئۆلچەملەرنى ئېلان قىلىڭ."
            ),
            LetterAsk("يىغىن ئاخىرلاشمىغۇچە بېتون قۇيۇلمىسۇن.", "ئىشنى توختىتىڭ."),
            LetterAsk("قۇدۇقىدىن ئايرىلغانلارغا تۆلەم بېرىڭ."),
        ),
        signatories=(),
        copied=(),
    ),
    "zh-Hant": replace(
        LETTER,
        language="zh-Hant",
        title="{{signatory_count}} 個團體請部長拯救翁德拉河",
        subject="上翁德拉水壩",
        asks=(
            LetterAsk("先公布堰下的測站。", "請公布 2020 年以來的每筆測量。"),
            LetterAsk("聽證結束前不灌混凝土。", "請停工。"),
            LetterAsk("請補償失去水井的人。"),
        ),
        signatories=(),
        copied=(),
    ),
}


def translate(
    runtime: Runtime, language: str, *, now: datetime, publish: bool = True, slug: str = SLUG
) -> TranslationShown:
    """The campaign's letter in another language, as an upload would store it."""
    with runtime.database.transaction() as session:
        return translations.import_version(
            session,
            TRANSLATED[language],
            slug=slug,
            language=language,
            publish=publish,
            actor=COMMAND_LINE,
            now=now,
        )


def page(runtime: Runtime, slug: str = SLUG, *, language: str = "en") -> CampaignPage:
    """The campaign's page as it is now."""
    with runtime.database.reading() as session:
        return pages.page(session, slug, language=language)


def mail_context(runtime: Runtime) -> MailContext:
    """What signing needs of a runtime."""
    return runtime.mail_context


def sign(runtime: Runtime, shown: CampaignPage, *, now: datetime, **details: object) -> None:
    """Send in the form, cleaned: as Rana Idris unless told otherwise."""
    form = SignatureForm(**{"name": "Rana Idris", "email": "rana@mail.example", **details})  # type: ignore[arg-type]
    submission = prepare(shown, form, context=mail_context(runtime), now=now)
    with runtime.database.transaction() as session:
        signing.sign(session, submission)


def emails(runtime: Runtime, **having: object) -> list[Any]:
    """The outbox in the order of writing, those rows that have these values."""
    with runtime.database.reading() as session:
        rows = with_words(session)
        return [row for row in rows if all(getattr(row, name) == value for name, value in having.items())]


def link(email: Any, purpose: str) -> str:
    """The token of a link in a mail's text."""
    return email.text.split(f"/{purpose}/")[1].split()[0]


def confirm(runtime: Runtime, token: str, *, now: datetime) -> confirmation.Confirmed:
    """Press the button behind a confirmation link, having seen what it shows."""
    with runtime.database.transaction() as session:
        shown = confirmation.awaiting_confirmation(session, token, now=now)
        return confirmation.confirm(
            session, token, revision=shown.revision, context=mail_context(runtime), now=now
        )


def sign_and_confirm(
    runtime: Runtime, shown: CampaignPage, *, now: datetime, **details: object
) -> confirmation.Confirmed:
    """Sign and follow the link in the mail."""
    sign(runtime, shown, now=now, **details)
    mail = [email for email in emails(runtime, kind="confirmation") if email.text][-1]
    return confirm(runtime, link(mail, "confirm"), now=now)


def changed_settings(settings: Settings, **changes: Any) -> Settings:
    """The settings with other values, each named as in the part it belongs to."""
    parts = {name: getattr(settings, name) for name in ("mail", "web", "safety")}
    for name, part in parts.items():
        own = {key: changes.pop(key) for key in list(changes) if hasattr(part, key)}
        parts[name] = replace(part, **own)
    return replace(settings, **parts, **changes)

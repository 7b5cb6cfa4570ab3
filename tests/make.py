"""Makes what tests need: an invented letter, a campaign of it, and supporters who sign."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign_page import CampaignPage
from campaign.domain.letter import Addressee, Copied, Letter, LetterAsk, Signatory, SignatoryKind
from campaign.domain.official import OfficialListed
from campaign.domain.outbox import EmailKind
from campaign.domain.signature import Visibility
from campaign.domain.signing import SignatureForm
from campaign.runtime import Runtime
from campaign.services.campaigns import campaigns, letters, pages, translations
from campaign.services.campaigns.translations import TranslationShown
from campaign.services.compose.mail_context import MailContext
from campaign.services.officials import directory
from campaign.services.officials.directory import OfficialDetails
from campaign.services.seals import keys as seal_keys
from campaign.services.seals import recipients
from campaign.services.seals.sealing import sealed
from campaign.services.signatures import (
    awaiting,
    confirmation,
    kept_forms,
    settling,
    writing_out,
)
from campaign.services.signatures.awaiting import AwaitingConfirmation
from campaign.services.signatures.kept_forms import NewForm
from campaign.settings import Settings
from campaign.store.database import Session
from campaign.store.tables import Campaign, OutboxBody, OutboxEmail, Signature
from tests.put_back import put_back
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
    return put_back(
        runtime,
        ("campaign", now, slug, publish),
        lambda: _campaign(runtime, now=now, slug=slug, publish=publish),
    )


def _campaign(runtime: Runtime, *, now: datetime, slug: str, publish: bool) -> CampaignPage:
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


def signature_count(runtime: Runtime, slug: str = SLUG) -> int:
    """How many signatures count, whatever pages show yet."""
    with runtime.database.reading() as session:
        return campaigns.by_slug(session, slug).signature_count


def mail_context(runtime: Runtime) -> MailContext:
    """What signing needs of a runtime."""
    return runtime.mail_context


def new_form(shown: CampaignPage, *, now: datetime, **details: Any) -> NewForm:
    """A form as it is kept: as Rana Idris unless told otherwise; `network` and so on are its evidence."""
    evidence = {name: details.pop(name) for name in ("network", "proof", "is_suspected") if name in details}
    form = SignatureForm(**{"name": "Rana Idris", "email": "rana@mail.example", **details})
    return NewForm(
        campaign_id=shown.head.id,
        language=form.language,
        email=form.email,
        content=kept_forms.encode(form, letter_version_id=shown.letter.id),
        received_at=now,
        **evidence,
    )


def wish(shown: CampaignPage, *, now: datetime, **changes: str) -> NewForm:
    """A request to send the last form's email once more: of Rana Idris unless told otherwise."""
    values = {"email": "rana@mail.example", **changes}
    return NewForm(campaign_id=shown.head.id, language="en", content=None, received_at=now, **values)  # type: ignore[arg-type]


def keep(runtime: Runtime, *forms: NewForm) -> None:
    """Keep forms, as posts do."""
    with runtime.database.writing() as connection:
        kept_forms.store(connection, forms)


def settle(runtime: Runtime, *, now: datetime, holds_rushes: bool = True) -> int:
    """Let a worker look at all that came in, as its rounds do."""
    number = 0
    while True:
        with runtime.database.transaction() as session:
            looked_at = settling.settle(
                session, context=mail_context(runtime), holds_rushes=holds_rushes, now=now
            )
        number += looked_at
        if not looked_at:
            return number


def write_out(runtime: Runtime, *, now: datetime) -> None:
    """Let a worker write what confirmed forms set going."""
    with runtime.database.transaction() as session:
        while writing_out.write_out(session, context=mail_context(runtime), now=now):
            pass


def sign(runtime: Runtime, shown: CampaignPage, *, now: datetime, **details: object) -> None:
    """Send in the form, cleaned: as Rana Idris unless told otherwise; a worker settles it."""
    keep(runtime, new_form(shown, now=now, **details))
    settle(runtime, now=now)


def signature_of(session: Session, name: str) -> Signature:
    """The one signature with this name, for which the database cannot be asked."""
    (found,) = (one for one in session.scalars(select(Signature)) if one.name == name)
    return found


def emails(runtime: Runtime, **having: object) -> list[Any]:
    """The outbox in the order of writing, those rows that have these values."""
    of_kind = [OutboxEmail.kind == EmailKind(having["kind"])] if "kind" in having else []
    with runtime.database.reading() as session:
        rows = with_words(session, *of_kind)
        return [row for row in rows if all(getattr(row, name) == value for name, value in having.items())]


def link(email: Any, purpose: str) -> str:
    """The token of a link in a mail's text."""
    return email.text.split(f"/{purpose}/")[1].split()[0]


def shown(runtime: Runtime, token: str, *, now: datetime) -> AwaitingConfirmation:
    """What the page behind a confirmation link shows, where it has a button."""
    with runtime.database.reading() as session:
        found = awaiting.awaiting_confirmation(session, token, context=mail_context(runtime), now=now)
    assert isinstance(found, AwaitingConfirmation)
    return found


def press(runtime: Runtime, token: str, *, now: datetime) -> confirmation.Confirmed:
    """Press the button behind a confirmation link, having seen what it shows; no worker is there yet."""
    seen = shown(runtime, token, now=now).shown
    with runtime.database.transaction() as session:
        return confirmation.confirm(session, token, shown=seen, context=mail_context(runtime), now=now)


def confirm(
    runtime: Runtime, token: str, *, now: datetime, pages_follow: bool = True
) -> confirmation.Confirmed:
    """Press the button behind a confirmation link; a worker writes what it sets going, and pages follow."""
    confirmed = press(runtime, token, now=now)
    write_out(runtime, now=now)
    if pages_follow:
        let_pages_follow(runtime, now=now)
    return confirmed


def last_question(runtime: Runtime) -> Any:
    """The last email that asked somebody to confirm."""
    asking = OutboxEmail.kind.in_([EmailKind.CONFIRMATION, EmailKind.ALREADY_SIGNED])
    last = (
        select(func.max(OutboxEmail.id)).join(OutboxBody, OutboxBody.email_id == OutboxEmail.id).where(asking)
    )
    with runtime.database.reading() as session:
        (email,) = with_words(session, OutboxEmail.id == last.scalar_subquery())
    return email


def let_pages_follow(runtime: Runtime, *, now: datetime) -> None:
    """Let pages show every signature that counts, as they do once a day has ended."""
    with runtime.database.transaction() as session:
        session.execute(update(Campaign).values(shown_count=Campaign.signature_count, shown_until=now))


def sign_and_confirm(
    runtime: Runtime, shown: CampaignPage, *, now: datetime, pages_follow: bool = True, **details: object
) -> confirmation.Confirmed:
    """Sign and follow the link in the mail."""
    name = ("signed", now, pages_follow, repr(shown), repr(sorted(details.items())))
    return put_back(
        runtime,
        name,
        lambda: _sign_and_confirm(runtime, shown, now=now, pages_follow=pages_follow, **details),
    )


def _sign_and_confirm(
    runtime: Runtime, shown: CampaignPage, *, now: datetime, pages_follow: bool, **details: object
) -> confirmation.Confirmed:
    sign(runtime, shown, now=now, **details)
    mail = last_question(runtime)
    return confirm(runtime, link(mail, "confirm"), now=now, pages_follow=pages_follow)


def changed_settings(settings: Settings, **changes: Any) -> Settings:
    """The settings with other values, each named as in the part it belongs to."""
    parts = {name: getattr(settings, name) for name in ("mail", "web", "safety", "publisher")}
    for name, part in parts.items():
        own = {key: changes.pop(key) for key in list(changes) if hasattr(part, key)}
        parts[name] = replace(part, **own)
    return replace(settings, **parts, **changes)


def sign_sealed(
    runtime: Runtime, shown: CampaignPage, *, now: datetime, pages_follow: bool = True, **details: Any
) -> confirmation.Confirmed:
    """Sign so that the server cannot read who did, and follow the link in the mail."""
    keep(runtime, sealed_form(shown, now=now, **details))
    settle(runtime, now=now)
    return confirm(runtime, link(last_question(runtime), "confirm"), now=now, pages_follow=pages_follow)


def sealed_form(shown: CampaignPage, *, now: datetime, **details: Any) -> NewForm:
    """A form as it is kept that asks to be sealed: as Rana Idris unless told otherwise."""
    evidence = {name: details.pop(name) for name in ("network", "proof", "is_suspected") if name in details}
    assert shown.seal_recipient
    said = {"name": "Rana Idris", "email": "rana@mail.example", **details}
    form = sealed(SignatureForm(**said, visibility=Visibility.SEALED), shown.seal_recipient)
    return NewForm(
        campaign_id=shown.head.id,
        language=form.language,
        email=form.email,
        content=kept_forms.encode(form, letter_version_id=shown.letter.id),
        received_at=now,
        **evidence,
    )


def seal_key(runtime: Runtime, *, now: datetime, slug: str = SLUG) -> str:
    """Give the campaign a key for sealed signatures; the identity that opens them."""
    made = seal_keys.new_key()
    with runtime.database.transaction() as session:
        recipients.give(session, slug, made.recipient, actor=COMMAND_LINE, now=now)
    assert made.identity
    return made.identity

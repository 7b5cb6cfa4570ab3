"""One signature's history in sentences, in the page's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup, escape

from campaign.i18n import to_translate
from campaign.services.signatures.history import Happened
from campaign.web.jinja import translated
from campaign.web.languages import name_of

_SENTENCES: Mapping[str, str] = {
    "signed": to_translate("They sent in the form, in %(language)s."),
    "confirmed": to_translate("They confirmed it from their mailbox."),
    "withdrawn": to_translate("They withdrew their signature."),
    "anonymized": to_translate("What told who they are was deleted, as planned."),
    "consent": to_translate("They agreed to get updates by email."),
    "version_affirm": to_translate("They affirmed version %(version)s of the letter."),
    "version_stay": to_translate("Asked about version %(version)s, they stayed with the one they signed."),
    "version_withdraw": to_translate("Asked about version %(version)s, they withdrew their signature."),
    "removed": to_translate("The signature was removed."),
    "changed": to_translate("They changed their signature."),
    "corrected": to_translate("%(who)s corrected the signature."),
    "correction_undone": to_translate("The correction was undone."),
    "first": to_translate("%(who)s showed them among the first signatories."),
    "first_undone": to_translate("%(who)s took them off the first signatories."),
    "message_written": to_translate("The message to %(official)s was put in the queue."),
    "message_held": to_translate("The message to %(official)s is on hold."),
    "message_queued": to_translate("The message to %(official)s is waiting to be sent."),
    "message_leased": to_translate("The message to %(official)s is about to be sent."),
    "message_sending": to_translate("The message to %(official)s is being sent."),
    "message_accepted": to_translate("The message to %(official)s was sent."),
    "message_in_doubt": to_translate("Nobody knows whether the message to %(official)s was sent."),
    "message_delivered": to_translate("The message to %(official)s was delivered."),
    "message_bounced": to_translate("The message to %(official)s came back."),
    "message_failed": to_translate("The message to %(official)s could not be sent."),
    "message_cancelled": to_translate("The message to %(official)s was recalled."),
    "email_held": to_translate("Our email to them (%(kind)s) is on hold."),
    "email_written": to_translate("We wrote an email to them (%(kind)s)."),
    "email_queued": to_translate("Our email to them (%(kind)s) is waiting to be sent."),
    "email_leased": to_translate("Our email to them (%(kind)s) is about to be sent."),
    "email_sending": to_translate("Our email to them (%(kind)s) is being sent."),
    "email_accepted": to_translate("Our email to them (%(kind)s) was sent."),
    "email_in_doubt": to_translate("Nobody knows whether our email to them (%(kind)s) was sent."),
    "email_delivered": to_translate("Our email to them (%(kind)s) was delivered."),
    "email_bounced": to_translate("Our email to them (%(kind)s) came back."),
    "email_failed": to_translate("Our email to them (%(kind)s) could not be sent."),
    "email_cancelled": to_translate("Our email to them (%(kind)s) was recalled."),
    "office_bounced": to_translate("The office of %(official)s has no such mailbox, its server said."),
    "office_dropped": to_translate("Our email provider refused to write to %(official)s."),
    "office_blocked": to_translate("The office of %(official)s turned the message away."),
    "office_complained": to_translate("The office of %(official)s marked the message as spam."),
    "own_bounced": to_translate("Their mail server said that there is no such mailbox."),
    "own_dropped": to_translate("Our email provider refused to write to them."),
    "own_blocked": to_translate("Their mail server turned our email away."),
    "own_complained": to_translate("They marked our email as spam."),
    "written_hand": to_translate("Their message to %(official)s is to be printed."),
    "written_web_form": to_translate("They paste their message into the web form of %(official)s."),
    "answered": to_translate("%(official)s answered."),
}
_KINDS: Mapping[str, str] = {
    "confirmation": to_translate("Confirmation"),
    "already_signed": to_translate("Signed already"),
    "thanks": to_translate("Thanks"),
    "reply": to_translate("Answer passed on"),
    "correction": to_translate("Correction"),
    "spot_check": to_translate("Spot check"),
    "update": to_translate("Update to supporters"),
    "quote": to_translate("Question about a quote"),
    "affirmation": to_translate("Question about a new version"),
}
_FIELDS: Mapping[str, str] = {
    "name": to_translate("Name"),
    "organization": to_translate("Organization"),
    "role": to_translate("Role"),
    "country": to_translate("Country"),
    "postal_code": to_translate("Postal code"),
    "capacity": to_translate("Signs for"),
    "visibility": to_translate("Name is shown"),
    "updates": to_translate("Updates"),
    "language": to_translate("Language"),
    "words": to_translate("Messages"),
}
# Nobody with a login.
_SOMEBODY = to_translate("Somebody on the command line")


@dataclass(frozen=True)
class Told:
    """One thing that happened, told; `fields` are what was changed, and `change_id` what can be undone."""

    at: datetime
    sentence: Markup
    fields: tuple[str, ...]
    reason: str | None
    change_id: int | None


def told(history: Iterable[Happened]) -> tuple[Told, ...]:
    """A history in sentences."""
    return tuple(
        Told(
            event.at,
            escape(translated(_SENTENCES[event.what])) % _places(event),
            tuple(translated(_FIELDS.get(name, name)) for name in event.fields),
            event.reason,
            event.change_id,
        )
        for event in history
        if event.what in _SENTENCES
    )


def _places(event: Happened) -> dict[str, Markup]:
    values = dict(event.values)
    if "language" in values:
        values["language"] = name_of(values["language"])
    if "kind" in values:
        values["kind"] = translated(_KINDS[values["kind"]]) if values["kind"] in _KINDS else ""
    if "who" in values:
        values["who"] = values["who"] or translated(_SOMEBODY)
    return {name: Markup("<bdi>%s</bdi>") % value for name, value in values.items()}

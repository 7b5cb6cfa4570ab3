"""What each action in the audit log is in words: one sentence for each, and a kind to find it by."""

from collections.abc import Mapping

from campaign.i18n import to_translate
from campaign.web.organizer.audit.actions.campaigns import CAMPAIGNS
from campaign.web.organizer.audit.actions.emails import EMAILS
from campaign.web.organizer.audit.actions.installation import INSTALLATION
from campaign.web.organizer.audit.actions.kind import AuditKind
from campaign.web.organizer.audit.actions.logins import LOGINS
from campaign.web.organizer.audit.actions.officials import OFFICIALS
from campaign.web.organizer.audit.actions.organizers import ORGANIZERS
from campaign.web.organizer.audit.actions.seals import SEALS
from campaign.web.organizer.audit.actions.signatures import SIGNATURES
from campaign.web.organizer.audit.actions.spot_checks import SPOT_CHECKS
from campaign.web.organizer.audit.actions.supporters import SUPPORTERS
from campaign.web.organizer.audit.actions.updates import UPDATES

KINDS: Mapping[str, AuditKind] = {
    "logins": LOGINS,
    "organizers": ORGANIZERS,
    "campaigns": CAMPAIGNS,
    "officials": OFFICIALS,
    "supporters": SUPPORTERS,
    "updates": UPDATES,
    "signatures": SIGNATURES,
    "seals": SEALS,
    "spot_checks": SPOT_CHECKS,
    "emails": EMAILS,
    "installation": INSTALLATION,
}
SENTENCES: Mapping[str, str] = {
    action: sentence for kind in KINDS.values() for action, sentence in kind.sentences.items()
}
UNKNOWN = to_translate(
    "%(who)s did something that this version of the program has no words for (%(action)s)."
)
# Who did it, where it was nobody with a login.
BY: Mapping[str, str] = {
    "command line": to_translate("Somebody on the command line"),
    "worker": to_translate("The program itself"),
    "link": to_translate("A supporter"),
    "key": to_translate("A witness"),
    "desk": to_translate("Somebody without a login"),
}
# Roles and states, where a sentence names one.
WORDS: Mapping[str, str] = {
    "owner": to_translate("owner"),
    "editor": to_translate("editor"),
    "viewer": to_translate("viewer"),
    "draft": to_translate("Draft"),
    "open": to_translate("Open"),
    "closed": to_translate("Closed"),
}
WITH_PEOPLE = to_translate("%(role)s with personal data")
IN_CAMPAIGN = to_translate("%(rights)s of %(campaign)s")
ALL_CAMPAIGNS = to_translate("all campaigns")
GONE = to_translate("something that is gone")
# What a field is called that somebody changed.
FIELDS: Mapping[str, str] = {
    "name": to_translate("Name"),
    "title": to_translate("Title"),
    "office": to_translate("Office"),
    "role": to_translate("Role"),
    "channel": to_translate("Reached by"),
    "email": to_translate("Email address"),
    "address": to_translate("Postal address"),
    "web_form": to_translate("Web form"),
    "salutation": to_translate("Salutation"),
    "district": to_translate("District"),
    "postal_codes": to_translate("Postal codes"),
    "review_on": to_translate("Check again on"),
    "hourly_rate": to_translate("Messages an hour"),
    "official_rate": to_translate("Messages an hour"),
    "daily_limit": to_translate("Messages a day, at most"),
    "time_zone": to_translate("Time zone"),
    "sending_from": to_translate("Send nothing before"),
    "sending_until": to_translate("Stop sending at"),
    "longest_message": to_translate("Longest message, in characters"),
    "accent": to_translate("Colour"),
    "embed_sites": to_translate("Sites that may show the form"),
    "goal": to_translate("Goal"),
    "closes_at": to_translate("Deadline"),
    "closes_zone": to_translate("Time zone of the deadline"),
    "summary": to_translate("Summary"),
    "outcome": to_translate("What came of it"),
    "translated_texts": to_translate("In the other languages of the letter"),
    "position": to_translate("Order"),
    "organization": to_translate("Organization"),
    "capacity": to_translate("Signs as"),
    "country": to_translate("Country"),
    "postal_code": to_translate("Postal code"),
    "language": to_translate("Language"),
    "visibility": to_translate("Name is shown"),
    "updates": to_translate("Updates"),
    "legal_address": to_translate("Legal name and postal address"),
    "contact": to_translate("Email for questions"),
    "mark": to_translate("Logo"),
    "privacy_notices": to_translate("Privacy notice"),
}
# What a field changed from or to, where the log keeps it by a name of the program's own.
VALUES: Mapping[tuple[str, str], str] = {
    ("role", "addressee"): to_translate("The letter is written to them"),
    ("role", "copied"): to_translate("Receives a copy"),
    ("channel", "email"): to_translate("Email"),
    ("channel", "hand"): to_translate("Printed and handed over"),
    ("channel", "post"): to_translate("Printed and posted"),
    ("channel", "web_form"): to_translate("The office’s own web form"),
}

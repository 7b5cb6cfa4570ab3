"""What each action in the audit log is in words: one sentence for each, and a kind to find it by."""

from collections.abc import Mapping
from dataclasses import dataclass

from campaign.i18n import to_translate


@dataclass(frozen=True)
class AuditKind:
    """Actions that are looked for together, each with its sentence."""

    label: str
    sentences: Mapping[str, str]


# `who` did it; a campaign, an official and another organizer stand there by name. Numbers stand behind a
# colon, so that no language needs a plural.
KINDS: Mapping[str, AuditKind] = {
    "logins": AuditKind(
        to_translate("Logins and passwords"),
        {
            "login": to_translate("%(who)s logged in."),
            "login.refused": to_translate("A wrong password or address was tried for %(who)s."),
            "login.throttled": to_translate(
                "Too many logins were tried for %(who)s, and none is looked at for now."
            ),
            "login.password": to_translate(
                "%(who)s entered the right password, and was asked for a code of the second factor."
            ),
            "login.code.refused": to_translate("A wrong code of the second factor was tried for %(who)s."),
            "login.code.throttled": to_translate(
                "Too many codes of the second factor were tried for %(who)s, and none is looked at for now."
            ),
            "logout": to_translate("%(who)s logged out."),
            "session.end": to_translate("%(who)s logged out another browser."),
            "password_again": to_translate("%(who)s entered the password once more."),
            "password_again.refused": to_translate("%(who)s was asked for the password and got it wrong."),
            "password_again.throttled": to_translate("%(who)s got the password wrong too often."),
            "password_again.code.refused": to_translate(
                "%(who)s was asked for a code of the second factor and got it wrong."
            ),
            "password_again.code.throttled": to_translate(
                "%(who)s got the code of the second factor wrong too often."
            ),
            "second_factor.set": to_translate("%(who)s set up a second factor."),
            "second_factor.codes": to_translate("%(who)s made new recovery codes in place of the old ones."),
            "second_factor.recovery": to_translate("%(who)s used a recovery code. Left: %(left)s."),
            "second_factor.off": to_translate("%(who)s removed the second factor of %(organizer)s."),
            "desk.refused": to_translate("%(who)s tried to open something that is not theirs to open."),
        },
    ),
    "organizers": AuditKind(
        to_translate("Organizers"),
        {
            "organizer.add": to_translate("%(who)s added the organizer %(organizer)s as %(role)s."),
            "organizer.role": to_translate("%(who)s made %(organizer)s %(role)s."),
            "organizer.disable": to_translate("%(who)s disabled the login of %(organizer)s."),
            "organizer.enable": to_translate("%(who)s enabled the login of %(organizer)s again."),
            "organizer.reset": to_translate(
                "%(who)s made a link for %(organizer)s to choose a new password."
            ),
            "organizer.password": to_translate("%(who)s chose a new password."),
            "organizer.language": to_translate("%(who)s changed the language of their desk."),
            "organizer.alerts": to_translate("%(who)s changed whether they get alerts by email."),
        },
    ),
    "campaigns": AuditKind(
        to_translate("Campaigns and letters"),
        {
            "campaign.import": to_translate("%(who)s stored “%(campaign)s” as a draft."),
            "campaign.state": to_translate("%(who)s changed the state of “%(campaign)s”: %(state)s."),
            "campaign.look": to_translate("%(who)s changed how “%(campaign)s” looks."),
            "campaign.sending": to_translate("%(who)s changed when messages of “%(campaign)s” are sent."),
            "campaign.pause": to_translate("%(who)s paused the messages of “%(campaign)s”."),
            "campaign.resume": to_translate("%(who)s let the messages of “%(campaign)s” go on."),
            "campaign.progress": to_translate(
                "%(who)s changed the goal, deadline, summary or outcome of “%(campaign)s”."
            ),
            "campaign.note": to_translate("%(who)s added an entry to the public changes of “%(campaign)s”."),
            "campaign.note-removed": to_translate(
                "%(who)s removed an entry from the public changes of “%(campaign)s”."
            ),
            "campaign.names_hidden": to_translate(
                "%(who)s hid all names under “%(campaign)s” from the public."
            ),
            "campaign.names_shown": to_translate("%(who)s showed the names under “%(campaign)s” again."),
            "campaign.retention": to_translate(
                "%(who)s changed how long “%(campaign)s” keeps who signed: %(days)s days."
            ),
            "letter.import": to_translate("%(who)s stored the letter of “%(campaign)s” in %(language)s."),
            "translation.draft": to_translate(
                "%(who)s made the translation of “%(campaign)s” into %(language)s a draft again."
            ),
            "translation.reviewed": to_translate(
                "%(who)s marked the translation of “%(campaign)s” into %(language)s as reviewed."
            ),
            "translation.published": to_translate(
                "%(who)s published the translation of “%(campaign)s” into %(language)s."
            ),
        },
    ),
    "officials": AuditKind(
        to_translate("Officials and their answers"),
        {
            "official.add": to_translate("%(who)s added the official %(official)s to “%(campaign)s”."),
            "official.change": to_translate(
                "%(who)s changed what is kept of %(official)s in “%(campaign)s”."
            ),
            "official.replace": to_translate(
                "%(who)s put %(name)s in the place of %(was)s in “%(campaign)s”, and messages to that office"
                " wait."
            ),
            "official.order": to_translate("%(who)s changed the order of the officials of “%(campaign)s”."),
            "official.remove": to_translate("%(who)s removed %(name)s from the officials of “%(campaign)s”."),
            "official.pause": to_translate("%(who)s paused the messages to %(official)s in “%(campaign)s”."),
            "official.resume": to_translate(
                "%(who)s let the messages to %(official)s in “%(campaign)s” go on."
            ),
            "official.digest": to_translate(
                "%(who)s changed whether messages to %(official)s in “%(campaign)s” go together."
            ),
            "office.answer": to_translate(
                "%(who)s entered what the office of %(official)s answered to “%(campaign)s”."
            ),
            "office.publish_answer": to_translate(
                "%(who)s put an answer of %(official)s on the page of “%(campaign)s”."
            ),
            "office.hide_answer": to_translate(
                "%(who)s took an answer of %(official)s off the page of “%(campaign)s”."
            ),
            "office.remove_answer": to_translate(
                "%(who)s deleted an entry about an answer of %(official)s to “%(campaign)s”."
            ),
            "office.hand_over": to_translate(
                "%(who)s entered what was handed over to %(official)s for “%(campaign)s”."
            ),
            "office.publish_hand_over": to_translate(
                "%(who)s put a hand-over to %(official)s on the page of “%(campaign)s”."
            ),
            "office.hide_hand_over": to_translate(
                "%(who)s took a hand-over to %(official)s off the page of “%(campaign)s”."
            ),
            "office.remove_hand_over": to_translate(
                "%(who)s deleted an entry about a hand-over to %(official)s for “%(campaign)s”."
            ),
            "reply.list": to_translate("%(who)s looked through the answers to “%(campaign)s”."),
            "reply.read": to_translate("%(who)s read an answer to “%(campaign)s”."),
            "reply.publish": to_translate("%(who)s published words about an answer to “%(campaign)s”."),
            "reply.hide": to_translate("%(who)s set an answer to “%(campaign)s” aside."),
            "reply.answer": to_translate("%(who)s said that a person wrote an answer to “%(campaign)s”."),
            "reply.automatic": to_translate("%(who)s said that a machine wrote an answer to “%(campaign)s”."),
            "message.print": to_translate(
                "%(who)s printed messages to %(official)s in “%(campaign)s”: %(messages)s."
            ),
        },
    ),
    "supporters": AuditKind(
        to_translate("Who saw supporters"),
        {
            "supporter.list": to_translate("%(who)s looked through the supporters of “%(campaign)s”."),
            "supporter.search": to_translate(
                "%(who)s searched for a supporter of “%(campaign)s” by address."
            ),
            "supporter.view": to_translate("%(who)s looked at a supporter of “%(campaign)s”."),
            "supporter.unmask": to_translate(
                "%(who)s looked at the address of a supporter of “%(campaign)s”."
            ),
            "supporters.export": to_translate(
                "%(who)s took the list of supporters of “%(campaign)s” away as a file."
            ),
        },
    ),
    "signatures": AuditKind(
        to_translate("Signatures"),
        {
            "signature.remove": to_translate(
                "%(who)s removed a signature from “%(campaign)s”, because: %(reason)s"
            ),
            "signature.restore": to_translate("%(who)s restored a signature on “%(campaign)s”."),
            "signature.accept": to_translate("%(who)s accepted a suspected signature on “%(campaign)s”."),
            "signature.change": to_translate("%(who)s changed their signature on “%(campaign)s”."),
            "signature.erase": to_translate("%(who)s erased their signature on “%(campaign)s”."),
            "signatures.preview": to_translate(
                "%(who)s looked at which signatures on “%(campaign)s” a rule would invalidate: %(number)s."
            ),
            "signatures.invalidate": to_translate(
                "%(who)s began to invalidate signatures on “%(campaign)s” by a rule: %(expected)s."
            ),
            "signatures.invalidated": to_translate(
                "%(who)s invalidated signatures on “%(campaign)s” by a rule: %(number)s."
            ),
            "signatures.undo": to_translate(
                "%(who)s began to restore signatures on “%(campaign)s” that a rule had invalidated:"
                " %(invalidated)s."
            ),
            "signatures.undone": to_translate(
                "%(who)s restored signatures on “%(campaign)s” that a rule had invalidated: %(number)s."
            ),
            "form.erase": to_translate("%(who)s erased a form for “%(campaign)s” before it counted."),
            "forms.release": to_translate(
                "%(who)s released forms for “%(campaign)s” that were held: %(number)s."
            ),
            "forms.delete": to_translate(
                "%(who)s deleted forms for “%(campaign)s” that were held: %(number)s."
            ),
        },
    ),
    "emails": AuditKind(
        to_translate("Emails"),
        {
            "email.retry": to_translate("%(who)s put a failed email back into the queue."),
            "email.send-again": to_translate("%(who)s sent an email again that was in doubt."),
            "email.treat-as-sent": to_translate("%(who)s marked an email that was in doubt as sent."),
            "emails.retry": to_translate(
                "%(who)s put failed emails of “%(campaign)s” back into the queue: %(number)s."
            ),
            "emails.send-again": to_translate(
                "%(who)s sent emails of “%(campaign)s” again that were in doubt: %(number)s."
            ),
            "emails.treat-as-sent": to_translate(
                "%(who)s marked emails of “%(campaign)s” that were in doubt as sent: %(number)s."
            ),
            "provider.pause": to_translate("%(who)s paused all sending through %(provider)s."),
            "provider.resume": to_translate("%(who)s let sending through %(provider)s go on."),
            "suppression.add": to_translate("%(who)s stopped all email to an address."),
            "suppression.lift": to_translate("%(who)s allowed email to an address again."),
            "suppression.search": to_translate("%(who)s looked up whether an address gets email."),
            "suppression.list": to_translate("%(who)s looked through the addresses that get no email."),
        },
    ),
    "installation": AuditKind(
        to_translate("Installation"),
        {
            "site.publisher": to_translate("%(who)s changed what this site says about its publisher."),
            "audit.export": to_translate("%(who)s took the audit log away as a file."),
            "database.backup": to_translate("%(who)s took a backup."),
            "database.restore": to_translate("%(who)s put back a backup."),
            "database.upgrade": to_translate(
                "%(who)s brought the database up to a new version of the program."
            ),
            "purge": to_translate("%(who)s deleted what was kept for long enough."),
        },
    ),
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
}

"""Updates to supporters, and the organizers' own words in other mails."""

from campaign.i18n import to_translate
from campaign.web.organizer.audit.actions.kind import AuditKind

UPDATES = AuditKind(
    to_translate("Updates to supporters"),
    {
        "update.create": to_translate("%(who)s began an update about “%(campaign)s” (number %(update)s)."),
        "update.question": to_translate(
            "%(who)s began to ask those who signed an earlier version of “%(campaign)s” about version"
            " %(wording)s (update number %(update)s)."
        ),
        "update.outdated": to_translate(
            "%(who)s stopped update %(update)s about “%(campaign)s”: the letter has a newer version or has"
            " closed. Emails recalled: %(emails)s."
        ),
        "update.too-few": to_translate(
            "%(who)s stopped update %(update)s about “%(campaign)s” before anyone got it: the choice left"
            " too few people."
        ),
        "update.change": to_translate("%(who)s changed update %(update)s about “%(campaign)s”."),
        "update.delete": to_translate("%(who)s deleted the draft of update %(update)s about “%(campaign)s”."),
        "update.test": to_translate(
            "%(who)s sent themselves a test of update %(update)s about “%(campaign)s”."
        ),
        "update.ask": to_translate("%(who)s asked for approval of update %(update)s about “%(campaign)s”."),
        "update.approve": to_translate("%(who)s approved update %(update)s about “%(campaign)s”."),
        "update.approve-alone": to_translate(
            "%(who)s approved update %(update)s about “%(campaign)s” alone, for want of a second organizer."
        ),
        "update.take-back": to_translate(
            "%(who)s took update %(update)s about “%(campaign)s” back. Emails recalled: %(emails)s."
        ),
        "update.pause": to_translate(
            "%(who)s paused update %(update)s about “%(campaign)s”. Emails recalled for now: %(emails)s."
        ),
        "update.resume": to_translate("%(who)s resumed update %(update)s about “%(campaign)s”."),
        "update.stop": to_translate(
            "%(who)s stopped update %(update)s about “%(campaign)s” for good. Emails recalled: %(emails)s."
        ),
        "mail_text.thanks": to_translate(
            "%(who)s changed the organizers’ words in the thank-you of “%(campaign)s”, in %(language)s."
        ),
        "mail_text.confirmation": to_translate(
            "%(who)s changed the organizers’ words in the confirmation of “%(campaign)s”, in %(language)s."
        ),
    },
)

"""Campaigns and their letters."""

from campaign.i18n import to_translate
from campaign.web.organizer.audit.actions.kind import AuditKind

CAMPAIGNS = AuditKind(
    to_translate("Campaigns and letters"),
    {
        "campaign.import": to_translate("%(who)s stored “%(campaign)s” as a draft."),
        "campaign.demo": to_translate("%(who)s made “%(campaign)s”, a campaign of invented signers."),
        "campaign.copy": to_translate("%(who)s began “%(campaign)s” as a copy of %(source)s."),
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
        "campaign.words-withheld": to_translate(
            "%(who)s withheld the words of an entry in the public changes of “%(campaign)s”."
        ),
        "campaign.names_hidden": to_translate("%(who)s hid all names under “%(campaign)s” from the public."),
        "campaign.names_shown": to_translate("%(who)s showed the names under “%(campaign)s” again."),
        "campaign.quiet": to_translate("%(who)s turned quiet emails on for “%(campaign)s”."),
        "campaign.quiet-ended": to_translate("%(who)s turned quiet emails off for “%(campaign)s”, a draft."),
        "campaign.retention": to_translate(
            "%(who)s changed how long “%(campaign)s” keeps who signed: %(days)s days."
        ),
        "preview.made": to_translate("%(who)s made a link to the preview of “%(campaign)s”."),
        "preview.ended": to_translate("%(who)s ended the link to the preview of “%(campaign)s”."),
        "preview.looked": to_translate("%(who)s looked at the preview of “%(campaign)s”."),
        "opening.scheduled": to_translate(
            "%(who)s chose when “%(campaign)s” opens: %(at)s (time zone: %(zone)s)."
        ),
        "opening.called-off": to_translate(
            "%(who)s decided that “%(campaign)s” does not open automatically."
        ),
        "opening.held-back": to_translate(
            "%(who)s did not open “%(campaign)s” at its time, because something must be mended first."
        ),
        "opening.despite-checks": to_translate(
            "%(who)s opened “%(campaign)s” although the check-list says that something must be mended."
        ),
        "letter.import": to_translate("%(who)s stored the letter of “%(campaign)s” in %(language)s."),
        "letter.edit": to_translate("%(who)s edited the letter of “%(campaign)s”."),
        "letter.new-wording": to_translate(
            "%(who)s changed the letter of “%(campaign)s” in substance: it is now version %(wording)s."
        ),
        "letter.signatories": to_translate(
            "%(who)s changed who signed “%(campaign)s” first: %(signatories)s in all."
        ),
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
)

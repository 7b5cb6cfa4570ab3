"""Who looked at people."""

from campaign.i18n import to_translate
from campaign.web.organizer.audit.actions.kind import AuditKind

SUPPORTERS = AuditKind(
    to_translate("Who saw supporters"),
    {
        "supporter.list": to_translate("%(who)s looked through the supporters of “%(campaign)s”."),
        "supporter.search": to_translate("%(who)s searched for a supporter of “%(campaign)s” by address."),
        "supporter.find": to_translate(
            "%(who)s searched for supporters of “%(campaign)s” by name or organization."
        ),
        "supporter.view": to_translate("%(who)s looked at a supporter of “%(campaign)s”."),
        "supporter.unmask": to_translate("%(who)s looked at the address of a supporter of “%(campaign)s”."),
        "supporter.read": to_translate("%(who)s read what a supporter of “%(campaign)s” wrote."),
        "supporter.read_all": to_translate("%(who)s read what supporters of “%(campaign)s” wrote."),
        "supporter.words_marked": to_translate(
            "%(who)s marked what a supporter of “%(campaign)s” wrote, to come back to it."
        ),
        "supporter.words_unmarked": to_translate(
            "%(who)s took the mark off what a supporter of “%(campaign)s” wrote."
        ),
        "supporter.doubts": to_translate(
            "%(who)s looked at the signatures on “%(campaign)s” that wait for a decision."
        ),
        "supporters.export": to_translate(
            "%(who)s took the list of supporters of “%(campaign)s” away as a file."
        ),
    },
)

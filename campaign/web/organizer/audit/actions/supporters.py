"""Who looked at people."""

from campaign.i18n import to_translate
from campaign.web.organizer.audit.actions.kind import AuditKind

SUPPORTERS = AuditKind(
    to_translate("Who saw supporters"),
    {
        "supporter.list": to_translate("%(who)s looked through the supporters of “%(campaign)s”."),
        "supporter.search": to_translate("%(who)s searched for a supporter of “%(campaign)s” by address."),
        "supporter.view": to_translate("%(who)s looked at a supporter of “%(campaign)s”."),
        "supporter.unmask": to_translate("%(who)s looked at the address of a supporter of “%(campaign)s”."),
        "supporters.export": to_translate(
            "%(who)s took the list of supporters of “%(campaign)s” away as a file."
        ),
        "file.fetch": to_translate("%(who)s downloaded a file that was made for them for “%(campaign)s”."),
        "file.discard": to_translate("%(who)s deleted a file that was made for them for “%(campaign)s”."),
        "export_choice.save": to_translate(
            "%(who)s saved the choice “%(name)s” for lists of supporters of “%(campaign)s”."
        ),
        "export_choice.delete": to_translate(
            "%(who)s deleted the choice “%(name)s” for lists of supporters of “%(campaign)s”."
        ),
    },
)

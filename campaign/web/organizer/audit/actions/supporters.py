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
        "quote.propose": to_translate(
            "%(who)s proposed to ask a supporter of “%(campaign)s” whether they may be quoted."
        ),
        "quote.call-off": to_translate(
            "%(who)s took back the question to a supporter of “%(campaign)s” whether they may be quoted."
        ),
        "quote.ask-alone": to_translate(
            "%(who)s had a supporter of “%(campaign)s” asked whether they may be quoted, without a second"
            " person."
        ),
        "quote.ask": to_translate(
            "%(who)s asked a supporter of “%(campaign)s” by email whether they may be quoted."
        ),
        "quote.agree": to_translate("%(who)s agreed to be quoted about “%(campaign)s”."),
        "quote.refuse": to_translate(
            "%(who)s did not agree to be quoted about “%(campaign)s”, or took their yes back."
        ),
        "quote.list": to_translate("%(who)s looked at who may be quoted about “%(campaign)s”."),
        "quote.export": to_translate("%(who)s took the list of quotes about “%(campaign)s” away as a file."),
        "quote.show": to_translate("%(who)s put a quote on the page of “%(campaign)s”."),
        "quote.hide": to_translate("%(who)s took a quote off the page of “%(campaign)s”."),
        "quote.move": to_translate("%(who)s put the quotes on the page of “%(campaign)s” in another order."),
        "supporter.doubts": to_translate(
            "%(who)s looked at the signatures on “%(campaign)s” that wait for a decision."
        ),
        "supporters.export": to_translate(
            "%(who)s took the list of supporters of “%(campaign)s” away as a file."
        ),
        "import.upload": to_translate(
            "%(who)s uploaded a table with signatures for “%(campaign)s”; rows: %(rows)s."
        ),
        "import.check": to_translate(
            "%(who)s checked who of an uploaded table has already signed “%(campaign)s”: %(known)s."
        ),
        "import.discard": to_translate("%(who)s deleted a table that was uploaded for “%(campaign)s”."),
        "import.begin": to_translate(
            "%(who)s began to enter signatures on “%(campaign)s” that were collected elsewhere:"
            " %(expected)s. Where they are kept: %(note)s"
        ),
        "import.done": to_translate(
            "%(who)s entered signatures on “%(campaign)s” that were collected elsewhere: %(number)s."
        ),
        "import.undo": to_translate(
            "%(who)s began to take out signatures that were entered on “%(campaign)s”: %(entered)s."
        ),
        "import.undone": to_translate(
            "%(who)s took out signatures that had been entered on “%(campaign)s”: %(number)s."
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

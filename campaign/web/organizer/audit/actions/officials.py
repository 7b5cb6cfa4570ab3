"""Officials and what their offices answered."""

from campaign.i18n import to_translate
from campaign.web.organizer.audit.actions.kind import AuditKind

OFFICIALS = AuditKind(
    to_translate("Officials and their answers"),
    {
        "official.add": to_translate("%(who)s added the official %(official)s to “%(campaign)s”."),
        "official.change": to_translate("%(who)s changed what is kept of %(official)s in “%(campaign)s”."),
        "official.replace": to_translate(
            "%(who)s put %(name)s in the place of %(was)s in “%(campaign)s”, and messages to that office"
            " wait."
        ),
        "official.order": to_translate("%(who)s changed the order of the officials of “%(campaign)s”."),
        "official.remove": to_translate("%(who)s removed %(name)s from the officials of “%(campaign)s”."),
        "official.pause": to_translate("%(who)s paused the messages to %(official)s in “%(campaign)s”."),
        "official.resume": to_translate("%(who)s let the messages to %(official)s in “%(campaign)s” go on."),
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
        "pack.order": to_translate("%(who)s had the delivery pack made for %(official)s, on “%(campaign)s”."),
        "office.refusal": to_translate(
            "%(who)s entered that %(official)s refused what was handed over or posted, on “%(campaign)s”."
        ),
        "office.hand_over": to_translate(
            "%(who)s entered what was handed over or posted to %(official)s for “%(campaign)s”."
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
        "digest.preview": to_translate(
            "%(who)s looked at the next email with many messages to %(official)s in “%(campaign)s”."
            " Messages in it: %(messages)s."
        ),
        "message.print": to_translate(
            "%(who)s printed messages to %(official)s in “%(campaign)s”: %(messages)s."
        ),
    },
)

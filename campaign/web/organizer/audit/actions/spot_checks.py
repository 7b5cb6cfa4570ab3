"""Spot checks, and who signs the log behind a count."""

from campaign.i18n import to_translate
from campaign.web.organizer.audit.actions.kind import AuditKind

SPOT_CHECKS = AuditKind(
    to_translate("Spot checks and witnesses"),
    {
        "spot_check.propose": to_translate(
            "%(who)s proposed spot check %(spot_check)s of “%(campaign)s”. To be drawn: %(wanted)s."
        ),
        "spot_check.take-back": to_translate(
            "%(who)s took back the proposal of spot check %(spot_check)s of “%(campaign)s”."
        ),
        "spot_check.announce-alone": to_translate(
            "%(who)s announced spot check %(spot_check)s of “%(campaign)s” without a second person."
            " To be drawn: %(wanted)s, from so many entries of the log: %(size)s."
        ),
        "spot_check.announce": to_translate(
            "%(who)s announced spot check %(spot_check)s of “%(campaign)s”. To be drawn: %(wanted)s,"
            " from so many entries of the log: %(size)s."
        ),
        "spot_check.draw": to_translate(
            "%(who)s entered the value that decided spot check %(spot_check)s of “%(campaign)s”."
        ),
        "spot_check.abandon": to_translate("%(who)s gave up spot check %(spot_check)s of “%(campaign)s”."),
        "spot_check.publish": to_translate(
            "%(who)s published the result of spot check %(spot_check)s of “%(campaign)s”."
        ),
        "witness.add": to_translate(
            "%(who)s registered “%(name)s” as a witness of the count of “%(campaign)s”: %(fingerprint)s."
        ),
        "witness.remove": to_translate(
            "%(who)s removed “%(name)s” from the witnesses of the count of “%(campaign)s”."
        ),
        "witness.sign": to_translate(
            "%(who)s handed in the signature of “%(name)s” under the log of “%(campaign)s”."
            " Entries: %(size)s."
        ),
    },
)

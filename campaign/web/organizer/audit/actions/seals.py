"""The keys of sealed signatures."""

from campaign.i18n import to_translate
from campaign.web.organizer.audit.actions.kind import AuditKind

SEALS = AuditKind(
    to_translate("Sealed signatures"),
    {
        "seal.new": to_translate("%(who)s gave “%(campaign)s” a seal key: %(fingerprint)s."),
        "seal.replace": to_translate("%(who)s replaced the seal key of “%(campaign)s”: %(fingerprint)s."),
        "seal.fetch": to_translate(
            "%(who)s took away what “%(campaign)s” has that is sealed to an earlier key."
        ),
        "seal.reseal": to_translate(
            "%(who)s stored signatures of “%(campaign)s” that were sealed anew: %(number)s."
        ),
    },
)

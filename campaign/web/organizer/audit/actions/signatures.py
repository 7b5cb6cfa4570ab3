"""Signatures struck out, taken back, accepted."""

from campaign.i18n import to_translate
from campaign.web.organizer.audit.actions.kind import AuditKind

SIGNATURES = AuditKind(
    to_translate("Signatures"),
    {
        "signature.remove": to_translate(
            "%(who)s removed a signature from “%(campaign)s”, because: %(reason)s"
        ),
        "signature.restore": to_translate("%(who)s restored a signature on “%(campaign)s”."),
        "signature.clear": to_translate("%(who)s found a signature on “%(campaign)s” to be in order."),
        "signature.ask_again": to_translate(
            "%(who)s put a signature on “%(campaign)s” back among those to be checked."
        ),
        "name_report.leave": to_translate(
            "%(who)s checked a reported name on “%(campaign)s” and left it as it is. Reports: %(reports)s."
        ),
        "name_report.hide": to_translate(
            "%(who)s checked a reported name on “%(campaign)s” and hid it. Reports: %(reports)s."
        ),
        "name_report.remove": to_translate(
            "%(who)s checked a reported name on “%(campaign)s” and removed it. Reports: %(reports)s."
        ),
        "name_report.ask_again": to_translate(
            "%(who)s put a reported name on “%(campaign)s” back among those to be checked."
        ),
        "name_report.drop": to_translate(
            "%(who)s set aside single reports of names on “%(campaign)s”: %(reports)s."
        ),
        "name_report.undrop": to_translate(
            "%(who)s took back reports of names on “%(campaign)s” that were set aside: %(reports)s."
        ),
        "signature.hide": to_translate(
            "%(who)s hid a name under “%(campaign)s”, and its owner was told by email."
        ),
        "signature.show": to_translate(
            "%(who)s showed a name under “%(campaign)s” again, and its owner was told by email."
        ),
        "signature.accept": to_translate("%(who)s accepted a suspected signature on “%(campaign)s”."),
        "signature.change": to_translate("%(who)s changed their signature on “%(campaign)s”."),
        "signature.affirm": to_translate(
            "%(who)s affirmed version %(wording)s of the letter of “%(campaign)s”."
        ),
        "signature.stay": to_translate(
            "%(who)s was asked about version %(wording)s of the letter of “%(campaign)s”,"
            " and stayed with the version they signed."
        ),
        "signature.withdraw": to_translate(
            "%(who)s was asked about version %(wording)s of the letter of “%(campaign)s”,"
            " and withdrew their signature."
        ),
        "signature.first": to_translate(
            "%(who)s showed a supporter among the first signatories of “%(campaign)s”, and said that they had"
            " agreed."
        ),
        "signature.first_undone": to_translate(
            "%(who)s took a supporter off the first signatories of “%(campaign)s”."
        ),
        "signature.correct": to_translate(
            "%(who)s corrected a signature on “%(campaign)s”, and its owner was told by email."
        ),
        "signature.correction_undone": to_translate(
            "%(who)s undid the correction of a signature on “%(campaign)s”, and its owner was told by email."
        ),
        "signature.forget": to_translate(
            "%(who)s had themselves forgotten on “%(campaign)s”; their signature still counts."
        ),
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
        "forms.delete": to_translate("%(who)s deleted forms for “%(campaign)s” that were held: %(number)s."),
    },
)

"""Who may come in."""

from campaign.i18n import to_translate
from campaign.web.organizer.audit.actions.kind import AuditKind

ORGANIZERS = AuditKind(
    to_translate("Organizers"),
    {
        "organizer.add": to_translate("%(who)s added the organizer %(organizer)s: %(rights)s."),
        "organizer.invite": to_translate("%(who)s invited somebody to the desk: %(rights)s."),
        "organizer.invite_again": to_translate("%(who)s sent an invitation to the desk again."),
        "organizer.uninvite": to_translate("%(who)s withdrew an invitation to the desk."),
        "organizer.join": to_translate("%(who)s followed the invitation to the desk: %(rights)s."),
        "organizer.role": to_translate("%(who)s changed what %(organizer)s may do: %(rights)s."),
        "organizer.disable": to_translate("%(who)s disabled the login of %(organizer)s."),
        "organizer.enable": to_translate("%(who)s enabled the login of %(organizer)s again."),
        "organizer.reset": to_translate("%(who)s made a link for %(organizer)s to choose a new password."),
        "organizer.password": to_translate("%(who)s chose a new password."),
        "organizer.language": to_translate("%(who)s changed the language of their desk."),
        "organizer.alerts": to_translate("%(who)s changed whether they get alerts by email."),
    },
)

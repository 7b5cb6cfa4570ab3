"""The queue, and addresses that get no email."""

from campaign.i18n import to_translate
from campaign.web.organizer.audit.actions.kind import AuditKind

EMAILS = AuditKind(
    to_translate("Emails"),
    {
        "email.retry": to_translate("%(who)s put a failed email back into the queue."),
        "email.send-again": to_translate("%(who)s sent an email again that was in doubt."),
        "email.treat-as-sent": to_translate("%(who)s marked an email that was in doubt as sent."),
        "emails.retry": to_translate(
            "%(who)s put failed emails of “%(campaign)s” back into the queue: %(number)s."
        ),
        "emails.send-again": to_translate(
            "%(who)s sent emails of “%(campaign)s” again that were in doubt: %(number)s."
        ),
        "emails.treat-as-sent": to_translate(
            "%(who)s marked emails of “%(campaign)s” that were in doubt as sent: %(number)s."
        ),
        "provider.pause": to_translate("%(who)s paused all sending through %(provider)s."),
        "provider.resume": to_translate("%(who)s let sending through %(provider)s go on."),
        "suppression.add": to_translate("%(who)s stopped all email to an address."),
        "suppression.lift": to_translate("%(who)s allowed email to an address again."),
        "suppression.search": to_translate("%(who)s looked up whether an address gets email."),
        "suppression.list": to_translate("%(who)s looked through the addresses that get no email."),
    },
)

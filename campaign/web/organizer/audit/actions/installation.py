"""The site as a whole."""

from campaign.i18n import to_translate
from campaign.web.organizer.audit.actions.kind import AuditKind

INSTALLATION = AuditKind(
    to_translate("Installation"),
    {
        "site.publisher": to_translate("%(who)s changed what this site says about its publisher."),
        "site.test-email": to_translate("%(who)s sent a test email to themselves."),
        "site.step": to_translate("%(who)s went on in the guide to the first steps."),
        "audit.export": to_translate("%(who)s took the audit log away as a file."),
        "database.backup": to_translate("%(who)s took a backup."),
        "database.restore": to_translate("%(who)s put back a backup."),
        "database.upgrade": to_translate("%(who)s brought the database up to a new version of the program."),
        "database.reencrypt": to_translate("%(who)s encrypted people’s data under the newest key."),
        "purge": to_translate("%(who)s deleted what was kept for long enough."),
    },
)

"""Logins, passwords and second factors."""

from campaign.i18n import to_translate
from campaign.web.organizer.audit.actions.kind import AuditKind

LOGINS = AuditKind(
    to_translate("Logins and passwords"),
    {
        "login": to_translate("%(who)s logged in."),
        "login.refused": to_translate("A wrong password or address was tried for %(who)s."),
        "login.throttled": to_translate(
            "Too many logins were tried for %(who)s, and none is looked at for now."
        ),
        "login.password": to_translate(
            "%(who)s entered the right password, and was asked for a code of the second factor."
        ),
        "login.code.refused": to_translate("A wrong code of the second factor was tried for %(who)s."),
        "login.code.throttled": to_translate(
            "Too many codes of the second factor were tried for %(who)s, and none is looked at for now."
        ),
        "login.forgotten": to_translate(
            "Somebody asked on the login page for a new password for %(organizer)s, who was mailed a link."
        ),
        "login.forgotten.throttled": to_translate(
            "Somebody asked for a new password too often from one network, and is not answered for now."
        ),
        "logout": to_translate("%(who)s logged out."),
        "session.end": to_translate("%(who)s logged out another browser."),
        "password_again": to_translate("%(who)s entered the password once more."),
        "password_again.refused": to_translate("%(who)s was asked for the password and got it wrong."),
        "password_again.throttled": to_translate("%(who)s got the password wrong too often."),
        "password_again.code.refused": to_translate(
            "%(who)s was asked for a code of the second factor and got it wrong."
        ),
        "password_again.code.throttled": to_translate(
            "%(who)s got the code of the second factor wrong too often."
        ),
        "second_factor.set": to_translate("%(who)s set up a second factor."),
        "second_factor.codes": to_translate("%(who)s made new recovery codes in place of the old ones."),
        "second_factor.recovery": to_translate("%(who)s used a recovery code. Left: %(left)s."),
        "second_factor.off": to_translate("%(who)s removed the second factor of %(organizer)s."),
        "passkey.add": to_translate("%(who)s added a passkey."),
        "passkey.remove": to_translate("%(who)s removed a passkey."),
        "desk.refused": to_translate("%(who)s tried to open something that is not theirs to open."),
    },
)

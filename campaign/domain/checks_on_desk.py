"""What an organizer is told of a check: without a word of the server, with what to do and whom to ask."""

from collections.abc import Mapping

from campaign.domain.installation_checks import (
    BACKUP_IS_PLAIN,
    NO_PROVIDER,
    NO_REPORTS,
    NOT_CHECKED,
    PROVIDER_AWAY,
    SENT_THROUGH,
    CheckName,
    HealthStatus,
    InstallationCheck,
)
from campaign.i18n import to_translate

_BY_MESSAGE: Mapping[str, str] = {
    PROVIDER_AWAY: to_translate(
        "The email provider takes nothing at the moment. It is tried again automatically."
    ),
    NO_PROVIDER: to_translate(
        "Email does not leave the server, so nobody who signs can confirm. Ask the people who look after the"
        " server to set up an email provider."
    ),
    SENT_THROUGH: to_translate("The email provider takes our email."),
    NOT_CHECKED.message: NOT_CHECKED.message,
    BACKUP_IS_PLAIN: BACKUP_IS_PLAIN,
    NO_REPORTS: to_translate(
        "The email provider does not tell us what becomes of our email. Ask the people who look after the"
        " server to let it report back."
    ),
}
_BY_STATUS: Mapping[tuple[CheckName, HealthStatus], str] = {
    (CheckName.SETTINGS, HealthStatus.OK): to_translate("The settings are in order."),
    (CheckName.SETTINGS, HealthStatus.FAIL): to_translate(
        "Something in the settings is wrong. Ask the people who look after the server to mend it."
    ),
    (CheckName.DATABASE, HealthStatus.OK): to_translate("What people send in can be stored and read."),
    (CheckName.DATABASE, HealthStatus.FAIL): to_translate(
        "What people send in cannot be stored properly. Ask the people who look after the server to look at"
        " it now."
    ),
    (CheckName.MIGRATIONS, HealthStatus.OK): to_translate("The database fits this version of the program."),
    (CheckName.MIGRATIONS, HealthStatus.FAIL): to_translate(
        "The database does not fit this version of the program. Ask the people who look after the server to"
        " bring it up to date."
    ),
    (CheckName.WORKER, HealthStatus.OK): to_translate("Email is being sent."),
    (CheckName.WORKER, HealthStatus.WARN): to_translate(
        "The part of the program that sends email is not running. Ask the people who look after the server to"
        " start it."
    ),
    (CheckName.WORKER, HealthStatus.FAIL): to_translate(
        "Email is waiting, and the part of the program that sends it is not running. Ask the people who look"
        " after the server to start it now."
    ),
    (CheckName.DISK, HealthStatus.OK): to_translate("There is room for more signatures."),
    (CheckName.DISK, HealthStatus.WARN): to_translate(
        "The server is nearly full. Ask the people who look after it to make room soon."
    ),
    (CheckName.DISK, HealthStatus.FAIL): to_translate(
        "The server is full. Ask the people who look after it to make room now."
    ),
    (CheckName.ENCRYPTION, HealthStatus.WARN): to_translate(
        "After an update, names are still being encrypted. Until that is done, searching by name may not find"
        " everyone."
    ),
    (CheckName.BACKUP, HealthStatus.OK): to_translate("A backup was taken within the last seven days."),
    (CheckName.BACKUP, HealthStatus.WARN): to_translate(
        "No backup was taken within the last seven days. Ask the people who look after the server to take one"
        " each night."
    ),
    (CheckName.BACKUP, HealthStatus.FAIL): to_translate(
        "No backup was taken within the last 30 days. Ask the people who look after the server to take one"
        " now, and each night."
    ),
    (CheckName.PROVIDER, HealthStatus.FAIL): to_translate(
        "The email provider refuses our key. Ask the people who look after the server for a new one."
    ),
    (CheckName.CLOCK, HealthStatus.OK): to_translate("The clocks are right."),
    (CheckName.CLOCK, HealthStatus.WARN): to_translate(
        "The clocks of the servers differ by some seconds. Ask the people who look after them to set them."
    ),
    (CheckName.CLOCK, HealthStatus.FAIL): to_translate(
        "The clocks of the servers differ by more than a minute. Ask the people who look after them to set"
        " them now."
    ),
}


def message_on_desk(check: InstallationCheck) -> str:
    """The sentence for a check, to be translated; its places are those of the finding's own."""
    message = check.finding.message
    return _BY_MESSAGE.get(message) or _BY_STATUS.get((check.name, check.status), message)

"""Settings of who publishes here: they fill what an owner has not written on the desk yet."""

from dataclasses import dataclass
from typing import Self
from zoneinfo import available_timezones

from campaign.settings.reader import SettingsReader


@dataclass(frozen=True, kw_only=True)
class PublisherSettings:
    """Name, legal address (its lines parted by a bar), contact, and the time zone of the desk."""

    organization: str
    legal_address: str
    contact: str
    time_zone: str

    @classmethod
    def read(cls, reader: SettingsReader) -> Self:
        """The settings as they are, with what is wrong in the reader's problems."""
        publisher = cls(
            organization=reader.text("CAMPAIGN_ORGANIZATION"),
            legal_address="\n".join(
                line.strip() for line in reader.text("CAMPAIGN_LEGAL_ADDRESS").split("|")
            ),
            contact=reader.text("CAMPAIGN_CONTACT"),
            time_zone=reader.text("CAMPAIGN_TIME_ZONE"),
        )
        local, _, domain = publisher.contact.rpartition("@")
        if publisher.contact and not (local and "." in domain and publisher.contact.isprintable()):
            reader.problems.append("CAMPAIGN_CONTACT must be an email address like office@letters.example.")
        if publisher.time_zone and publisher.time_zone not in available_timezones():
            reader.problems.append("CAMPAIGN_TIME_ZONE must be a zone like Europe/Brussels.")
        return publisher

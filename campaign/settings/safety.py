"""Settings that keep strangers and abuse out."""

import re
from dataclasses import dataclass, field
from typing import Self

from campaign.settings.guessable import problem_with_secret
from campaign.settings.reader import SettingsReader

# 15 random bytes in base64.
SHORTEST_TOKEN = 20
# 32 bytes in Bech32, with their checksum.
_AGE_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")


@dataclass(frozen=True, kw_only=True)
class SafetySettings:
    """What a signer's browser may be asked for, and what opens or locks what others must not read.

    The token opens `/metrics` to other machines; to the recipients of `age` backups are encrypted.
    """

    proof_of_work: str
    metrics_token: str = field(repr=False)
    backup_recipients: tuple[str, ...] = ()

    @property
    def asks_for_proof(self) -> bool:
        """Whether the signing form carries a proof of work."""
        return self.proof_of_work != "off"

    @classmethod
    def read(cls, reader: SettingsReader) -> Self:
        """The settings as they are, with what is wrong in the reader's problems."""
        metrics_token = reader.text("CAMPAIGN_METRICS_TOKEN")
        if metrics_token:
            reader.problems += problem_with_secret(
                "CAMPAIGN_METRICS_TOKEN", metrics_token, least=SHORTEST_TOKEN
            )
        return cls(
            proof_of_work=reader.choice("CAMPAIGN_PROOF_OF_WORK", ("auto", "off")),
            metrics_token=metrics_token,
            backup_recipients=_recipients(reader),
        )


def _recipients(reader: SettingsReader) -> tuple[str, ...]:
    recipients = tuple(reader.text("CAMPAIGN_BACKUP_RECIPIENT").replace(",", " ").split())
    if not all(_AGE_RECIPIENT.fullmatch(recipient) for recipient in recipients):
        reader.problems.append(
            "CAMPAIGN_BACKUP_RECIPIENT must be the public key of an age identity, like age1…; several are"
            " parted by commas."
        )
    return recipients

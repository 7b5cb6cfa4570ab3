"""Settings that keep strangers and abuse out."""

from dataclasses import dataclass, field
from typing import Self

from campaign.settings.reader import SettingsReader


@dataclass(frozen=True, kw_only=True)
class SafetySettings:
    """What a signer's browser may be asked for, and the token that opens `/metrics` to other machines."""

    proof_of_work: str
    metrics_token: str = field(repr=False)

    @property
    def asks_for_proof(self) -> bool:
        """Whether the signing form carries a proof of work."""
        return self.proof_of_work != "off"

    @classmethod
    def read(cls, reader: SettingsReader) -> Self:
        """The settings as they are, with what is wrong in the reader's problems."""
        return cls(
            proof_of_work=reader.choice("CAMPAIGN_PROOF_OF_WORK", ("auto", "off")),
            metrics_token=reader.text("CAMPAIGN_METRICS_TOKEN"),
        )

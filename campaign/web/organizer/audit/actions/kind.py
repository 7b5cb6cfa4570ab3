"""Actions that are looked for together."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class AuditKind:
    """A kind of actions, with the sentence for each.

    In a sentence `who` did it; a campaign, an official and another organizer stand there by name. Numbers
    stand behind a colon, so that no language needs a plural.
    """

    label: str
    sentences: Mapping[str, str]

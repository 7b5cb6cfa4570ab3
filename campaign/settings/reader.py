"""Reads settings from the environment and gathers every problem with them."""

import re
from base64 import b64decode
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path

from campaign.errors import CampaignError

PREFIX = "CAMPAIGN_"
# Names that tests read, and no command.
TESTS_PREFIX = f"{PREFIX}TEST_"
# How a key on the curve P-256 begins in DER, up to its two coordinates (RFC 5480).
_P256 = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")


class SettingsError(CampaignError):
    """One or more settings are wrong; `problems` has one sentence for each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("Wrong settings: " + " ".join(problems))


class SettingsReader:
    """Reads single values, adding what is wrong with one to `problems`."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.problems: list[str] = []
        self._environment = environment
        self._asked = {"CAMPAIGN_DEBUG"}

    def text(self, name: str, default: str = "") -> str:
        """The value without surrounding space; an empty one counts as not set."""
        self._asked.add(name)
        return self._environment.get(name, "").strip() or default

    def refuse_unknown(self) -> None:
        """Note every name of ours that nobody has asked for: a slip in a name would pass in silence."""
        for name in sorted(self._environment):
            if name.startswith(PREFIX) and not name.startswith(TESTS_PREFIX) and name not in self._asked:
                # All begin alike: only what follows tells how near two names are.
                asked = {name_asked.removeprefix(PREFIX): name_asked for name_asked in self._asked}
                meant = get_close_matches(name.removeprefix(PREFIX), sorted(asked), n=1)
                hint = f" Did you mean {asked[meant[0]]}?" if meant else ""
                self.problems.append(f"There is no setting {name}.{hint}")

    def number(self, name: str, default: int, *, at_most: int = 1_000_000) -> int:
        """A whole number that is not negative."""
        value = self.text(name, str(default))
        if not re.fullmatch(r"[0-9]{1,7}", value) or int(value) > at_most:
            self.problems.append(f"{name} must be a whole number from 0 to {at_most}.")
            return default
        return int(value)

    def path(self, name: str) -> Path | None:
        """An absolute path; None when it is not set."""
        value = self.text(name)
        return Path(value).expanduser().absolute() if value else None

    def choice(self, name: str, choices: tuple[str, ...]) -> str:
        """One of the words, in lower case; the first is the default."""
        value = self.text(name, choices[0]).lower()
        if value not in choices:
            self.problems.append(f"{name} must be one of {', '.join(filter(None, choices))}.")
        return value

    def public_key(self, name: str, problem: str) -> str:
        """A public key in base64, or empty; the `problem` is noted when it is anything else."""
        value = self.text(name)
        if value and not _is_p256(value):
            self.problems.append(f"{name} must be {problem}.")
        return value


def _is_p256(text: str) -> bool:
    """Whether a text is the base64 of a public key on the curve P-256, the one kind that signs webhooks."""
    try:
        key = b64decode(text, validate=True)
    except ValueError:
        return False
    return key.startswith(_P256) and len(key) == len(_P256) + 64

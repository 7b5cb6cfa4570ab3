"""Every failure a user can cause or meet: one root, five kinds."""


class CampaignError(Exception):
    """A failure with one plain sentence for the person who met it.

    `message` is the English sentence as the translation catalogues know it, with `%(name)s` places that
    `values` fill. It names what went wrong and what to do, and never holds a secret or personal data.
    """

    def __init__(self, message: str, **values: object) -> None:
        super().__init__(message, values)
        self.message = message
        self.values = values

    @property
    def sentence(self) -> str:
        """The sentence in English, for a terminal or a log."""
        return self.message % self.values if self.values else self.message

    def __str__(self) -> str:
        return self.sentence


class NotFoundError(CampaignError):
    """What was named does not exist, or not for this person."""


class RefusedError(CampaignError):
    """What was given cannot be taken: it breaks a rule that the sentence names."""


class ConflictError(CampaignError):
    """What was asked no longer fits the state things are in."""


class ForbiddenError(CampaignError):
    """The person is known, and may not do this."""


class UnavailableError(CampaignError):
    """Something this needs is out of reach for now (database locked, disk full): trying again may help."""

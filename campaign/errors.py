"""Every failure a user can cause or meet: one root, four kinds."""


class CampaignError(Exception):
    """A failure with one plain sentence for the person who met it.

    The sentence is shown as it is, on a page, in an API answer or on standard error, so it names what
    went wrong and what to do, and never holds a secret or personal data.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFoundError(CampaignError):
    """What was named does not exist, or not for this person."""


class RefusedError(CampaignError):
    """What was given cannot be taken: it breaks a rule that the sentence names."""


class ConflictError(CampaignError):
    """What was asked no longer fits the state things are in."""


class ForbiddenError(CampaignError):
    """The person is known, and may not do this."""

"""What a supporter sends in, and which of it a campaign can take."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from campaign.domain.campaign_page import AskShown, CampaignPage, OfficialShown
from campaign.domain.signature import Capacity, Visibility
from campaign.errors import RefusedError

LONGEST_MESSAGE = 5_000


@dataclass(frozen=True, kw_only=True)
class Author:
    """What a message says of who wrote it."""

    name: str
    role: str | None = None
    organization: str | None = None
    country: str | None = None
    postal_code: str | None = None


@dataclass(frozen=True, kw_only=True)
class PersonalMessage:
    """What one author sends one official; without words it is their name under the letter.

    `asks` are the ids of those to stress; without a subject the letter's own stands.
    """

    author: Author
    subject: str = ""
    words: str = ""
    asks: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SignatureForm:
    """The signing form, cleaned; `words_for` holds own words for single officials, by id.

    `secret_hash` is of the secret words without which nothing of it is shown again, in a quiet campaign.
    Of one that is `sealed` (to the key with the fingerprint `sealed_to`) that text is all there is of whoever
    signs, beside the address that is asked to confirm it.
    """

    name: str
    email: str
    capacity: Capacity = Capacity.MYSELF
    organization: str | None = None
    role: str | None = None
    country: str | None = None
    postal_code: str | None = None
    visibility: Visibility = Visibility.PUBLIC
    updates: bool = False
    officials: tuple[int, ...] = ()
    asks: tuple[int, ...] = ()
    subject: str = ""
    words: str = ""
    words_for: Mapping[int, str] = field(default_factory=dict)
    language: str = "en"
    source: str | None = None
    consent_wording: str = ""
    sealed: str | None = None
    sealed_to: str | None = None
    secret_hash: str | None = None

    @property
    def author(self) -> Author:
        """Who writes the messages."""
        return Author(
            name=self.name,
            role=self.role,
            organization=self.organization,
            country=self.country,
            postal_code=self.postal_code,
        )

    def words_to(self, official_id: int) -> str:
        """What they wrote to one official: words of its own, else those for all."""
        return self.words_for.get(official_id) or self.words

    @property
    def messages(self) -> dict[int, PersonalMessage]:
        """What they send each official they chose, by the official's id."""
        author = self.author
        return {
            official_id: PersonalMessage(
                author=author, subject=self.subject, words=self.words_to(official_id), asks=self.asks
            )
            for official_id in self.officials
        }


def chosen_officials(page: CampaignPage, official_ids: Collection[int]) -> tuple[OfficialShown, ...]:
    """The officials to write to, in the letter's order; RefusedError when one is not of this campaign."""
    if not set(official_ids) <= {official.id for official in page.officials}:
        raise RefusedError("One of the officials you chose is no longer on this letter. Please choose again.")
    return tuple(official for official in page.officials if official.id in official_ids)


def stressed_asks(page: CampaignPage, ask_ids: Collection[int]) -> tuple[AskShown, ...]:
    """The asks to stress, in the letter's order; RefusedError when one is not of this letter."""
    if not set(ask_ids) <= {ask.id for ask in page.asks}:
        raise RefusedError("One of the asks you chose is no longer in this letter. Please choose again.")
    return tuple(ask for ask in page.asks if ask.id in ask_ids)


def strictest(officials: Iterable[OfficialShown]) -> OfficialShown | None:
    """The one who takes the shortest messages; None when all take whatever the form does."""
    limited = [official for official in officials if official.longest_message is not None]
    return min(limited, key=lambda official: official.longest_message or 0, default=None)


def check_length(words: str, officials: Iterable[OfficialShown]) -> None:
    """RefusedError naming the official, when words for these are longer than one of them takes."""
    official = strictest(officials)
    if official and official.longest_message is not None and len(words) > official.longest_message:
        raise RefusedError(
            "%(name)s takes at most %(most)d characters, and this has %(length)d. Shorten it, or write them"
            " different words.",
            name=official.name,
            most=official.longest_message,
            length=len(words),
        )

"""What pages show of a campaign: plain data, ready to be drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from campaign.domain.affirming import VersionSplit
from campaign.domain.campaign import CampaignState
from campaign.domain.changes import ChangeShown
from campaign.domain.digest import DigestMode, is_read_among_others
from campaign.domain.districts import own_officials
from campaign.domain.letter import Addressee, SignatoryKind
from campaign.domain.name_order import WallHeading
from campaign.domain.office_answers import HandOverShown, OfficeAnswerShown, OfficeContact
from campaign.domain.official import Channel, OfficialRole
from campaign.domain.quotes import QuoteShown
from campaign.domain.retention import RetentionTerms
from campaign.domain.title_breaks import title_parts


@dataclass(frozen=True)
class CampaignHead:
    """The few facts that tell whether anything a page shows has changed.

    `version` goes up with every change that pages show at once; with `shown_count` it keys caches.
    `name_additions` of its steps were names added and nothing else.
    `shown_count` is how many signatures pages show, which follows those that count in steps. Who signs on the
    page is a person. `shown_entered_count` of them were entered by organizers, from paper or another list.
    The organizations are those that came with the letter, whom its organizers answer for. Of a quiet campaign
    no email to a supporter tells anything.
    """

    id: int
    slug: str
    title: str
    state: CampaignState
    language: str
    version: int
    shown_count: int
    accent: str | None = None
    first_organizations: int = 0
    first_people: int = 0
    shown_entered_count: int = 0
    is_quiet: bool = False
    name_additions: int = 0

    @property
    def document_version(self) -> int:
        """What keys documents: as long as it is the same, they may lack names, but show none that is gone."""
        return self.version - self.name_additions

    @property
    def organizations(self) -> int:
        """How many organizations stand behind the letter."""
        return self.first_organizations

    @property
    def people(self) -> int:
        """How many people signed, as pages show it: with the letter, and since."""
        return self.first_people + self.shown_count


@dataclass(frozen=True)
class AskShown:
    """One ask; `position` counts from 1 and names its anchor."""

    id: int
    position: int
    title: str | None
    text: str

    @property
    def heading(self) -> str:
        """What to call it where there is room for one line: its title, or its first sentence."""
        return self.title or _first_sentence(self.text)


@dataclass(frozen=True)
class OfficialShown:
    """One official; `email` is for the outbox alone, and no page shows it.

    `longest_message` is how many characters of own words they take, None for as many as the form does.
    """

    id: int
    position: int
    role: OfficialRole
    name: str
    title: str | None
    office: str | None
    address: tuple[str, ...]
    salutation: str | None
    email: str | None = field(repr=False)
    longest_message: int | None = None
    channel: Channel = Channel.EMAIL
    web_form: str | None = None
    district: str | None = None
    postal_codes: tuple[str, ...] = ()
    digest_mode: DigestMode = DigestMode.NEVER

    @property
    def has_email(self) -> bool:
        """Whether messages go by email; else they are printed, or pasted into the office's own form."""
        return self.channel is Channel.EMAIL

    @property
    def may_get_digests(self) -> bool:
        """Whether a message may reach them together with others'."""
        return self.has_email and self.digest_mode is not DigestMode.NEVER

    def gets_among_others(self, *, has_words: bool) -> bool:
        """Whether it is sure by now that a message, with own words or without, does."""
        return self.has_email and is_read_among_others(self.digest_mode, has_words=has_words)


@dataclass(frozen=True)
class AnswerShown:
    """What organizers say in public of an office's answer: never to whom it went."""

    official_id: int
    received_at: datetime
    summary: str


@dataclass(frozen=True)
class SignatoryShown:
    """One name as the public may read it: already reduced to initials where the supporter asked for that.

    Who signs on the page signs as a person anyway; `for_identification` is about those who signed first. Of
    these `has_signed` who signed on the page, and is counted there.
    """

    kind: SignatoryKind
    name: str | None
    title: str | None
    organization: str | None
    country: str | None
    initial: bool
    for_identification: bool = False
    has_signed: bool = False


@dataclass(frozen=True)
class WallGroup:
    """The names under one heading of the wall, or those of them that there is room for."""

    heading: WallHeading
    names: tuple[SignatoryShown, ...]


@dataclass(frozen=True)
class LetterShown:
    """The letter with its counts filled in; `wording` counts the material changes up to it, from 1."""

    id: int
    language: str
    title: str | None
    page_on: date | None
    dated_on: date | None
    addressees: tuple[Addressee, ...]
    subject: str | None
    salutation: str | None
    introduction: tuple[str, ...]
    conclusion: tuple[str, ...]
    closing: str | None
    wording: int = 1


@dataclass(frozen=True)
class Original:
    """What a translation was made from; `changed_since` when a newer version of it came later."""

    letter: LetterShown
    asks: tuple[AskShown, ...]
    changed_since: bool


@dataclass(frozen=True)
class OutcomeShown:
    """What came of a campaign, in a language that need not be the reader's."""

    paragraphs: tuple[str, ...]
    language: str
    at: datetime


@dataclass(frozen=True)
class CampaignPage:
    """Everything the campaign's page shows but the supporters' names.

    The goal is a number of people. `changes` are the newest entries of the public log, the newest first.
    `initial_count` is how many signed first, also where `names_hidden` leaves their names out. Where the
    letter is a translation, `original` holds what officials get; an ask has the same id in both.
    `versions` tells for which wording those who signed on the page are counted, once there is more than one.
    With a `seal_recipient`, people can sign so that the server itself cannot read who they are.
    """

    head: CampaignHead
    summary: str | None
    goal: int | None
    closes_at: datetime | None
    letter: LetterShown
    asks: tuple[AskShown, ...]
    officials: tuple[OfficialShown, ...]
    initial_signatories: tuple[SignatoryShown, ...]
    languages: tuple[str, ...]
    embed_sites: tuple[str, ...] = ()
    answers: tuple[AnswerShown, ...] = ()
    office_answers: tuple[OfficeAnswerShown, ...] = ()
    hand_overs: tuple[HandOverShown, ...] = ()
    contacts: Mapping[int, OfficeContact] = field(default_factory=dict)
    retention: RetentionTerms = field(default_factory=RetentionTerms)
    original: Original | None = None
    initial_count: int = 0
    initial_organizations: int = 0
    names_hidden: bool = False
    summary_language: str = ""
    goal_reached_at: datetime | None = None
    closes_zone: str | None = None
    outcome: OutcomeShown | None = None
    changes: tuple[ChangeShown, ...] = ()
    seal_recipient: str | None = None
    versions: VersionSplit | None = None
    quotes: tuple[QuoteShown, ...] = ()

    @property
    def title(self) -> str:
        """What mails and lists call the campaign in the language of this page."""
        translated = self.letter.title if self.original else None
        return translated or self.head.title

    @property
    def title_parts(self) -> tuple[str, ...]:
        """The title above the letter, in the parts that its lines may break between."""
        letter = self.letter
        texts = [letter.subject, letter.salutation, *letter.introduction, *letter.conclusion]
        texts += [words for ask in self.asks for words in (ask.title, ask.text)]
        return title_parts(letter.title or self.head.title, "\n".join(filter(None, texts)))

    @property
    def wording(self) -> int:
        """The wording that stands today, of which a translation may be behind."""
        return self.original.letter.wording if self.original else self.letter.wording

    @property
    def authoritative(self) -> "CampaignPage":
        """The page in the letter's own language, which every message to an official is written in."""
        if self.original is None:
            return self
        return replace(self, letter=self.original.letter, asks=self.original.asks, original=None)

    @property
    def has_districts(self) -> bool:
        """Whether a postal code tells which officials are somebody's own."""
        return any(official.postal_codes for official in self.officials)

    def own_officials(self, postal_code: str) -> frozenset[int]:
        """The ids of the officials whose district a postal code is in."""
        districts = [(official.id, official.postal_codes) for official in self.officials]
        return own_officials(postal_code, districts)

    def is_open(self, now: datetime) -> bool:
        """Whether it can be signed at this moment."""
        return is_open_at(now, self.head.state, self.closes_at)


@dataclass(frozen=True)
class LetterListed:
    """One letter on the front page; title and summary each in a language that need not be the reader's."""

    head: CampaignHead
    title: str
    title_language: str
    summary: str
    summary_language: str
    closes_at: datetime | None
    closes_zone: str | None

    def is_open(self, now: datetime) -> bool:
        """Whether it can be signed at this moment."""
        return is_open_at(now, self.head.state, self.closes_at)


def is_open_at(now: datetime, state: CampaignState, closes_at: datetime | None) -> bool:
    """Whether a campaign takes signatures: from its deadline on it takes none, whoever closes it when."""
    return state is CampaignState.OPEN and (closes_at is None or now < closes_at)


def with_counts(text: str, *, signatories: int, organizations: int, supporters: int) -> str:
    """The text with its tokens filled in, so that a number in a letter follows the data.

    `{{signatory_count}}` and `{{organization_count}}` count those who signed first, `{{supporter_count}}` the
    signatures since that pages show.
    """
    if "{{" not in text:
        return text
    counts = {
        "{{signatory_count}}": signatories,
        "{{organization_count}}": organizations,
        "{{supporter_count}}": supporters,
    }
    for token, count in counts.items():
        text = text.replace(token, str(count))
    return text


def counts_first_signatories(text: str) -> bool:
    """Whether a number in the text follows how many signed first."""
    return "{{signatory_count}}" in text or "{{organization_count}}" in text


def _first_sentence(text: str) -> str:
    end = min((place for mark in ".。།" if (place := text.find(mark)) > 0), default=len(text))
    return text[: end + 1] if end < 160 else text[:160].rsplit(" ", 1)[0] + "…"

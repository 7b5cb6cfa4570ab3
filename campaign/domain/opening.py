"""What to look at before a campaign opens: rules over what is known of it, each with a sentence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from campaign.domain.outbox import OutboxState
from campaign.i18n import to_translate


class CheckState(StrEnum):
    """How one line of the check-list stands; only what must be mended keeps a campaign from opening."""

    DONE = "done"
    LOOK = "look"
    MEND = "mend"


class CheckItem(StrEnum):
    """What is looked at, in the order of the list."""

    LETTER = "letter"
    OFFICIALS = "officials"
    SALUTATIONS = "salutations"
    SENDER = "sender"
    TEST_EMAIL = "test_email"
    TRANSLATIONS = "translations"
    GOAL = "goal"
    PUBLISHER = "publisher"
    CONTACT = "contact"
    PRIVACY = "privacy"
    RETENTION = "retention"
    PREVIEW = "preview"


@dataclass(frozen=True)
class OpeningCheck:
    """One line of the list; `message` is the English sentence with places that `values` fill."""

    item: CheckItem
    state: CheckState
    message: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The sentence in English, for a terminal."""
        return self.message % self.values if self.values else self.message


@dataclass(frozen=True)
class OfficialFacts:
    """How one official is reached and greeted; `is_decided` once there is an address or another way."""

    is_decided: bool
    has_own_salutation: bool


@dataclass(frozen=True, kw_only=True)
class OpeningFacts:
    """What is known of a draft and of who publishes it.

    `asks` is how many the letter has, `doubts` how many lines its reader was unsure of; `counts_nobody` is
    where its text counts those who signed first, and nobody has. `unpublished`, `outdated` and `shorter`
    are languages, by their names; in the last, what people read has fewer asks or paragraphs than the
    original. `test_state` is that of the last test email, None where there was none.
    `failing` are the checks of the installation that say that its email is not trusted.
    """

    asks: int
    doubts: int
    counts_nobody: bool
    officials: Sequence[OfficialFacts]
    mail_stays_here: bool
    is_public_site: bool
    key_refused: bool
    failing: Sequence[str]
    test_state: OutboxState | None
    unpublished: Sequence[str]
    outdated: Sequence[str]
    shorter: Sequence[str]
    goal: int | None
    closes_at: datetime | None
    has_publisher: bool
    has_contact: bool
    has_privacy_notice: bool
    retention_days: int
    is_preview_seen: bool
    is_preview_current: bool


def opening_checks(facts: OpeningFacts, *, now: datetime) -> tuple[OpeningCheck, ...]:
    """The whole list, every line of it."""
    return tuple(
        OpeningCheck(item, state, message, values)
        for item, (state, message, values) in (
            (CheckItem.LETTER, _letter(facts)),
            (CheckItem.OFFICIALS, _officials(facts)),
            (CheckItem.SALUTATIONS, _salutations(facts)),
            (CheckItem.SENDER, _sender(facts)),
            (CheckItem.TEST_EMAIL, _test_email(facts)),
            *((CheckItem.TRANSLATIONS, finding) for finding in _translations(facts)),
            (CheckItem.GOAL, _goal(facts, now)),
            *_publisher(facts),
            (CheckItem.RETENTION, _retention(facts)),
            (CheckItem.PREVIEW, _preview(facts)),
        )
    )


def blocking(checks: Sequence[OpeningCheck]) -> tuple[OpeningCheck, ...]:
    """The lines that keep a campaign from opening."""
    return tuple(check for check in checks if check.state is CheckState.MEND)


_Finding = tuple[CheckState, str, Mapping[str, object]]


def _done(message: str, **values: object) -> _Finding:
    return CheckState.DONE, message, values


def _look(message: str, **values: object) -> _Finding:
    return CheckState.LOOK, message, values


def _mend(message: str, **values: object) -> _Finding:
    return CheckState.MEND, message, values


def _letter(facts: OpeningFacts) -> _Finding:
    if facts.doubts:
        return _look(
            to_translate("Places in the letter that its reader was unsure of: %(count)d."), count=facts.doubts
        )
    if facts.counts_nobody:
        return _look(
            to_translate("The text counts those who signed first, and there is nobody yet: it says “0”.")
        )
    if not facts.asks:
        return _look(to_translate("The letter has no asks: messages to officials have nothing to name."))
    return _done(to_translate("The letter was read without any doubt. Asks: %(count)d."), count=facts.asks)


def _officials(facts: OpeningFacts) -> _Finding:
    total = len(facts.officials)
    undecided = sum(not official.is_decided for official in facts.officials)
    if not total:
        return _look(
            to_translate("The letter names no official, so people can sign it, and nobody gets a message.")
        )
    if undecided == total:
        return _mend(
            to_translate(
                "No official can be reached. Enter an address for at least one of them, or choose another"
                " way, such as handing messages over."
            )
        )
    if undecided:
        return _look(
            to_translate(
                "Officials without an address: %(count)d of %(total)d. Messages to them are printed, for you"
                " to hand over."
            ),
            count=undecided,
            total=total,
        )
    return _done(to_translate("Every official can be reached: %(total)d."), total=total)


def _salutations(facts: OpeningFacts) -> _Finding:
    plain = sum(not official.has_own_salutation for official in facts.officials)
    if plain:
        return _look(
            to_translate("Officials greeted by their bare name: %(count)d. Offices like to see their title."),
            count=plain,
        )
    return _done(to_translate("Every official is greeted properly."))


def _sender(facts: OpeningFacts) -> _Finding:
    if facts.key_refused:
        return _look(to_translate("The email provider refuses our key, so nothing is sent at the moment."))
    if facts.mail_stays_here and facts.is_public_site:
        return _look(
            to_translate(
                "Email stays on this machine, so nobody who signs can confirm. Ask the people who"
                " look after the server to set up an email provider."
            )
        )
    if facts.mail_stays_here:
        return _done(to_translate("Email stays on this machine, for you to read in the outbox."))
    if facts.failing:
        return _look(
            to_translate("Mailboxes may not trust our email. Look under “Check-up”: %(names)s."),
            names=", ".join(name.upper() for name in facts.failing),
        )
    return _done(to_translate("An email provider is set up."))


_TEST_EMAIL: Mapping[OutboxState | None, _Finding] = {
    None: _look(to_translate("Nobody has sent a test email yet. Send one to yourself.")),
    OutboxState.ACCEPTED: _done(to_translate("The test email was sent. Check that it is in your inbox.")),
    OutboxState.DELIVERED: _done(to_translate("The test email has arrived.")),
    OutboxState.IN_DOUBT: _look(to_translate("Nobody knows whether the test email arrived. Send another.")),
    OutboxState.BOUNCED: _look(to_translate("The test email bounced. The queue says why.")),
    OutboxState.FAILED: _look(to_translate("The test email could not be sent. The queue says why.")),
    OutboxState.CANCELLED: _look(to_translate("The test email was cancelled. Send another.")),
}
_ON_ITS_WAY = _look(to_translate("The test email is still waiting to be sent."))


def _test_email(facts: OpeningFacts) -> _Finding:
    return _TEST_EMAIL.get(facts.test_state, _ON_ITS_WAY)


def _translations(facts: OpeningFacts) -> Iterator[_Finding]:
    """A line for each reason, so that none hides another; one that is shorter may be so on purpose."""
    worth_a_look = (
        (to_translate("Translations that are not published yet: %(languages)s."), facts.unpublished),
        (
            to_translate("The original has changed since these were translated: %(languages)s."),
            facts.outdated,
        ),
        (
            to_translate("Translations with fewer asks or paragraphs than the original: %(languages)s."),
            facts.shorter,
        ),
    )
    for message, languages in worth_a_look:
        if languages:
            yield _look(message, languages=", ".join(languages))
    if not any(languages for _, languages in worth_a_look):
        yield _done(to_translate("Every translation is reviewed and published."))


def _goal(facts: OpeningFacts, now: datetime) -> _Finding:
    if facts.closes_at and facts.closes_at <= now:
        return _look(to_translate("The deadline has passed. Opening the campaign removes it."))
    if facts.goal is None:
        return _look(to_translate("There is no goal. People sign more readily when they see one."))
    return _done(to_translate("Goal: %(goal)s people."), goal=facts.goal)


def _publisher(facts: OpeningFacts) -> Iterator[tuple[CheckItem, _Finding]]:
    yield (
        CheckItem.PUBLISHER,
        _done(to_translate("Readers see who publishes the letter."))
        if facts.has_publisher
        else _mend(to_translate("Nobody stands behind the letter yet. Write down who publishes it.")),
    )
    yield (
        CheckItem.CONTACT,
        _done(to_translate("People can write to you."))
        if facts.has_contact
        else _look(to_translate("There is no address that people can write to with questions.")),
    )
    yield (
        CheckItem.PRIVACY,
        _done(to_translate("There is a privacy notice."))
        if facts.has_privacy_notice
        else _look(to_translate("There is no privacy notice. In many countries the law asks for one.")),
    )


def _retention(facts: OpeningFacts) -> _Finding:
    return _done(
        to_translate("After the campaign closes, it is forgotten who signed. Days until then: %(days)d."),
        days=facts.retention_days,
    )


def _preview(facts: OpeningFacts) -> _Finding:
    if facts.is_preview_current:
        return _done(to_translate("Somebody has looked at the preview, and nothing has changed since."))
    if facts.is_preview_seen:
        return _look(to_translate("Something has changed since somebody last looked at the preview."))
    return _look(to_translate("Nobody has looked at the preview yet."))

"""Quiet campaigns: for signers whose mailbox or phone may be looked at by somebody who would harm them.

Their emails tell nothing. What elsewhere a link does, a code from the mailbox does together with secret words
that were chosen while signing: whoever has one of the two alone gets nowhere, and learns nothing.
"""

from dataclasses import dataclass
from datetime import timedelta

from campaign.domain.campaign import CampaignState
from campaign.domain.normal_form import in_normal_form
from campaign.domain.outbox import QUESTIONS, EmailKind
from campaign.domain.passwords import is_easy, words_of
from campaign.errors import RefusedError

SHORTEST_SECRET = 8
LONGEST_SECRET = 200
_RUN_OF_DIGITS = "01234567890123456789"
# Greylisting and slow networks take hours, so a code that leads to a signature is good for a day.
CODE_GOOD_FOR = timedelta(days=1)
# The page that both lead to: slow networks need time, and a browser's history should soon lead nowhere.
PAGE_OPEN_FOR = timedelta(hours=2)
# Whoever can read the mailbox may guess so often at the words, over all letters.
WORDS_TRIED_A_DAY = 10
# Whoever sends in forms with words of their own and somebody else's address may guess so often at the code:
# one chance in ten thousand a day. To use it up takes twenty forms that were all asked about.
CODES_TRIED_A_DAY = 100


@dataclass(frozen=True, kw_only=True)
class QuietStanding:
    """What decides whether a campaign may become quiet, or stop being so.

    `has_people` is true once anybody has signed, sent a form in, or is being entered from a list.
    """

    is_quiet: bool
    state: CampaignState
    was_open: bool
    has_people: bool


def may_begin(standing: QuietStanding) -> bool:
    """Whether a campaign may become quiet: in any state, for notes are written after it has closed, too."""
    return not standing.is_quiet


def may_end(standing: QuietStanding) -> bool:
    """Whether it may tell again: only while nobody can have been promised otherwise."""
    is_new = standing.state is CampaignState.DRAFT and not standing.was_open and not standing.has_people
    return standing.is_quiet and is_new


def is_written(kind: EmailKind, *, is_quiet: bool, has_words: bool) -> bool:
    """Whether an email of a kind is written to somebody who signed, and has chosen secret words or has not.

    Without words a note that there is something leads nowhere, and would tell all the same that they signed:
    they read it on the page of their signature, by the link they have. The email with a code goes to whoever
    asks for one.
    """
    if not is_quiet:
        return True
    if kind in (EmailKind.CONFIRMATION, EmailKind.ALREADY_SIGNED):
        return True
    return has_words and kind not in QUESTIONS


def folded_secret(text: str) -> str:
    """Secret words as they are compared: in any case, with any space between them."""
    return " ".join(in_normal_form("NFKC", text).casefold().split())


def read_secret(text: str, *, name: str = "", email: str = "") -> str:
    """New secret words; RefusedError for what somebody close to their owner would soon come to."""
    secret = folded_secret(text)
    if not secret:
        raise RefusedError("Choose secret words. You need them to confirm, and to see this signature again.")
    if len(secret) < SHORTEST_SECRET:
        raise RefusedError("Secret words need at least %(least)d characters.", least=SHORTEST_SECRET)
    if len(secret) > LONGEST_SECRET:
        raise RefusedError("Secret words can have at most %(most)d characters.", most=LONGEST_SECRET)
    if secret in _RUN_OF_DIGITS or is_easy(secret, {*words_of(name), *words_of(email)}):
        raise RefusedError(
            "These words are easy to guess. Choose three or four that have nothing to do with you."
        )
    return secret


def tries_used(before: float, since: timedelta, a_day: int) -> float:
    """How much of a day's tries is still used up, some time after it was `before`."""
    return max(0.0, before - since / timedelta(days=1) * a_day)

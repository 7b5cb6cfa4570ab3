"""What mailboxes are asked about, and how it is divided among emails."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaign.domain.signing_form import LINKS_A_MAIL
from campaign.services.outbox.suppression_check import AddressHashes


@dataclass(frozen=True, kw_only=True)
class Question:
    """One form to ask about. `row_id` is what asks for it: the form itself, or a request to ask once more.

    `network` stands for where the form came from. In quiet campaigns a code can be asked for alone, without a
    form to ask about: a visit.
    """

    row_id: int
    form_id: int
    campaign_id: int
    language: str
    email: str
    hashes: AddressHashes
    received_at: datetime
    network: str | None
    is_visit: bool = False


def apart(questions: Sequence[Question], quiet: Collection[int]) -> list[list[Question]]:
    """What may be told, and what may not; of a visit, all that its mailbox waits for in the same breath."""
    told = [question for question in questions if question.campaign_id not in quiet]
    untold = [question for question in questions if question.campaign_id in quiet]
    return [part for part in (told, untold) if part]


def are_quiet(questions: Sequence[Question], quiet: Collection[int]) -> bool:
    """Whether nothing may be told of these, which are apart."""
    return questions[0].campaign_id in quiet


def listed_in_one(questions: Sequence[Question]) -> list[Question]:
    """One for each form, the newest first, and no more than an email may list.

    Each network has its newest form in the email before any has a second: nobody's own form is crowded out
    by those that a stranger sends in after it.
    """
    by_form = {question.form_id: question for question in questions}
    newest_first = sorted(by_form.values(), key=lambda question: -question.form_id)
    seen: Counter[str | None] = Counter()
    places: dict[int, int] = {}
    for question in newest_first:
        places[question.form_id] = seen[question.network]
        seen[question.network] += 1
    in_turn = sorted(newest_first, key=lambda one: (not one.is_visit, places[one.form_id]))
    chosen = in_turn[:LINKS_A_MAIL]
    return sorted(chosen, key=lambda question: -question.form_id)

"""How much of each confirmed message is its writer's own: scored for organizers while it is written out.

Fingerprints of what others wrote are rows of one index, few for one hash: a round of messages takes one look
at no more than MOST_FINGERPRINTS times MOST_SIGNATURES rows a text, however many have signed.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Set
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from campaign.domain.similarity import Words
from campaign.services.signatures import own_words
from campaign.services.signatures.own_words import campaign_hashes, words_key
from campaign.store.prepared import Prepared
from campaign.store.statements import insert_for, inserting
from campaign.store.tables import OwnWordsTally
from campaign.store.tables.core import message_fingerprint, own_words_tally

# Signatures stored for one fingerprint: a phrase stays others' when some of them withdraw.
MOST_SIGNATURES = 4
_COLUMNS = ("campaign_id", "fingerprint", "signature_id")
_WRITERS = select(message_fingerprint.c.fingerprint, message_fingerprint.c.signature_id).where(
    message_fingerprint.c.campaign_id == bindparam("campaign"),
    message_fingerprint.c.fingerprint.in_(bindparam("fingerprints", expanding=True)),
)
_NEW_FINGERPRINT = Prepared(
    lambda dialect: insert_for(dialect, message_fingerprint).on_conflict_do_nothing(), columns=_COLUMNS
)


class Scorer:
    """Scores the messages of one round of one campaign, and remembers what they are made of."""

    def __init__(
        self, session: Session, campaign_id: int, texts: Iterable[str], *, address_key: bytes
    ) -> None:
        self._session = session
        self._campaign_id = campaign_id
        self._campaign = campaign_hashes(session, campaign_id)
        key = words_key(address_key)
        self._words = {text: Words.of(text, key=key) for text in dict.fromkeys(texts)}
        self._writers = self._known_writers()
        self._rows: list[Mapping[str, Any]] = []
        self._tally: Counter[int] = Counter()

    def score(self, signature_id: int, text: str) -> int | None:
        """The score of one message, from 0 to 100; None without any words.

        One earlier writer is enough to make a phrase theirs: only organizers see this score.
        """
        words = self._words[text]
        if not words.letters:
            return None
        others = {print_ for print_ in words.sample if self._writers[print_] - {signature_id}}
        return words.own(campaign=self._campaign, others=others)

    def remember(self, signature_id: int, scores: Mapping[str, int | None], messages: Iterable[str]) -> None:
        """Count the messages of one signature, by text, and let later ones be compared with them."""
        for text in messages:
            score = scores[text]
            self._tally[_tallied(score)] += 1
        for text, score in scores.items():
            if score is not None:
                self._add(signature_id, self._words[text].fresh(self._campaign))

    def recount(self, before: int | None, after: int | None) -> None:
        """Count a message whose words have changed under its new score, and no more under the old."""
        self._tally[_tallied(before)] -= 1
        self._tally[_tallied(after)] += 1

    def store(self) -> None:
        """Write down what was remembered, in one order, so that no two transactions wait for each other."""
        rows = sorted(self._rows, key=lambda row: (row["fingerprint"], row["signature_id"]))
        _NEW_FINGERPRINT.many(self._session.connection(), rows)
        new = inserting(self._session, own_words_tally)
        statement = new.on_conflict_do_update(
            index_elements=[own_words_tally.c.campaign_id, own_words_tally.c.score],
            set_={"messages": own_words_tally.c.messages + new.excluded.messages},
        )
        tally = [
            {"campaign_id": self._campaign_id, "score": score, "messages": number}
            for score, number in sorted(self._tally.items())
            if number
        ]
        if tally:
            self._session.execute(statement, tally)

    def _add(self, signature_id: int, fingerprints: Set[int]) -> None:
        for fingerprint in fingerprints:
            writers = self._writers[fingerprint]
            if signature_id not in writers and len(writers) < MOST_SIGNATURES:
                writers.add(signature_id)
                values = (self._campaign_id, fingerprint, signature_id)
                self._rows.append(dict(zip(_COLUMNS, values, strict=True)))

    def _known_writers(self) -> defaultdict[int, set[int]]:
        """Who has written each fingerprint of the round's texts before."""
        fingerprints = frozenset().union(*(words.sample for words in self._words.values()))
        writers: defaultdict[int, set[int]] = defaultdict(set)
        if fingerprints:
            values = {"campaign": self._campaign_id, "fingerprints": sorted(fingerprints)}
            for fingerprint, signature_id in self._session.execute(_WRITERS, values):
                writers[fingerprint].add(signature_id)
        return writers


def rescore(
    session: Session,
    campaign_id: int,
    signature_id: int,
    texts: Mapping[int, str],
    before: Mapping[int, int | None],
    *,
    address_key: bytes,
) -> dict[int, int | None]:
    """The new scores of the messages in `before`, by id as their old ones, of a signature that wrote `texts`.

    What its other messages say stays known.
    """
    own_words.forget(session.connection(), signature_id)
    scorer = Scorer(session, campaign_id, texts.values(), address_key=address_key)
    scores = {message_id: scorer.score(signature_id, text) for message_id, text in texts.items()}
    scorer.remember(signature_id, {text: scores[message_id] for message_id, text in texts.items()}, ())
    for message_id, score in before.items():
        scorer.recount(score, scores[message_id])
    scorer.store()
    return {message_id: scores[message_id] for message_id in before}


def _tallied(score: int | None) -> int:
    return OwnWordsTally.NO_WORDS if score is None else score

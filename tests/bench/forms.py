"""Forms settled, confirmed and written out by one process on SQLite, with three messages each."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from campaign.domain.outbox import EmailKind
from campaign.runtime import build_runtime
from campaign.services.signatures import confirmation
from campaign.services.signatures.kept_forms import NewForm
from campaign.settings import load_settings
from campaign.store.tables.core import message, outbox_body, outbox_email
from campaign.worker.forms import FormsWorker
from tests import make
from tests.bench.stocked import stock

FEW, MANY = 1_000, 1_000_000
# Each round goes through both installations, so that a disturbance of the machine meets both.
ROUNDS = 8
FORMS = 400
MESSAGES = 3
VOCABULARY = 4_000
WORDS_A_FORM = 20


@dataclass(frozen=True)
class Round:
    """Seconds in which the forms of one round were settled, confirmed and written out."""

    settled: float
    confirmed: float
    written_out: float

    @property
    def by_worker(self) -> float:
        return self.settled + self.written_out


def figures() -> Iterator[tuple[str, float, str]]:
    """Forms a second at a thousand signatures and at a million, and what one costs there against here."""
    with TemporaryDirectory() as folder:
        few, many = (_Site(Path(folder) / str(number), signatures=number) for number in (FEW, MANY))
        few.round(), many.round()
        rounds = [(few.round(), many.round()) for _ in range(ROUNDS)]
        yield from _speeds("forms", [at_few for at_few, _ in rounds])
        yield from _speeds("forms_at_1M", [at_many for _, at_many in rounds])
        for part in ("settled", "confirmed", "written_out", "by_worker"):
            ratios = [getattr(at_many, part) / getattr(at_few, part) for at_few, at_many in rounds]
            yield f"forms.{part}_cost_at_1M_against_1k", median(ratios), "ratio"
        few.close()
        many.close()


def _speeds(name: str, rounds: Sequence[Round]) -> Iterator[tuple[str, float, str]]:
    yield f"{name}.settled", FORMS / median(round_.settled for round_ in rounds), "1/s"
    yield f"{name}.written_out", FORMS / median(round_.written_out for round_ in rounds), "1/s"
    yield f"{name}.settled_and_written_out", FORMS / median(round_.by_worker for round_ in rounds), "1/s"
    yield f"{name}.confirmation", 1000 * median(round_.confirmed for round_ in rounds) / FORMS, "ms"


class _Site:
    """An installation with so many signatures, and a worker that does nothing but forms."""

    def __init__(self, folder: Path, *, signatures: int) -> None:
        stocked = stock(folder, signatures=signatures, now=datetime.now(UTC))
        self._runtime = build_runtime(load_settings(stocked.environment))
        self._page = make.page(self._runtime, stocked.path.rpartition("/")[2])
        self._numbers = count(1)
        self._chance = random.Random(signatures)

    def round(self) -> Round:
        """Take new forms all the way, and see that each has come to its messages."""
        now = datetime.now(UTC)
        make.keep(self._runtime, *(self._form(now) for _ in range(FORMS)))
        settled = _seconds(lambda: self._work(now))
        tokens = self._tokens()
        seen = [make.shown(self._runtime, token, now=now).shown for token in tokens]

        def confirm_all() -> None:
            for token, shown in zip(tokens, seen, strict=True):
                self._confirm(token, shown, now)

        messages = self._messages()
        confirmed = _seconds(confirm_all)
        written_out = _seconds(lambda: self._work(now))
        if self._messages() - messages != FORMS * MESSAGES:
            raise RuntimeError(f"{self._messages() - messages} messages of {FORMS} forms were written")
        return Round(settled, confirmed, written_out)

    def close(self) -> None:
        self._runtime.close()

    def _form(self, now: datetime) -> NewForm:
        number = next(self._numbers)
        words = (f"word{self._chance.randrange(VOCABULARY):04d}" for _ in range(WORDS_A_FORM))
        return make.new_form(
            self._page,
            now=now,
            name=f"Signer {number}",
            email=f"bench{number}@mail.example",
            words=" ".join(words),
            officials=tuple(official.id for official in self._page.officials[:MESSAGES]),
        )

    def _work(self, now: datetime) -> None:
        worker = FormsWorker(self._runtime, lambda: now)
        while worker.step():
            pass

    def _confirm(self, token: str, shown: str, now: datetime) -> None:
        with self._runtime.database.transaction() as session:
            confirmation.confirm(session, token, shown=shown, context=self._runtime.mail_context, now=now)

    def _tokens(self) -> list[str]:
        """Of the links in the emails of this round."""
        with self._runtime.database.reading() as session:
            texts = session.scalars(
                select(outbox_body.c.text)
                .join(outbox_email, outbox_email.c.id == outbox_body.c.email_id)
                .where(outbox_email.c.kind == EmailKind.CONFIRMATION)
                .order_by(outbox_email.c.id.desc())
                .limit(FORMS)
            ).all()
        return [text.split("/confirm/")[1].split()[0] for text in texts]

    def _messages(self) -> int:
        with self._runtime.database.reading() as session:
            return session.execute(select(func.count()).select_from(message)).scalar_one()


def _seconds(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started

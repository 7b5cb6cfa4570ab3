"""When each mailbox may be asked to confirm: what went to it within a day, and what is planned."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.signing_form import WAITING_A_NETWORK, FormState, MailSent, next_mail_at
from campaign.services.outbox.suppression_check import AddressHashes
from campaign.store.tables.core import signing_form


class MailboxPlan:
    """Plans the emails to some mailboxes, known by their canonical hashes; each is known to the next."""

    def __init__(self, session: Session, canonical: Collection[str], *, now: datetime) -> None:
        self._session = session
        self._now = now
        self._planned: dict[str, datetime] = {}
        # The spellings of a mailbox that wait because of a network.
        self._lines: dict[tuple[str, str], set[str]] = defaultdict(set)
        self._mails = self._lately(canonical)

    def mail_at(self, hashes: AddressHashes, admitted_at: datetime, *, is_proven: bool = False) -> datetime:
        """When an address is asked about one more form, which may not be asked about before `admitted_at`."""
        at = self._next(hashes, admitted_at, is_proven=is_proven)
        # What is planned for this very address already lists this form, too.
        planned = self._planned.get(hashes.spelling)
        if planned is not None and planned <= at:
            return max(planned, admitted_at)
        self._mails[hashes.canonical].append(MailSent(at, is_proven))
        self._planned[hashes.spelling] = at
        return at

    def mail_at_in_line(
        self, hashes: AddressHashes, admitted_at: datetime, *, network: str | None, is_proven: bool
    ) -> datetime | None:
        """The same for a form that a network sent in; None where enough spellings wait because of it.

        Else whoever makes up spellings of somebody's mailbox would put off her own email for days.
        """
        at = self._next(hashes, admitted_at, is_proven=is_proven)
        if network is not None and at > self._now and hashes.spelling not in self._planned:
            line = self._lines[hashes.canonical, network]
            if len(line) >= WAITING_A_NETWORK:
                return None
            line.add(hashes.spelling)
        return self.mail_at(hashes, admitted_at, is_proven=is_proven)

    def _next(self, hashes: AddressHashes, admitted_at: datetime, *, is_proven: bool) -> datetime:
        mails = self._mails[hashes.canonical]
        return max(admitted_at, next_mail_at(mails, is_proven=is_proven, now=self._now))

    def _lately(self, canonical: Collection[str]) -> dict[str, list[MailSent]]:
        """The emails that went to these mailboxes within a day, and those planned already."""
        rows = self._session.execute(
            select(
                *(signing_form.c[name] for name in ("address_hash", "spelling_hash", "mail_at", "state")),
                signing_form.c.network,
                signing_form.c.proof.is_not(None).label("is_proven"),
            )
            .distinct()
            .where(
                signing_form.c.address_hash.in_(canonical),
                signing_form.c.mail_at > self._now - timedelta(days=1),
            )
        )
        mails: dict[str, dict[tuple[str, datetime], bool]] = defaultdict(dict)
        for row in rows:
            key = (row.spelling_hash, row.mail_at)
            # One email about several forms is one, and asked for by the most trusted of them.
            mails[row.address_hash][key] = mails[row.address_hash].get(key, False) or row.is_proven
            if row.state is FormState.WAITING and row.mail_at > self._now:
                planned = self._planned.get(row.spelling_hash, row.mail_at)
                self._planned[row.spelling_hash] = min(planned, row.mail_at)
                if row.network is not None:
                    self._lines[row.address_hash, row.network].add(row.spelling_hash)
        return defaultdict(
            list,
            {
                hashed: [MailSent(at, is_proven) for (_, at), is_proven in of_one.items()]
                for hashed, of_one in mails.items()
            },
        )

"""Makes the demonstration: a campaign of invented signers, six weeks old, with something of everything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.signature import SignatureState
from campaign.errors import ConflictError, RefusedError
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns, letters
from campaign.services.demo import invented, surroundings
from campaign.services.demo.plan import DAYS, signers
from campaign.services.demo.rows import Rows, Setting
from campaign.services.officials import directory
from campaign.services.officials.directory import OfficialDetails
from campaign.services.statistics import folding
from campaign.services.transparency import appending
from campaign.store.archive_rows import set_sequence
from campaign.store.tables import Campaign, LetterVersion, SigningForm, Supporter
from campaign.store.tables.base import Base
from campaign.store.tables.encrypted import in_row

SLUG = "demo"
MOST_SIGNERS = 1_000_000
_AT_ONCE = 5_000
# In the order in which rows lead to each other.
_TABLES = (
    *("supporter", "signature", "consent", "message", "outbox_email", "outbox_body", "signing_form"),
    *("invalidation", "removal", "suppression", "reply", "hand_over", "office_answer", "own_words_tally"),
)


@dataclass(frozen=True)
class Made:
    """What there is now."""

    slug: str
    confirmed: int
    messages: int


def make(
    session: Session,
    *,
    number: int,
    seed: int,
    providers: Sequence[str],
    address_key: bytes,
    time_zone: str | None,
    actor: Actor,
    now: datetime,
) -> Made:
    """Bring in the campaign with so many signers; the same `seed` makes the same people.

    RefusedError where email could leave this machine, or where anybody real has signed; ConflictError where
    there is one already.
    """
    refuse_where_real(session, providers=providers)
    if campaigns.exists(session, SLUG):
        raise ConflictError("There is already a campaign named %(slug)s.", slug=SLUG)
    now = now.replace(microsecond=0)
    setting = _set_up(session, seed=seed, address_key=address_key, actor=actor, now=now)
    rows = Rows(setting)
    made = [(rows.add(signer), signer) for signer in signers(number, seed=seed, now=now)]
    surroundings.add(rows, made)
    _store(session, rows, time_zone=time_zone)
    confirmed = sum(signer.state is SignatureState.CONFIRMED for _, signer in made)
    _let_pages_follow(session, setting.campaign_id, confirmed, now=now)
    details = {"campaign": setting.campaign_id, "signatures": number}
    audit_log.record(session, action="campaign.demo", actor=actor, details=details, now=now)
    return Made(SLUG, confirmed, len(rows.tables.get("message", ())))


def refuse_where_real(session: Session, *, providers: Sequence[str]) -> None:
    """RefusedError where email could leave this machine, or where anybody who may be real has signed."""
    if any(provider not in ("", "local") for provider in providers):
        raise RefusedError("Email leaves this installation. Make a demonstration where none can.")
    # The database cannot read addresses. Where somebody real has signed, the first ones tell.
    for emails in (select(Supporter.email), select(SigningForm.email).where(SigningForm.email != "")):
        with session.scalars(emails, execution_options={"yield_per": 1000}) as found:
            if not all((email or "").endswith(".example") for email in found):
                raise RefusedError(
                    "Somebody has signed here. Make a demonstration in an installation of its own."
                )


def _set_up(session: Session, *, seed: int, address_key: bytes, actor: Actor, now: datetime) -> Setting:
    """The open campaign with its officials, as it was six weeks ago."""
    opened_at = now - timedelta(days=DAYS)
    letters.import_letter(session, invented.LETTER, slug=SLUG, publish=True, actor=actor, now=opened_at)
    for name, address in invented.ADDRESSES.items():
        details = OfficialDetails(email=address)
        directory.change_by_name(session, SLUG, name, details, actor=actor, now=opened_at)
    row = campaigns.campaign_row(session, SLUG)
    row.summary = "Families of the Vessen valley ask for the files about their own."
    row.goal, row.closes_at = 30_000, now + timedelta(days=21)
    session.flush()
    version = select(LetterVersion.id).where(LetterVersion.campaign_id == row.id)
    tables = Base.metadata.tables
    first_ids = {
        name: (session.scalar(select(func.max(tables[name].c.id))) or 0) + 1
        for name in _TABLES
        if "id" in tables[name].c
    }
    return Setting(
        campaign_id=row.id,
        letter_version_id=session.execute(version).scalar_one(),
        officials=directory.list_officials(session, row.id),
        title=invented.LETTER.subject or invented.TITLE,
        address_key=address_key,
        seed=seed,
        first_ids=first_ids,
        now=now,
    )


def _store(session: Session, rows: Rows, *, time_zone: str | None) -> None:
    """Write all rows, those that others lead to first, and what is counted of them."""
    campaign_id = rows.setting.campaign_id
    for score, messages in sorted(rows.own_words.items()):
        tally = {"campaign_id": campaign_id, "score": score, "messages": messages}
        rows.tables.setdefault("own_words_tally", []).append(tally)
    connection = session.connection()
    for name in _TABLES:
        table, values = Base.metadata.tables[name], rows.tables.get(name, [])
        for begin in range(0, len(values), _AT_ONCE):
            some = values[begin : begin + _AT_ONCE]
            connection.execute(table.insert(), [in_row(table, row) for row in some])
        if "id" in table.c and connection.dialect.name == "postgresql":
            set_sequence(connection, table)
    folding.count_all(session, rows.acts, time_zone=time_zone)


def _let_pages_follow(session: Session, campaign_id: int, confirmed: int, *, now: datetime) -> None:
    """Let pages show everybody who counts, and the public log have an entry for each."""
    campaign = session.get_one(Campaign, campaign_id)
    campaign.signature_count = campaign.shown_count = confirmed
    campaign.shown_until = now
    session.flush()
    while appending.append(session, campaign_id, now=now):
        pass

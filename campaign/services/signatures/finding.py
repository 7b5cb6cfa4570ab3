"""Supporters found on the desk by words and by filters, a page at a time: at so many rows at most.

One condition leads: an index has its signatures in the order of the page. The others are checked on what it
gives, a bounded number of rows at a time; where none of these fits, the page says how far it has looked.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, exists, func, select, true
from sqlalchemy.orm import Session, aliased

from campaign.domain import local_days
from campaign.domain.actor import Actor
from campaign.domain.name_search import is_found, sought, stems_sought, words_of
from campaign.domain.supporter_filter import EVERYBODY, LARGEST_ROW, SupporterFilter
from campaign.errors import NotFoundError
from campaign.services.audit import audit_log
from campaign.services.signatures.supporters import SupporterShown, supporter_shown
from campaign.services.statistics.counting import COUNTED_UP_TO
from campaign.store.data_cipher import cipher_of
from campaign.store.legible import legible, legible_row
from campaign.store.tables import LetterVersion, Message, SearchTerm, Signature, Supporter
from campaign.store.tables.search_terms import term_of

PAGE = 50
# What one page looks through, where conditions fit few: some tens of milliseconds on either database.
MOST_LOOKED_AT = 5_000
# The same for words that stand apart in a name, each of which is looked for by itself.
MOST_WITH_WORDS = 2_000
# To find the rarest of several conditions, each is counted so far.
_COUNTED_TO_CHOOSE = 2_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class SupportersFound:
    """Some of those who fit; `next` is where to go on, None at the end.

    `is_cut` when the look ended before the page was full. `number` is how many fit, up to one more than
    COUNTED_UP_TO; None where it would have to be counted row by row.
    """

    supporters: tuple[SupporterShown, ...]
    next: str | None
    is_cut: bool = False
    number: int | None = None


NOBODY = SupportersFound((), None, number=0)


@dataclass(frozen=True)
class _Lead:
    """What an index gives: the condition it is looked up by, and the columns of its order.

    `terms` are the spellings of one stem, where it is looked up by words.
    """

    where: tuple[ColumnElement[bool], ...]
    order: tuple[Any, ...]
    terms: tuple[bytes, ...] = ()
    leads: frozenset[str] = frozenset()


def find(
    session: Session,
    campaign_id: int,
    *,
    words: str = "",
    wanted: SupporterFilter = EVERYBODY,
    after: str | None = None,
    limit: int = PAGE,
    actor: Actor,
    now: datetime,
) -> SupportersFound:
    """A page of those whose name or organization has these words and who fit, newest first without words.

    It is entered into the audit log: by which filters and whether by words, and by no word of them. An
    `after` that is no place of such a list is NotFoundError.
    """
    found = _find(session, campaign_id, words, wanted, after, limit)
    details = {
        "campaign": campaign_id,
        "state": wanted.state and wanted.state.value,
        "filters": wanted.names,
        "more": after is not None,
        "shown": len(found.supporters),
    }
    action = "supporter.find" if words else "supporter.list"
    audit_log.record(session, action=action, actor=actor, details=details, now=now)
    return found


def _find(
    session: Session, campaign_id: int, words: str, wanted: SupporterFilter, after: str | None, limit: int
) -> SupportersFound:
    if words:
        text = sought(words)
        if text is None:
            return NOBODY
        each = words_of(text)
        lead, residual = _lead_of_words(session, campaign_id, each)
        residual += [condition for _, condition in _conditions(wanted)]
        return _page_of_words(session, lead, residual, each, after, limit)
    lead = _lead_of_filter(session, campaign_id, wanted)
    residual = [condition for name, condition in _conditions(wanted) if name not in lead.leads]
    page = _page(session, lead, residual, after, limit)
    if residual or after is not None:
        return page
    return replace(page, number=_number(session, lead))


def _lead_of_words(
    session: Session, campaign_id: int, words: tuple[str, ...]
) -> tuple[_Lead, list[ColumnElement[bool]]]:
    """The rarest stem of the words, beside the others."""
    cipher = cipher_of(session.get_bind().dialect)
    terms = [
        tuple(term_of(cipher, campaign_id, stem) for stem in spellings) for spellings in stems_sought(words)
    ]
    leads = {each: _lead_of_terms(campaign_id, each) for each in terms}
    rarest = terms[0]
    if len(terms) > 1:
        rarest = min(terms, key=lambda each: _number(session, leads[each], most=_COUNTED_TO_CHOOSE))
    return leads[rarest], [_has_term(campaign_id, each) for each in terms if each != rarest]


def _lead_of_terms(campaign_id: int, terms: tuple[bytes, ...]) -> _Lead:
    where = (SearchTerm.campaign_id == campaign_id, SearchTerm.term.in_(terms))
    return _Lead(where, (SearchTerm.term, SearchTerm.signature_id), terms=terms)


def _has_term(campaign_id: int, terms: tuple[bytes, ...]) -> ColumnElement[bool]:
    return exists().where(
        SearchTerm.signature_id == Signature.id,
        SearchTerm.campaign_id == campaign_id,
        SearchTerm.term.in_(terms),
    )


def _lead_of_filter(session: Session, campaign_id: int, wanted: SupporterFilter) -> _Lead:
    """The rarest condition that an index has in order; without one, all by their ids."""
    of_campaign = Signature.campaign_id == campaign_id
    conditions = dict(_conditions(wanted))
    leads = [
        _Lead((of_campaign, conditions[name]), (Signature.id,), leads=frozenset({name}))
        for name in ("state", "language", "country", "source")
        if name in conditions
    ]
    days = [conditions[name] for name in ("since", "until") if name in conditions]
    if days:
        where = (of_campaign, Signature.confirmed_at.is_not(None), *days)
        by_day = (Signature.confirmed_at, Signature.number)
        leads.append(_Lead(where, by_day, leads=frozenset({"since", "until"})))
    if len(leads) > 1:
        return min(leads, key=lambda lead: _number(session, lead, most=_COUNTED_TO_CHOOSE))
    return leads[0] if leads else _Lead((of_campaign,), (Signature.id,))


def _conditions(wanted: SupporterFilter) -> Iterator[tuple[str, ColumnElement[bool]]]:
    """Each condition of a filter by its name."""
    for name in ("state", "language", "country", "source", "updates", "visibility"):
        value = getattr(wanted, name)
        if value is not None:
            yield name, getattr(Signature, name) == value
    if wanted.since:
        yield "since", Signature.confirmed_at >= local_days.begins(wanted.since, wanted.time_zone)
    if wanted.until:
        yield "until", Signature.confirmed_at < local_days.ends(wanted.until, wanted.time_zone)
    if wanted.version is not None:
        signed = LetterVersion.id == Signature.letter_version_id
        yield "version", exists().where(signed, LetterVersion.wording == wanted.version)
    theirs = Message.signature_id == Signature.id
    if wanted.official_id is not None:
        yield "official", exists().where(theirs, Message.official_id == wanted.official_id)
    if wanted.has_words is not None:
        # The score outlives the words.
        written = exists().where(theirs, (Message.words != "") | Message.own_words.is_not(None))
        yield "words", written if wanted.has_words else ~written


def _page_of_words(
    session: Session,
    lead: _Lead,
    residual: Sequence[ColumnElement[bool]],
    words: tuple[str, ...],
    after: str | None,
    limit: int,
) -> SupportersFound:
    """Of those whose words begin alike, those that are meant: the database cannot read names."""
    looked = _places(lead, after, MOST_WITH_WORDS).subquery()
    places = tuple(looked.c)[1:]
    rows = session.execute(
        select(Signature.id, legible(Signature.name), legible(Signature.organization), *places)
        .join(looked, looked.c.id == Signature.id)
        .where(_is_first_place(lead, looked), *residual)
        .order_by(*places)
    ).all()
    meant = [row for row in rows if is_found(words, row.name, row.organization)]
    shown = _by_ids(session, [row.id for row in meant[:limit]])
    end = session.execute(_places(lead, after, 1, skip=MOST_WITH_WORDS - 1)).first()
    number = len(meant) if after is None and end is None else None
    if len(meant) > limit:
        return SupportersFound(shown, _written(meant[limit - 1][3:]), number=number)
    return SupportersFound(shown, _written(end[1:]) if end else None, end is not None, number)


def _is_first_place(lead: _Lead, looked: Subquery) -> ColumnElement[bool]:
    """Whoever has two spellings of a stem stands at the first of them alone, on whichever page that is."""
    if len(lead.terms) == 1:
        return true()
    earlier = aliased(SearchTerm)
    return ~exists().where(
        earlier.signature_id == looked.c.id,
        earlier.term.in_(lead.terms),
        earlier.term < looked.c.place_0,
    )


def _by_ids(session: Session, ids: Sequence[int]) -> tuple[SupporterShown, ...]:
    """These signatures, in this order."""
    rows = session.execute(
        select(legible_row(Signature), legible(Supporter.email))
        .join(Supporter, Supporter.id == Signature.supporter_id)
        .where(Signature.id.in_(ids))
    )
    by_id = {signature.id: supporter_shown(signature, email) for signature, email in rows}
    return tuple(by_id[id_] for id_ in ids if id_ in by_id)


def _page(
    session: Session,
    lead: _Lead,
    residual: Sequence[ColumnElement[bool]],
    after: str | None,
    limit: int,
) -> SupportersFound:
    most = MOST_LOOKED_AT if residual else limit + 1
    looked = _places(lead, after, most).subquery()
    places = tuple(looked.c)[1:]
    statement = (
        select(legible_row(Signature), legible(Supporter.email), *places)
        .join(looked, looked.c.id == Signature.id)
        .join(Supporter, Supporter.id == Signature.supporter_id)
        .where(*residual)
        .order_by(*(place.desc() for place in places))
        .limit(limit + 1)
    )
    rows = session.execute(statement).all()
    shown = tuple(supporter_shown(row[0], row[1]) for row in rows[:limit])
    if len(rows) > limit:
        return SupportersFound(shown, _written(rows[limit - 1][2:]))
    end = session.execute(_places(lead, after, 1, skip=most - 1)).first() if residual else None
    return SupportersFound(shown, _written(end[1:]) if end else None, is_cut=end is not None)


def _places(lead: _Lead, after: str | None, most: int, *, skip: int = 0) -> Select[Any]:
    """The ids that the lead gives, with each one's place in its order, from the one after a place on."""
    id_column = SearchTerm.signature_id if lead.terms else Signature.id
    columns = [column.label(f"place_{at}") for at, column in enumerate(lead.order)]
    order = [column if lead.terms else column.desc() for column in lead.order]
    statement = select(id_column.label("id"), *columns).where(*lead.where).order_by(*order)
    if after is not None:
        statement = statement.where(*_beyond(lead, after))
    return statement.offset(skip).limit(most) if skip else statement.limit(most)


def _beyond(lead: _Lead, after: str) -> tuple[ColumnElement[bool], ...]:
    place = _read(lead, after)
    first, *rest = lead.order
    if not rest:
        return (first < place[0],)
    second = rest[0]
    if lead.terms:
        return (first >= place[0], (first > place[0]) | (second > place[1]))
    return (first <= place[0], (first < place[0]) | (second < place[1]))


def _written(place: Sequence[Any]) -> str:
    """A place in a list as a page carries it."""
    return ".".join(_part(value) for value in place)


def _part(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return str((value - _EPOCH) // timedelta(microseconds=1))
    return str(value)


def _read(lead: _Lead, after: str) -> tuple[Any, ...]:
    """The place that `_written` wrote; NotFoundError for what is none of this order."""
    parts = after.split(".")
    try:
        if len(parts) != len(lead.order):
            raise ValueError(after)
        if lead.terms:
            return bytes.fromhex(parts[0]), _row(parts[1])
        if len(parts) == 1:
            return (_row(parts[0]),)
        return _EPOCH + timedelta(microseconds=_digits(parts[0])), _row(parts[1])
    except (ValueError, OverflowError):
        raise NotFoundError("There is no such page of this list.") from None


def _row(text: str) -> int:
    number = _digits(text)
    if number > LARGEST_ROW:
        raise ValueError(text)
    return number


def _digits(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise ValueError(text)
    return int(text)


def _number(session: Session, lead: _Lead, *, most: int = COUNTED_UP_TO) -> int:
    """How many a lead gives, up to one more than `most`; who is found by two terms counts once."""
    rows = _places(lead, None, most + 1).subquery()
    counts = select(func.count(), func.count(rows.c.id.distinct())).select_from(rows)
    terms, signatures = session.execute(counts).one()
    return terms if terms > most else signatures

"""Alerts: organizers are told by mail when the queue needs them, calmly, and once more when it is over."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    bindparam,
    delete,
    func,
    null,
    select,
    update,
)
from sqlalchemy.orm import Session

from campaign.domain.actor import Actor
from campaign.domain.alerts import (
    FOR_ALL_ORGANIZERS,
    FOR_OWNERS,
    AlertChange,
    AlertKind,
    AlertStage,
    Condition,
    OpenAlert,
    alert_changes,
    is_notified,
)
from campaign.domain.outbox import EmailKind, OutboxState
from campaign.domain.roles import Permission, Rights
from campaign.domain.signature import SignatureState
from campaign.i18n import SOURCE_LANGUAGE, moment
from campaign.mail.render import Rendered, Renderer
from campaign.services.accounts import rights as stored_rights
from campaign.services.audit import audit_log
from campaign.services.installation import jobs
from campaign.services.monitoring.health import HealthReport, check
from campaign.services.outbox import digest_members, enqueue
from campaign.services.outbox.rate_limits import Limits
from campaign.services.statistics import counting
from campaign.services.statistics.counting import COUNTED_UP_TO
from campaign.store.statements import inserting
from campaign.store.tables import Campaign, Invalidation, Official, Organizer
from campaign.store.tables.core import alert, domain_tally, outbox_email

JOB = "alerts"
EVERY = timedelta(seconds=10)

log = logging.getLogger(__name__)

# What changed, and whether a reader may be told of what.
_Told = tuple[AlertChange, bool]


@dataclass(frozen=True)
class AlertContext:
    """What writing an alert takes: templates, the platform's address, its rates, and its providers' names."""

    renderer: Renderer
    public_url: str
    limits: Limits
    providers: tuple[str, ...]


@dataclass(frozen=True)
class AlertItem:
    """One condition as a mail tells it; `name` is an official's, a provider's or a mail domain.

    The last is empty for whoever may not see who signed.
    `campaign` and `url` say of which campaign, by its title, and where to look at it, for what is about one.
    """

    kind: AlertKind
    name: str
    count: int
    since: str
    until: str
    campaign: str | None = None
    url: str = ""


@dataclass(frozen=True)
class AlertShown:
    """One thing that is wrong, for a page; `campaign` is the slug of the one it is about."""

    kind: AlertKind
    subject: str
    name: str
    campaign: str | None
    title: str | None
    began_at: datetime | None


def check_and_notify(session: Session, context: AlertContext, *, now: datetime) -> None:
    """Check the health of the mail and tell organizers what changed; one worker does it, every `EVERY`."""
    if not (jobs.is_due(session, JOB, now=now) and jobs.claim(session, JOB, every=EVERY, now=now)):
        return
    report = check(session, limits=context.limits, providers=context.providers, now=now)
    alerts = open_alerts(session)
    _record_seen(session, report.conditions, alerts, now=now)
    notified = []
    for item in alert_changes(report.conditions, alerts, now=now):
        _store(session, item, now=now)
        if is_notified(item):
            notified.append(item)
            level = logging.INFO if item.stage is AlertStage.OVER else logging.ERROR
            subject = " ".join(filter(None, (item.condition.kind, item.condition.subject)))
            log.log(level, "alert %s %s", subject, item.stage)
    _notify(session, context, [item for item in notified if item.stage is not AlertStage.OVER], now=now)
    _notify(session, context, [item for item in notified if item.stage is AlertStage.OVER], now=now)


def open_alerts(session: Session) -> tuple[OpenAlert, ...]:
    """The conditions that were noticed and are not over."""
    rows = session.execute(select(alert).where(alert.c.over_at.is_(None)).order_by(alert.c.id))
    return tuple(
        OpenAlert(Condition(row.kind, row.subject), row.began_at, row.seen_at, row.told_at) for row in rows
    )


def alerts_shown(session: Session, report: HealthReport, rights: Rights) -> tuple[AlertShown, ...]:
    """A report's conditions with the names of what they concern, and since when where an alert is open.

    Only those that somebody with these `rights` may know of.
    """
    since = {alert.condition: alert.began_at for alert in open_alerts(session)}
    named = [(condition, _named(session, condition)) for condition in report.conditions]
    return tuple(
        AlertShown(
            condition.kind,
            condition.subject,
            about.name if _may_name(condition.kind, about, rights) else "",
            about.slug,
            about.title,
            since.get(condition),
        )
        for condition, about in named
        if _concerns(condition.kind, about, rights, Permission.LOOK)
    )


def set_wanted(session: Session, organizer_id: int, *, wanted: bool, actor: Actor, now: datetime) -> None:
    """Whether an organizer wants these mails."""
    session.execute(update(Organizer).where(Organizer.id == organizer_id).values(gets_alerts=wanted))
    audit_log.record(session, action="organizer.alerts", actor=actor, details={"wanted": wanted}, now=now)


def are_wanted(session: Session, organizer_id: int) -> bool:
    """Whether an organizer gets these mails."""
    return bool(session.scalar(select(Organizer.gets_alerts).where(Organizer.id == organizer_id)))


def _record_seen(
    session: Session, conditions: Sequence[Condition], alerts: Sequence[OpenAlert], *, now: datetime
) -> None:
    still = {(condition.kind, condition.subject) for condition in conditions}
    for open_alert in alerts:
        condition = open_alert.condition
        if (condition.kind, condition.subject) in still:
            session.execute(update(alert).where(_is_open(condition)).values(seen_at=now))


def _store(session: Session, item: AlertChange, *, now: datetime) -> None:
    """Write down what was noticed, told or is over."""
    match item.stage:
        case AlertStage.DROPPED:
            session.execute(delete(alert).where(_is_open(item.condition)))
        case AlertStage.OVER:
            session.execute(update(alert).where(_is_open(item.condition)).values(over_at=item.seen_at))
        case _:
            told_at = None if item.stage is AlertStage.NOTED else now
            values = {"began_at": item.began_at, "seen_at": now, "told_at": told_at}
            row = {"kind": item.condition.kind, "subject": item.condition.subject, **values}
            statement = inserting(session, alert).values(row)
            session.execute(
                statement.on_conflict_do_update(
                    index_elements=["kind", "subject"], index_where=alert.c.over_at.is_(None), set_=values
                )
            )


def _is_open(condition: Condition) -> ColumnElement[bool]:
    return (
        (alert.c.kind == condition.kind) & (alert.c.subject == condition.subject) & alert.c.over_at.is_(None)
    )


def _notify(session: Session, context: AlertContext, items: Sequence[AlertChange], *, now: datetime) -> None:
    """One mail to each organizer who wants to know, in their language, with what of it they can act on."""
    if not items:
        return
    readers = session.execute(
        select(Organizer.id, Organizer.email, Organizer.language)
        .where(Organizer.disabled_at.is_(None), Organizer.gets_alerts)
        .order_by(Organizer.id)
    ).all()
    rights = stored_rights.of_organizers(session, [reader.id for reader in readers])
    about = [(item, _named(session, item.condition)) for item in items]
    written: dict[tuple[str, tuple[_Told, ...]], Rendered] = {}
    mails = []
    for reader in readers:
        language = reader.language or SOURCE_LANGUAGE
        theirs = tuple(
            (item, _may_name(item.condition.kind, named, rights[reader.id]))
            for item, named in about
            if _concerns(item.condition.kind, named, rights[reader.id], Permission.CHANGE)
        )
        if theirs:
            key = (language, theirs)
            written[key] = written.get(key) or _written(session, context, theirs, language)
            mails.append(_mail(reader.email, language, written[key], now=now))
    enqueue.enqueue(session, mails, now=now)


def _concerns(kind: AlertKind, about: "_Named", rights: Rights, permission: Permission) -> bool:
    """Whether somebody may be told: of a campaign who may in it, of the whole who may everywhere."""
    if kind in FOR_OWNERS:
        return rights.may(Permission.ORGANIZERS)
    if about.campaign_id is None and kind in FOR_ALL_ORGANIZERS:
        return rights.may_somewhere(permission)
    return rights.may(permission, about.campaign_id)


def _may_name(kind: AlertKind, about: "_Named", rights: Rights) -> bool:
    """Whether somebody may be told of what: a mail domain may be one person's own."""
    return kind is not AlertKind.RUSH or rights.may(Permission.PEOPLE, about.campaign_id)


def _written(session: Session, context: AlertContext, items: Sequence[_Told], language: str) -> Rendered:
    items_shown = [_item(session, context, item, language, is_named=is_named) for item, is_named in items]
    is_over = items[0][0].stage is AlertStage.OVER
    return context.renderer.render(
        EmailKind.ALERT,
        language=language,
        wrong=[] if is_over else items_shown,
        over=items_shown if is_over else [],
        queue_url=f"{context.public_url}/organizer/queue",
        account_url=f"{context.public_url}/organizer/account",
    )


def _mail(address: str, language: str, written: Rendered, *, now: datetime) -> enqueue.NewEmail:
    return enqueue.NewEmail(
        kind=EmailKind.ALERT,
        state=OutboxState.QUEUED,
        due_at=now,
        to_address=address,
        language=language,
        subject=written.subject,
        text=written.text,
        html=written.html,
    )


def _item(
    session: Session, context: AlertContext, item: AlertChange, language: str, *, is_named: bool
) -> AlertItem:
    kind = item.condition.kind
    about = _named(session, item.condition)
    of_campaign = f"{context.public_url}/organizer/campaigns/{about.slug}"
    look = f"{of_campaign}/invalidations"
    urls = {
        AlertKind.RUSH: f"{look}?{urlencode({'domain': about.name})}" if is_named else of_campaign,
        AlertKind.HELD: f"{of_campaign}#held",
        AlertKind.SUSPECTED: f"{of_campaign}/supporters?state={SignatureState.SUSPECTED}",
        AlertKind.INVALIDATED: look,
        AlertKind.CODES_TRIED: f"{context.public_url}/organizer/people/{item.condition.subject}",
        AlertKind.NOT_OPENED: f"{of_campaign}/opening",
    }
    return AlertItem(
        kind,
        about.name if is_named else "",
        _counted(session, item.condition),
        moment(item.began_at, language),
        moment(item.seen_at, language),
        about.title,
        urls.get(kind, ""),
    )


def _counted(session: Session, condition: Condition) -> int:
    """How many emails, signatures or forms a condition is about, where it is about any."""
    if condition.kind is AlertKind.RUSH:
        tally = select(domain_tally.c.recent).where(domain_tally.c.id == int(condition.subject))
        return round(session.scalar(tally) or 0)
    if condition.kind is AlertKind.HELD:
        return counting.held_forms(session, int(condition.subject))
    if condition.kind is AlertKind.SUSPECTED:
        return counting.count_in_state(session, int(condition.subject), SignatureState.SUSPECTED)
    return _doubts(session) if condition.kind is AlertKind.DOUBT else 0


def _named(session: Session, condition: Condition) -> "_Named":
    """The name of what a condition concerns, and the campaign that it is about."""
    if condition.kind not in _NAMES:
        return _Named(condition.subject)
    row = session.execute(_NAMES[condition.kind], {"subject": int(condition.subject)}).first()
    if row is None:
        return _Named(condition.subject)
    return _Named(row.name or condition.subject, row.slug, row.title, row.id)


@dataclass(frozen=True)
class _Named:
    """What a condition concerns, by its name, and the campaign that it is about."""

    name: str
    slug: str | None = None
    title: str | None = None
    campaign_id: int | None = None


_SUBJECT: BindParameter[int] = bindparam("subject", type_=Integer)
_OF_CAMPAIGN = select(null().label("name"), Campaign.slug, Campaign.title, Campaign.id).where(
    Campaign.id == _SUBJECT
)
_NAMES: Mapping[AlertKind, Select[*tuple[Any, ...]]] = {
    AlertKind.OFFICIAL_PAUSED: select(Official.name, Campaign.slug, Campaign.title, Campaign.id)
    .join(Campaign, Campaign.id == Official.campaign_id)
    .where(Official.id == _SUBJECT),
    AlertKind.RUSH: select(domain_tally.c.domain.label("name"), Campaign.slug, Campaign.title, Campaign.id)
    .join(Campaign, Campaign.id == domain_tally.c.campaign_id)
    .where(domain_tally.c.id == _SUBJECT),
    AlertKind.INVALIDATED: select(null().label("name"), Campaign.slug, Campaign.title, Campaign.id)
    .join(Invalidation, Invalidation.campaign_id == Campaign.id)
    .where(Invalidation.id == _SUBJECT),
    AlertKind.CODES_TRIED: select(
        Organizer.email.label("name"), *(null().label(name) for name in ("slug", "title", "id"))
    ).where(Organizer.id == _SUBJECT),
    AlertKind.HELD: _OF_CAMPAIGN,
    AlertKind.SUSPECTED: _OF_CAMPAIGN,
    AlertKind.NOT_OPENED: _OF_CAMPAIGN,
}


def _doubts(session: Session) -> int:
    """How many emails are in doubt, counted no further than pages count."""
    in_doubt = (outbox_email.c.state == OutboxState.IN_DOUBT) & ~digest_members.is_digested()
    in_doubt_ids = select(outbox_email.c.id).where(in_doubt).limit(COUNTED_UP_TO).subquery()
    return session.scalar(select(func.count()).select_from(in_doubt_ids)) or 0

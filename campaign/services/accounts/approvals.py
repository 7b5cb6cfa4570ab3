"""What waits for a second person, as far as one organizer could be that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, null, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from campaign.domain.approval import TO_APPROVE, Approvable
from campaign.domain.quotes import QuoteState
from campaign.domain.roles import Rights
from campaign.domain.signature import SignatureState
from campaign.domain.spot_check import SpotCheckState
from campaign.domain.updates import UpdateState
from campaign.store.tables import Campaign, CampaignUpdate, Quote, Signature, SpotCheck


@dataclass(frozen=True)
class ApprovalWaiting:
    """Something that waits in a campaign, named by its slug and title; only an update has an `update_id`."""

    kind: ClassVar[str] = "approval"
    what: Approvable
    update_id: int | None
    campaign: str
    title: str
    began_at: datetime | None


def waiting_for(session: Session, organizer_id: int, rights: Rights) -> tuple[ApprovalWaiting, ...]:
    """What an organizer with these rights may approve and did not begin; the quotes of a campaign are one."""
    return tuple(_waiting(session, organizer_id, rights))


def _waiting(session: Session, organizer_id: int, rights: Rights) -> Iterator[ApprovalWaiting]:
    for what, statement in _WAITING.items():
        if not all(rights.may_somewhere(one) for one in TO_APPROVE[what]):
            continue
        for row in session.execute(statement, {"organizer_id": organizer_id}):
            if all(rights.may(one, row.campaign_id) for one in TO_APPROVE[what]):
                yield ApprovalWaiting(what, row.update_id, row.slug, row.title, row.began_at)


def _statements() -> Mapping[Approvable, Select[*tuple[Any, ...]]]:
    """Few rows each: people write updates, propose spot checks and pick out quotes one by one."""

    def is_not_mine(column: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
        return column.is_distinct_from(bindparam("organizer_id", type_=Integer))

    named = (Campaign.id.label("campaign_id"), Campaign.slug, Campaign.title)
    return {
        Approvable.UPDATE: select(
            *named, CampaignUpdate.id.label("update_id"), CampaignUpdate.asked_at.label("began_at")
        )
        .join(Campaign, Campaign.id == CampaignUpdate.campaign_id)
        .where(
            CampaignUpdate.state == UpdateState.ASKED,
            is_not_mine(CampaignUpdate.written_by),
            is_not_mine(CampaignUpdate.asked_by),
        )
        .order_by(CampaignUpdate.id),
        Approvable.QUOTE: select(
            *named, null().label("update_id"), func.min(Quote.asked_at).label("began_at")
        )
        .join(Campaign, Campaign.id == Quote.campaign_id)
        .join(Signature, Signature.id == Quote.signature_id)
        .where(
            Quote.state == QuoteState.PROPOSED,
            Quote.message_id.is_not(None),
            Signature.state == SignatureState.CONFIRMED,
            is_not_mine(Quote.asked_by),
        )
        .group_by(*named)
        .order_by(Campaign.id),
        Approvable.SPOT_CHECK: select(
            *named, null().label("update_id"), SpotCheck.committed_at.label("began_at")
        )
        .join(Campaign, Campaign.id == SpotCheck.campaign_id)
        .where(SpotCheck.state == SpotCheckState.PROPOSED, is_not_mine(SpotCheck.proposed_by))
        .order_by(SpotCheck.id),
    }


_WAITING = _statements()

"""What surrounds the signers: forms nobody confirmed, removals, silenced addresses, what offices said."""

import random
from collections.abc import Iterable, Sequence
from datetime import timedelta

from campaign.domain.addresses import masked_address, spelling_hash
from campaign.domain.daily_figures import Figure
from campaign.domain.events import SuppressionSource
from campaign.domain.moderation import InvalidationRule, InvalidationState
from campaign.domain.office_answers import Stance
from campaign.domain.replies import ReplyState
from campaign.domain.signature import IS_REMOVED, SignatureState
from campaign.domain.signing import SignatureForm
from campaign.domain.signing_form import FormState
from campaign.domain.suppressions import SuppressionReason
from campaign.services.demo import invented
from campaign.services.demo.plan import Signer, unconfirmed
from campaign.services.demo.rows import Rows, Setting
from campaign.services.signatures import kept_forms
from campaign.services.statistics.recording import Act

# One in so many signers has an address that is not written to.
_SUPPRESSED = 400
_WHY_SUPPRESSED = (
    (SuppressionReason.BOUNCED, SuppressionSource.SMTP),
    (SuppressionReason.UNSUBSCRIBED, SuppressionSource.ONE_CLICK),
    (SuppressionReason.COMPLAINED, SuppressionSource.SMTP),
    (SuppressionReason.ORGANIZER, SuppressionSource.DESK),
)
Made = Sequence[tuple[int, Signer]]


def add(rows: Rows, made: Made) -> None:
    """Something of everything that organizers come to decide about or look up."""
    _add_open_forms(rows, len(made))
    _add_removals(rows, made)
    _add_suppressions(rows, (signer for place, (_, signer) in enumerate(made) if not place % _SUPPRESSED))
    _add_replies(rows)
    _add_entries(rows)


def _add_open_forms(rows: Rows, number: int) -> None:
    """Forms that nobody has confirmed: the old ones have ended, some of the newest are held."""
    setting = rows.setting
    waiting = unconfirmed(number // 9, seed=setting.seed, now=setting.now)
    held = min(120, number // 50)
    for place, (email, language, moment) in enumerate(waiting):
        age = setting.now - moment
        state = FormState.ENDED if age > timedelta(days=14) else FormState.MAILED
        if state is FormState.MAILED and age < timedelta(days=3) and held:
            state, held = FormState.HELD, held - 1
        is_open = state is not FormState.ENDED
        rows.put(
            "signing_form",
            campaign_id=setting.campaign_id,
            state=state,
            received_at=moment,
            language=language,
            email=email if is_open else "",
            content=_content(setting, place) if is_open else None,
            network="d1" * 16 if state is FormState.HELD else None,
            address_hash=spelling_hash(setting.address_key, email),
            spelling_hash=spelling_hash(setting.address_key, email),
            mail_at=None if state is FormState.HELD else moment,
        )
        happened = [Figure.STARTED] if state is FormState.HELD else [Figure.STARTED, Figure.ASKED]
        for what in happened:
            act = Act(what=what, at=moment, campaign_id=setting.campaign_id, language=language)
            rows.acts.append(act)


def _content(setting: Setting, place: int) -> str:
    form = SignatureForm(name=f"Visitor {place + 1}", email="", language="en")
    return kept_forms.encode(form, letter_version_id=setting.letter_version_id)


def _add_removals(rows: Rows, made: Made) -> None:
    """Why each removed signature is, and the run that removed the forged ones."""
    setting = rows.setting
    forged = [signer for _, signer in made if signer.state is SignatureState.INVALIDATED]
    run = None
    if forged:
        at = min(signer.left_at or setting.now for signer in forged)
        run = rows.put(
            "invalidation",
            campaign_id=setting.campaign_id,
            rule=InvalidationRule(domain=invented.FORGED_MAILBOX).as_json(),
            reason="made up by a program on one evening",
            organizer_id=None,
            state=InvalidationState.DONE,
            begun_at=at,
            expected=len(forged),
            invalidated=len(forged),
            done_at=at + timedelta(minutes=1),
        )
    rows.tables["removal"] = [
        {
            "signature_id": signature_id,
            "state_before": SignatureState.CONFIRMED,
            "reason": "" if signer.state is SignatureState.INVALIDATED else "signed twice with two addresses",
            "organizer_id": None,
            "removed_at": signer.left_at,
            "invalidation_id": run if signer.state is SignatureState.INVALIDATED else None,
        }
        for signature_id, signer in made
        if signer.state in IS_REMOVED
    ]


def _add_suppressions(rows: Rows, silenced: Iterable[Signer]) -> None:
    for place, signer in enumerate(silenced):
        reason, source = _WHY_SUPPRESSED[place % len(_WHY_SUPPRESSED)]
        rows.put(
            "suppression",
            address_hash=spelling_hash(rows.setting.address_key, signer.email),
            reason=reason,
            source=source,
            masked=masked_address(signer.email),
            note=None,
            first_at=signer.confirmed_at,
            last_at=signer.confirmed_at,
        )


def _add_replies(rows: Rows) -> None:
    setting = rows.setting
    chance = random.Random(setting.seed + 3)  # noqa: S311 - invents, guards nothing
    by_name = {official.name: official for official in setting.officials}
    messages = rows.tables.get("message", [])
    for place, (name, subject, words, is_automatic) in enumerate(invented.REPLIES):
        official = by_name[name]
        theirs = [message["id"] for message in messages if message["official_id"] == official.id]
        rows.put(
            "reply",
            mail_hash=chance.randbytes(32).hex(),
            campaign_id=setting.campaign_id,
            official_id=official.id,
            message_id=chance.choice(theirs) if theirs else None,
            received_at=setting.now - timedelta(days=3 * (len(invented.REPLIES) - place), hours=place),
            sender_name=name,
            sender_address=official.email or "",
            subject=subject,
            written=words,
            quoted="",
            attachments=[],
            is_automatic=is_automatic,
            state=ReplyState.PUBLISHED if place == 2 else ReplyState.NEW,
            summary="The committee will hear the matter in spring." if place == 2 else None,
        )


def _add_entries(rows: Rows) -> None:
    """What organizers have entered about offices."""
    setting = rows.setting
    first, second = setting.officials[:2]
    today = setting.now.date()
    entered = {"entered_at": setting.now - timedelta(days=6), "is_public": True}
    rows.put(
        "hand_over",
        official_id=first.id,
        handed_on=today - timedelta(days=12),
        what="The letter with 20,000 names, in two boxes",
        holder=first.name,
        **entered,
    )
    rows.put(
        "office_answer",
        official_id=second.id,
        stance=Stance.POSITION,
        answered_on=today - timedelta(days=7),
        note="The committee will hear the matter in its spring session.",
        holder=second.name,
        **entered,
    )

"""What an office answered and what it was handed, entered by organizers; public only when they say so."""

from flask import Response
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.roles import Permission
from campaign.services.campaigns import campaigns
from campaign.services.officials import answers
from campaign.services.officials.answers import EntryKind
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.officials.forms import EntryForm, HandOverForm, OfficeAnswerForm
from campaign.web.organizer.officials.views import official_page, to_official


@blueprint.post("/campaigns/<slug>/officials/<id:official_id>/answers")
@needs(Permission.CHANGE)
def enter_answer(slug: str, official_id: int) -> AnyResponse | tuple[str, int]:
    """Enter what an office answered."""
    form = OfficeAnswerForm(key="answer")

    def enter(session: Session) -> None:
        campaign = campaigns.by_slug(session, slug)
        answers.enter_answer(session, campaign.id, official_id, form.details(), actor=actor(), now=now())

    if not form.carry_out(enter, field="ask"):
        return official_page(slug, official_id, answer_form=form), form.status
    return to_official(slug, official_id, "saved")


@blueprint.post("/campaigns/<slug>/officials/<id:official_id>/hand-overs")
@needs(Permission.CHANGE)
def enter_hand_over(slug: str, official_id: int) -> AnyResponse | tuple[str, int]:
    """Enter what an office was handed."""
    form = HandOverForm(key="handed")

    def enter(session: Session) -> None:
        campaign = campaigns.by_slug(session, slug)
        answers.enter_hand_over(session, campaign.id, official_id, form.details(), actor=actor(), now=now())

    if not form.carry_out(enter):
        return official_page(slug, official_id, hand_over_form=form), form.status
    return to_official(slug, official_id, "saved")


@blueprint.get("/campaigns/<slug>/officials/<id:official_id>/hand-overs/<id:entry_id>/picture")
@needs(Permission.LOOK)
def hand_over_photo(slug: str, official_id: int, entry_id: int) -> Response:
    """The photo or receipt of a hand-over, public or not."""
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        jpeg = answers.picture(session, campaign.id, official_id, entry_id)
    return Response(jpeg, content_type="image/jpeg")


@blueprint.post("/campaigns/<slug>/officials/<id:official_id>/entries/<id:entry_id>")
@needs(Permission.CHANGE)
def decide_entry(slug: str, official_id: int, entry_id: int) -> AnyResponse:
    """Put an answer or a hand-over on the letter's page, take it off, or delete it."""
    form = EntryForm()
    form.require()
    kind, decision = EntryKind(form.text("kind")), form.text("decision")
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        if decision == "remove":
            answers.remove(session, campaign.id, official_id, kind, entry_id, actor=actor(), now=now())
        else:
            answers.set_public(
                session,
                campaign.id,
                official_id,
                kind,
                entry_id,
                public=decision == "publish",
                actor=actor(),
                now=now(),
            )
    return to_official(slug, official_id, "saved")

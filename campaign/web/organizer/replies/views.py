"""What offices answered: counted for everybody, read and published by those who may change things."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.replies import LONGEST_SUMMARY
from campaign.domain.roles import Permission, may
from campaign.errors import CampaignError, ConflictError, RefusedError
from campaign.services.campaigns import campaigns
from campaign.services.counting import COUNTED_UP_TO
from campaign.services.replies import review
from campaign.services.replies.review import ReviewDecision
from campaign.web import errors
from campaign.web.context import now, runtime
from campaign.web.organizer.guard import actor, blueprint, me, needs
from campaign.web.organizer.paging import row_named


@blueprint.get("/campaigns/<slug>/replies")
@needs(Permission.LOOK)
def replies(slug: str) -> str:
    """How many answers each official's office gave; for those who may change things, the list of them."""
    automatic = request.args.get("show") == "automatic"
    before = row_named("before")
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        counts = review.counts(session, campaign.id)
        page = None
        if may(me().role, Permission.CHANGE):
            page = review.page(session, campaign.id, automatic=automatic, before=before)
    return render_template(
        "organizer/replies.html",
        campaign=campaign,
        counts=counts,
        counted_up_to=COUNTED_UP_TO,
        page=page,
        automatic=automatic,
        is_first=before is None,
        reply_domain=runtime().settings.mail.reply_domain,
    )


@blueprint.get("/campaigns/<slug>/replies/<id:reply_id>")
@needs(Permission.CHANGE)
def reply(slug: str, reply_id: int) -> str:
    """One answer in full; the audit log knows who looked."""
    return _page(slug, reply_id)


@blueprint.post("/campaigns/<slug>/replies/<id:reply_id>")
@needs(Permission.CHANGE)
def decide_reply(slug: str, reply_id: int) -> AnyResponse | tuple[str, int]:
    """Publish the organizers' words about it, hide it, or correct what it was taken for."""
    wanted, summary = request.form.get("decision", ""), request.form.get("summary", "")
    if wanted not in list(ReviewDecision):
        raise RefusedError("Choose what to do with this answer.")
    try:
        with runtime().database.transaction() as session:
            campaign = campaigns.by_slug(session, slug)
            review.decide(
                session,
                campaign.id,
                reply_id,
                ReviewDecision(wanted),
                summary=summary,
                desk=runtime().desk,
                actor=actor(),
                now=now(),
            )
    except (RefusedError, ConflictError) as error:
        return _page(slug, reply_id, error=error, typed=summary), int(errors.STATUS[type(error)])
    return redirect(url_for("organizer.reply", slug=slug, reply_id=reply_id, done=f"reply-{wanted}"), 303)


def _page(slug: str, reply_id: int, *, error: CampaignError | None = None, typed: str | None = None) -> str:
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        shown = review.read(session, campaign.id, reply_id, actor=actor(), now=now())
        return render_template(
            "organizer/reply.html",
            campaign=campaign,
            reply=shown,
            summary=typed if typed is not None else shown.summary or "",
            longest_summary=LONGEST_SUMMARY,
            error=error,
        )

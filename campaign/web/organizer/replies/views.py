"""What offices answered: counted for everybody, read and published by those who see people."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.replies import LONGEST_SUMMARY
from campaign.domain.roles import Permission
from campaign.services.campaigns import campaigns
from campaign.services.replies import review
from campaign.services.statistics.counting import COUNTED_UP_TO
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.guard import actor, blueprint, count_look, i_may, needs
from campaign.web.organizer.paging import row_named
from campaign.web.organizer.replies.forms import ReplyForm


@blueprint.get("/campaigns/<slug>/replies")
@needs(Permission.LOOK)
def replies(slug: str) -> str:
    """How many answers each official's office gave; for those who see people, the list of them."""
    automatic = request.args.get("show") == "automatic"
    before = row_named("before")
    page = None
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        counts = review.counts(session, campaign.id)
    if i_may(Permission.PEOPLE):
        count_look()
        with runtime().database.transaction() as session:
            page = review.page(
                session, campaign.id, automatic=automatic, before=before, actor=actor(), now=now()
            )
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
@needs(Permission.PEOPLE)
def reply(slug: str, reply_id: int) -> str:
    """One answer in full; the audit log knows who looked."""
    return _page(slug, reply_id)


@blueprint.post("/campaigns/<slug>/replies/<id:reply_id>")
@needs(Permission.PEOPLE, Permission.CHANGE)
def decide_reply(slug: str, reply_id: int) -> AnyResponse | tuple[str, int]:
    """Publish the organizers' words about it, hide it, or correct what it was taken for."""
    form = ReplyForm()

    def decide(session: Session) -> None:
        campaign = campaigns.by_slug(session, slug)
        review.decide(
            session,
            campaign.id,
            reply_id,
            form.chosen,
            summary=form.text("summary"),
            context=runtime().mail_context,
            actor=actor(),
            now=now(),
        )

    if not form.carry_out(decide):
        return _page(slug, reply_id, form), form.status
    done = f"reply-{form.chosen.value}"
    return redirect(url_for("organizer.reply", slug=slug, reply_id=reply_id, done=done), 303)


def _page(slug: str, reply_id: int, refused: ReplyForm | None = None) -> str:
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        reply = review.read(session, campaign.id, reply_id, actor=actor(), now=now())
        return render_template(
            "organizer/reply.html",
            campaign=campaign,
            reply=reply,
            form=refused or ReplyForm.filled({"summary": reply.summary}),
            longest_summary=LONGEST_SUMMARY,
        )

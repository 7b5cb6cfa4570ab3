"""What people wrote: read, and marked to come back to."""

from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.roles import Permission
from campaign.services.campaigns import campaigns
from campaign.services.signatures import reading
from campaign.web.context import now, runtime
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.paging import row_named
from campaign.web.organizer.supporters.forms import MarkForm


@blueprint.get("/campaigns/<slug>/words")
@needs(Permission.PEOPLE)
def words(slug: str) -> str:
    """A page of messages, newest first, or of those that are marked; the audit log knows who read."""
    only_marked = request.args.get("marked") == "yes"
    before = row_named("before")
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        page = reading.page(
            session, campaign.id, only_marked=only_marked, before=before, actor=actor(), now=now()
        )
    return render_template(
        "organizer/words.html",
        campaign=campaign,
        page=page,
        only_marked=only_marked,
        before=before,
    )


@blueprint.post("/campaigns/<slug>/words/<id:message_id>")
@needs(Permission.PEOPLE, Permission.CHANGE)
def mark_words(slug: str, message_id: int) -> AnyResponse:
    """Mark a message, or take its mark away."""
    form = MarkForm()
    form.require()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        is_marked = form.text("mark") == "yes"
        reading.mark(session, campaign.id, message_id, is_marked=is_marked, actor=actor(), now=now())
    before = row_named("before")
    asked = {"before": str(before) if before else "", "marked": form.text("marked")}
    query = urlencode({name: value for name, value in asked.items() if value})
    return redirect(f"{url_for('organizer.words', slug=slug)}?{query}#message-{message_id}", 303)

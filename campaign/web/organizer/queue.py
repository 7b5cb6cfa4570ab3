"""The queue of emails: what waits, what failed and why, what is in doubt, and what to do about it."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.roles import Permission
from campaign.domain.states import OutboxState
from campaign.errors import RefusedError
from campaign.services import outbox
from campaign.services import queue as emails
from campaign.services.queue import Decision
from campaign.web.context import now, runtime
from campaign.web.organizer.guard import blueprint, me, needs


@blueprint.get("/queue")
@needs(Permission.LOOK)
def queue() -> str:
    """The queue as it is."""
    with runtime().database.reading() as session:
        return render_template(
            "organizer/queue.html",
            status=outbox.status(session),
            states=list(OutboxState),
            light=emails.light(session, now=now()),
            failed=emails.failed(session),
            in_doubt=emails.in_doubt(session),
            paused=emails.paused_campaigns(session),
            now=now(),
        )


@blueprint.post("/queue/<id:email_id>")
@needs(Permission.CHANGE)
def decide(email_id: int) -> AnyResponse:
    """Try again, send again, or treat as sent."""
    wanted = request.form.get("decision", "")
    if wanted not in list(Decision):
        raise RefusedError("Choose what to do with this email.")
    with runtime().database.transaction() as session:
        emails.decide(session, email_id, Decision(wanted), organizer_id=me().organizer_id, now=now())
    return redirect(url_for("organizer.queue", done=wanted), 303)


@blueprint.post("/campaigns/<slug>/sending")
@needs(Permission.CHANGE)
def pause_sending(slug: str) -> AnyResponse:
    """Stop a campaign's messages to officials, or let them go on."""
    paused = request.form.get("paused") == "yes"
    with runtime().database.transaction() as session:
        emails.set_paused(session, slug, paused=paused, organizer_id=me().organizer_id, now=now())
    done = "paused" if paused else "resumed"
    return redirect(url_for("organizer.campaign", slug=slug, done=done), 303)

"""Making a campaign quiet: its emails to supporters tell nothing from then on."""

from flask import redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.roles import Permission
from campaign.services.campaigns import quiet_mode
from campaign.web.context import now, runtime
from campaign.web.organizer.campaigns.forms import QuietForm
from campaign.web.organizer.guard import actor, blueprint, needs


@blueprint.post("/campaigns/<slug>/quiet")
@needs(Permission.CHANGE)
def change_quiet(slug: str) -> AnyResponse:
    """Make it quiet, or a draft no longer so."""
    form = QuietForm()
    form.require()
    done = "saved"
    with runtime().database.transaction() as session:
        if form.is_on:
            has_reply_domain = bool(runtime().settings.mail.reply_domain)
            turned = quiet_mode.turn_on(
                session, slug, has_reply_domain=has_reply_domain, actor=actor(), now=now()
            )
            done = "quiet-leaving" if turned and turned.leaving else done
        else:
            quiet_mode.turn_off(session, slug, actor=actor(), now=now())
    return redirect(url_for("organizer.campaign", slug=slug, done=done), 303)

"""Forms that are held because very many came from one network: asked about after all, or deleted."""

from flask import redirect, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields import HiddenField, StringField
from wtforms.validators import AnyOf

from campaign.domain.moderation import read_moment
from campaign.domain.networks import read_network
from campaign.domain.roles import Permission
from campaign.services.signatures import held_forms
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import ActionForm, Reads, lazy_gettext
from campaign.web.organizer.guard import actor, blueprint, needs

DECISIONS = {"release": held_forms.release, "delete": held_forms.delete_held}
# Batches that one press does, some seconds together; what is left then stands on the page with its buttons.
MOST_BATCHES = 20


class HeldFormsForm(ActionForm):
    """A button for the forms of one network or of all, as many as the page showed."""

    decision = StringField(
        default="", validators=[AnyOf(list(DECISIONS), lazy_gettext("Choose what to do with these forms."))]
    )
    network = HiddenField(default="", validators=[Reads(read_network)])
    until = HiddenField(default="", validators=[Reads(read_moment)])


@blueprint.post("/campaigns/<slug>/held-forms")
@needs(Permission.PEOPLE, Permission.CHANGE)
def decide_held_forms(slug: str) -> AnyResponse:
    """Let the senders of held forms be asked, or delete the forms; what came in since was not meant."""
    form = HeldFormsForm()
    form.require()
    decide = DECISIONS[form.text("decision")]
    network, until = read_network(form.text("network")), read_moment(form.text("until")) or now()
    for _ in range(MOST_BATCHES):
        with runtime().database.transaction() as session:
            number = decide(session, slug, network=network, until=until, actor=actor(), now=now())
        if number < held_forms.BATCH:
            break
    done = "held-released" if form.text("decision") == "release" else "held-deleted"
    return redirect(url_for("organizer.campaign", slug=slug, done=done), 303)

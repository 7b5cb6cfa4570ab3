"""Who publishes here: shown to owners, and changed by them."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.roles import Permission
from campaign.i18n import LANGUAGES
from campaign.services.installation import publisher as publishers
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.site.forms import LARGEST_FORM, NOTICES, SiteForm
from campaign.web.organizer.template_filters import time_zones


@blueprint.get("/site")
@needs(Permission.SITE)
def site() -> str:
    """What pages and emails say of their publisher."""
    return _page()


@blueprint.post("/site")
@needs(Permission.SITE, largest_form=LARGEST_FORM)
def change_site() -> AnyResponse | tuple[str, int]:
    """Store it; what breaks a rule comes back as it was typed."""
    form = SiteForm()

    def change(session: Session) -> None:
        publishers.change(
            session, form.details(), default=runtime().default_publisher, actor=actor(), now=now()
        )

    if not form.carry_out(change):
        return _page(form), form.status
    return redirect(url_for("organizer.site", opening=_opening(), done="saved"), 303)


def _page(refused: SiteForm | None = None) -> str:
    with runtime().database.reading() as session:
        who = publishers.current(session, default=runtime().default_publisher)
        notices = publishers.privacy_notices(session)
    return render_template(
        "organizer/site.html",
        who=who,
        form=refused or SiteForm.stored(who, notices),
        notice_fields=[(LANGUAGES[code], field) for code, field in NOTICES.items()],
        has_notice=bool(notices),
        time_zones=time_zones(),
        opening=_opening(),
    )


def _opening() -> str | None:
    """The campaign whose check-list sent the reader here, so that they find the way back."""
    return request.args.get("opening") or None

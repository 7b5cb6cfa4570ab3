"""Messages to print for officials without an address: only with a fresh password, and in the audit log."""

from flask import render_template

from campaign.domain.roles import Permission
from campaign.services.campaigns import campaigns, pages
from campaign.services.documents import hand_delivery
from campaign.web.context import now, runtime
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.paging import row_named

A_PAGE = 100


@blueprint.get("/campaigns/<slug>/officials/<id:official_id>/messages")
@needs(Permission.PEOPLE, fresh=True)
def print_messages(slug: str, official_id: int) -> str:
    """A page of messages, one on each sheet; first the password, unless it was given a moment ago."""
    after = row_named("after")
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        to_print = hand_delivery.messages_to(
            session,
            pages.page(session, slug, language=campaign.language),
            official_id,
            after=after or 0,
            limit=A_PAGE,
            renderer=runtime().renderer,
            public_url=runtime().settings.web.public_url,
            actor=actor(),
            now=now(),
        )
    return render_template("organizer/print_messages.html", campaign=campaign, to_print=to_print)

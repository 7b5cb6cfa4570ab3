"""What reaches an office together, by email or carried there: seen before, and in the audit log."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.prepared_files import PreparedKind
from campaign.domain.roles import Permission
from campaign.errors import ConflictError
from campaign.services.campaigns import campaigns, pages
from campaign.services.digests import composer, settings
from campaign.services.documents import hand_delivery, pack, prepared_files
from campaign.services.officials import directory
from campaign.services.statistics.counting import COUNTED_UP_TO
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, me, needs
from campaign.web.organizer.paging import row_named
from campaign.web.organizer.supporters.export_forms import EncryptionForm

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


@blueprint.get("/campaigns/<slug>/officials/<id:official_id>/next-digest")
@needs(Permission.PEOPLE)
def next_digest(slug: str, official_id: int) -> str:
    """What the next email with many messages would say."""
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        preview = composer.preview(
            session,
            campaign.id,
            official_id,
            context=runtime().mail_context,
            actor=actor(),
            now=now(),
        )
        return render_template(
            "organizer/next_digest.html",
            campaign=campaign,
            official=directory.by_id(session, campaign.id, official_id),
            next_digests=settings.next_digests(session, campaign, now=now()),
            preview=preview,
            most=composer.MOST_PREVIEWED,
        )


@blueprint.get("/campaigns/<slug>/officials/<id:official_id>/pack")
@needs(Permission.PEOPLE, fresh=True)
def delivery_pack(slug: str, official_id: int) -> str:
    """The packs that were made for this official, and the button for another."""
    return _pack_page(slug, official_id, ActionForm.filled({}))


@blueprint.post("/campaigns/<slug>/officials/<id:official_id>/pack")
@needs(Permission.PEOPLE, fresh=True)
def order_pack(slug: str, official_id: int) -> AnyResponse | tuple[str, int]:
    """Have a pack made; the worker does it."""
    form = ActionForm()
    try:
        with runtime().database.transaction() as session:
            pack.order(session, slug, official_id, organizer_id=me().organizer_id, actor=actor(), now=now())
    except ConflictError as error:
        form.refuse(error)
        return _pack_page(slug, official_id, form), form.status
    here = url_for("organizer.delivery_pack", slug=slug, official_id=official_id, done="file-ordered")
    return redirect(here, 303)


def _pack_page(slug: str, official_id: int, form: ActionForm) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        official = directory.by_id(session, campaign.id, official_id)
        on_paper = hand_delivery.waiting_counts(session, campaign.id).get(official_id, 0)
        files = prepared_files.of_organizer(
            session, campaign.id, me().organizer_id, PreparedKind.PACK, now=now()
        )
    own = [file for file in files if file.request.get("official") == official_id]
    return render_template(
        "organizer/delivery_pack.html",
        campaign=campaign,
        official=official,
        on_paper=on_paper,
        counted_up_to=COUNTED_UP_TO,
        files=[(file, EncryptionForm.filled({}, key=file.id)) for file in own],
        form=form,
    )

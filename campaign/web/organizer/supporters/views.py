"""The list of supporters, with masked addresses; one of them when asked, removed and restored."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.campaign import CampaignShown
from campaign.domain.moderation import LONGEST_REASON
from campaign.domain.roles import Permission
from campaign.domain.signature import SignatureState
from campaign.services.campaigns import campaigns
from campaign.services.feedback import suppressions
from campaign.services.moderation import removal
from campaign.services.signatures import acceptance, own_words
from campaign.services.signatures import supporters as people
from campaign.services.signatures.supporters import SupporterShown
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.paging import row_named
from campaign.web.organizer.supporters.forms import AddressForm, RemovalForm


@blueprint.get("/campaigns/<slug>/supporters")
@needs(Permission.PEOPLE)
def supporters(slug: str) -> str:
    """A page of the list, the last signed first."""
    return _list(slug)


@blueprint.post("/campaigns/<slug>/supporters")
@needs(Permission.PEOPLE, shows_people=True)
def find_supporter(slug: str) -> str | tuple[str, int]:
    """Look for one exact address: sent as a form, so that it stands in no address bar and no log."""
    form = AddressForm()
    if not form.validate():
        return _list(slug, form), form.status
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        supporter = people.by_address(
            session,
            campaign.id,
            form.text("address"),
            key=runtime().address_key,
            actor=actor(),
            now=now(),
        )
    if supporter is None:
        return _list(slug, form, nobody=True)
    return _supporter_page(campaign, supporter)


@blueprint.get("/campaigns/<slug>/supporters/<id:signature_id>")
@needs(Permission.PEOPLE)
def supporter(slug: str, signature_id: int) -> str:
    """One supporter, the address masked."""
    return _supporter_page(*_shown(slug, signature_id))


@blueprint.post("/campaigns/<slug>/supporters/<id:signature_id>/address")
@needs(Permission.PEOPLE, shows_people=True)
def show_address(slug: str, signature_id: int) -> str:
    """One supporter with the whole address; the audit log knows who looked."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        supporter, address = people.unmask(session, campaign.id, signature_id, actor=actor(), now=now())
    return _supporter_page(campaign, supporter, address=address)


@blueprint.post("/campaigns/<slug>/supporters/<id:signature_id>/remove")
@needs(Permission.PEOPLE, Permission.CHANGE)
def remove_signature(slug: str, signature_id: int) -> AnyResponse | tuple[str, int]:
    """Remove one signature, for a reason."""
    form = RemovalForm()

    def remove(session: Session) -> None:
        campaign = campaigns.by_slug(session, slug)
        removal.remove(
            session, campaign.id, signature_id, reason=form.text("reason"), actor=actor(), now=now()
        )

    if not form.carry_out(remove, field="reason"):
        return _supporter_page(*_shown(slug, signature_id), removal_form=form), form.status
    return _to_supporter(slug, signature_id, done="removed")


@blueprint.post("/campaigns/<slug>/supporters/<id:signature_id>/restore")
@needs(Permission.PEOPLE, Permission.CHANGE)
def restore_signature(slug: str, signature_id: int) -> AnyResponse:
    """Put one signature back as it was."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        removal.restore(session, campaign.id, signature_id, actor=actor(), now=now())
    return _to_supporter(slug, signature_id, done="restored")


@blueprint.post("/campaigns/<slug>/supporters/<id:signature_id>/accept")
@needs(Permission.PEOPLE, Permission.CHANGE)
def accept_signature(slug: str, signature_id: int) -> AnyResponse:
    """Let a suspected signature count."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        acceptance.accept(
            session, campaign.id, signature_id, context=runtime().mail_context, actor=actor(), now=now()
        )
    return _to_supporter(slug, signature_id, done="accepted")


def _shown(slug: str, signature_id: int) -> tuple[CampaignShown, SupporterShown]:
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        return campaign, people.by_id(session, campaign.id, signature_id, actor=actor(), now=now())


def _to_supporter(slug: str, signature_id: int, *, done: str) -> AnyResponse:
    return redirect(url_for("organizer.supporter", slug=slug, signature_id=signature_id, done=done), 303)


def _supporter_page(
    campaign: CampaignShown,
    supporter: SupporterShown,
    *,
    address: str | None = None,
    removal_form: RemovalForm | None = None,
) -> str:
    with runtime().database.reading() as session:
        messages = own_words.of_signature(session, supporter.signature_id)
        suppressed = suppressions.of_signature(session, supporter.signature_id)
        removed = removal.of_signature(session, supporter.signature_id)
    return render_template(
        "organizer/supporter.html",
        campaign=campaign,
        supporter=supporter,
        address=address,
        messages=messages,
        suppressed=suppressed,
        removed=removed,
        may_be_removed=removal.may_be_removed(supporter.state),
        removal_form=removal_form or RemovalForm.filled({}),
        longest_reason=LONGEST_REASON,
    )


def _list(slug: str, form: AddressForm | None = None, *, nobody: bool = False) -> str:
    wanted = request.args.get("state", "")
    state = SignatureState(wanted) if wanted in list(SignatureState) else None
    before = row_named("before")
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        page = people.page(session, campaign.id, state=state, before=before, actor=actor(), now=now())
    return render_template(
        "organizer/supporters.html",
        campaign=campaign,
        page=page,
        state=state,
        states=list(SignatureState),
        is_first=before is None,
        find_form=form or AddressForm.filled({}),
        nobody=nobody,
    )

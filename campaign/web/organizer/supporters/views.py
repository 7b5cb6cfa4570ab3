"""The list of supporters, with masked addresses, and one of them when asked."""

from flask import render_template, request

from campaign.domain.campaign import CampaignShown
from campaign.domain.roles import Permission
from campaign.domain.signature import SignatureState
from campaign.services.campaigns import campaigns
from campaign.services.feedback import suppressions
from campaign.services.signatures import own_words
from campaign.services.signatures import supporters as people
from campaign.services.signatures.supporters import SupporterShown
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.paging import row_named
from campaign.web.organizer.supporters.forms import AddressForm


@blueprint.get("/campaigns/<slug>/supporters")
@needs(Permission.CHANGE)
def supporters(slug: str) -> str:
    """A page of the list, the last signed first."""
    return _list(slug)


@blueprint.post("/campaigns/<slug>/supporters")
@needs(Permission.CHANGE)
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
@needs(Permission.CHANGE)
def supporter(slug: str, signature_id: int) -> str:
    """One supporter, the address masked."""
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        supporter = people.by_id(session, campaign.id, signature_id, actor=actor(), now=now())
    return _supporter_page(campaign, supporter)


@blueprint.post("/campaigns/<slug>/supporters/<id:signature_id>/address")
@needs(Permission.CHANGE)
def show_address(slug: str, signature_id: int) -> str:
    """One supporter with the whole address; the audit log knows who looked."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        supporter, address = people.unmask(session, campaign.id, signature_id, actor=actor(), now=now())
    return _supporter_page(campaign, supporter, address=address)


def _supporter_page(campaign: CampaignShown, supporter: SupporterShown, *, address: str | None = None) -> str:
    with runtime().database.reading() as session:
        messages = own_words.of_signature(session, supporter.signature_id)
        suppressed = suppressions.of_signature(session, supporter.signature_id)
    return render_template(
        "organizer/supporter.html",
        campaign=campaign,
        supporter=supporter,
        address=address,
        messages=messages,
        suppressed=suppressed,
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

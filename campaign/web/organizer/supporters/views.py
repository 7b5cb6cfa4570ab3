"""The list of supporters, with masked addresses; one of them when asked, removed and restored."""

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.campaign import CampaignShown
from campaign.domain.moderation import LONGEST_REASON
from campaign.domain.name_search import LONGEST_SEARCH
from campaign.domain.roles import Permission
from campaign.domain.supporter_filter import EVERYBODY, FILTERS, SupporterFilter, read_filter, read_sought
from campaign.errors import RefusedError
from campaign.services.campaigns import campaigns, first_signers, wordings
from campaign.services.feedback import suppressions
from campaign.services.installation import encryption
from campaign.services.moderation import removal
from campaign.services.officials import directory
from campaign.services.signatures import acceptance, finding, history, own_words
from campaign.services.signatures import supporters as people
from campaign.services.signatures.finding import NOBODY, SupportersFound
from campaign.services.signatures.history import Written
from campaign.services.signatures.supporters import SupporterShown
from campaign.services.statistics.counting import COUNTED_UP_TO
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.supporters.choices import of_filters
from campaign.web.organizer.supporters.forms import FindForm, FirstSignerForm, RemovalForm, RestoreForm
from campaign.web.organizer.supporters.story import told
from campaign.web.publisher import publisher


@blueprint.get("/campaigns/<slug>/supporters")
@needs(Permission.PEOPLE)
def supporters(slug: str) -> str:
    """A page of the list, newest first, narrowed down as the address says."""
    typed = {name: request.args.get(name, "") for name in FILTERS}
    try:
        wanted = read_filter(typed, time_zone=publisher().time_zone)
    except RefusedError:
        typed, wanted = {}, EVERYBODY
    return _list(slug, FindForm.filled(typed), wanted, after=request.args.get("before") or None)


@blueprint.post("/campaigns/<slug>/supporters")
@needs(Permission.PEOPLE, shows_people=True)
def find_supporter(slug: str) -> AnyResponse | str | tuple[str, int]:
    """Look for somebody: what is typed is sent as a form, so that it stands in no address bar and no log."""
    form = FindForm()
    if not form.validate():
        return _page(slug, form), form.status
    sought = read_sought(form.text("sought"))
    if not sought:
        return redirect(f"{url_for('organizer.supporters', slug=slug)}?{urlencode(form.narrowed)}", 303)
    if "@" in sought:
        return _by_address(slug, form, sought)
    return _list(slug, form, form.wanted(), words=sought, after=form.text("before") or None)


def _by_address(slug: str, form: FindForm, address: str) -> str:
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        key = runtime().address_key
        supporter = people.by_address(session, campaign.id, address, key=key, actor=actor(), now=now())
    if supporter is None:
        return _page(slug, form, nobody=True)
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


@blueprint.get("/campaigns/<slug>/supporters/<id:signature_id>/words")
@needs(Permission.PEOPLE)
def supporter_words(slug: str, signature_id: int) -> str:
    """One supporter with what they wrote; the audit log knows who read it."""
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        shown = people.by_id(session, campaign.id, signature_id, actor=actor(), now=now())
        written = history.read_words(session, campaign.id, signature_id, actor=actor(), now=now())
    return _supporter_page(campaign, shown, written=written)


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
    form = RestoreForm()
    form.require()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        removal.restore(session, campaign.id, signature_id, actor=actor(), now=now())
    if form.text("back") == "list":
        return redirect(url_for("organizer.supporters", slug=slug, done="restored"), 303)
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


def page_of(slug: str, signature_id: int, *, first_form: FirstSignerForm) -> str:
    """The page of a supporter with a form that was refused."""
    return _supporter_page(*_shown(slug, signature_id), first_form=first_form)


def _to_supporter(slug: str, signature_id: int, *, done: str) -> AnyResponse:
    return redirect(url_for("organizer.supporter", slug=slug, signature_id=signature_id, done=done), 303)


def _supporter_page(
    campaign: CampaignShown,
    supporter: SupporterShown,
    *,
    address: str | None = None,
    removal_form: RemovalForm | None = None,
    written: Sequence[Written] | None = None,
    first_form: FirstSignerForm | None = None,
) -> str:
    with runtime().database.reading() as session:
        messages = own_words.of_signature(session, supporter.signature_id)
        suppressed = suppressions.of_signature(session, supporter.signature_id)
        removed = removal.of_signature(session, supporter.signature_id)
        story = told(history.of_signature(session, supporter.signature_id))
        is_first = first_signers.is_first(session, supporter.signature_id)
    return render_template(
        "organizer/supporter.html",
        campaign=campaign,
        supporter=supporter,
        address=address,
        messages=messages,
        suppressed=suppressed,
        removed=removed,
        written=written,
        story=story,
        may_be_removed=removal.may_be_removed(supporter.state),
        removal_form=removal_form or RemovalForm.filled({}),
        is_first=is_first,
        first_form=first_form or FirstSignerForm.filled({}),
        longest_reason=LONGEST_REASON,
    )


def _list(
    slug: str, form: FindForm, wanted: SupporterFilter, *, words: str = "", after: str | None = None
) -> str:
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        found = finding.find(
            session, campaign.id, words=words, wanted=wanted, after=after, actor=actor(), now=now()
        )
    return _page(slug, form, found=found, is_first=after is None)


def _page(
    slug: str, form: FindForm, *, found: SupportersFound = NOBODY, is_first: bool = True, nobody: bool = False
) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        officials = directory.list_officials(session, campaign.id)
        versions = wordings.numbers(session, campaign.id)
        is_incomplete = form.value("sought") != "" and encryption.leaves_people_unfound(session)
    return render_template(
        "organizer/supporters.html",
        campaign=campaign,
        is_incomplete=is_incomplete,
        found=found,
        form=form,
        is_first=is_first,
        nobody=nobody,
        has_looked=not (nobody or form.errors),
        choices=of_filters(officials, versions),
        counted_up_to=COUNTED_UP_TO,
        longest=LONGEST_SEARCH,
    )

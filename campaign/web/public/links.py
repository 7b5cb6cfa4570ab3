"""What the links in mails open. Looking changes nothing; a button does."""

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.events import SuppressionSource
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError, ForbiddenError, RefusedError
from campaign.services.signatures import awaiting, confirmation, kept_form_links, self_service
from campaign.services.signatures.awaiting import EndedForm
from campaign.services.signatures.earlier import OTHER_SPELLING, SignedWithOtherSpellingError
from campaign.store.database import Session
from campaign.web import errors
from campaign.web.context import now, runtime
from campaign.web.jinja import translated
from campaign.web.languages import prefer_language
from campaign.web.public.blueprint import blueprint
from campaign.web.public.current_page import page_to_share
from campaign.web.public.forms import clean_words
from campaign.web.public.proof_of_work import checked
from campaign.web.public.share_links import share_image_address
from campaign.web.security import is_cross_site, is_private

GONE = 410


@blueprint.get("/confirm/<token>")
def show_confirmation(token: str) -> AnyResponse:
    """What would be confirmed, and the button."""
    return _awaiting_page(token)


@blueprint.post("/confirm/<token>")
def confirm(token: str) -> AnyResponse:
    """Count the signature; when the page would show something else by now, show that."""
    refuse_from_elsewhere()
    try:
        with runtime().database.transaction() as session:
            confirmed = confirmation.confirm(
                session,
                token,
                shown=request.form.get("shown"),
                context=runtime().mail_context,
                now=now(),
                proof=_proof_brought(session, token),
            )
    except ConflictError as error:
        return _awaiting_page(token, problem=translated(error.message), status=409)
    prefer_language(confirmed.language)
    page = page_to_share(confirmed.slug)
    image = share_image_address(page) if page else None
    return make_response(render_template("public/signed.html", signed=confirmed, page=page, image=image))


@blueprint.post("/confirm/<token>/words")
def add_words(token: str) -> AnyResponse:
    """Put words of their own into messages that had none, and show again what would be confirmed."""
    refuse_from_elsewhere()
    typed = request.form.get("message", "")
    try:
        words = clean_words(typed)
        if words:
            with runtime().database.transaction() as session:
                awaiting.add_words(session, token, words, context=runtime().mail_context, now=now())
        return _awaiting_page(token, added=bool(words))
    except RefusedError as error:
        return _awaiting_page(
            token, problem=translated(error.message, **error.values), status=422, typed=typed
        )
    except ConflictError as error:
        return _awaiting_page(token, problem=translated(error.message), status=409)


@blueprint.get("/withdraw/<token>")
def show_withdrawal(token: str) -> Response:
    """What would be withdrawn, and the button."""
    with runtime().database.reading() as session:
        ended = kept_form_links.ended_form(session, token, TokenPurpose.WITHDRAW, now=now())
    return _ended_page(ended) if ended else look(token, TokenPurpose.WITHDRAW)


@blueprint.post("/withdraw/<token>")
def withdraw(token: str) -> Response:
    """Take the signature back."""
    refuse_from_elsewhere()
    return withdraw_by(token, TokenPurpose.WITHDRAW)


@blueprint.get("/unsubscribe/<token>")
def show_unsubscription(token: str) -> Response:
    """What would end, and the button."""
    return look(token, TokenPurpose.UNSUBSCRIBE)


@blueprint.post("/unsubscribe/<token>")
def unsubscribe(token: str) -> Response:
    """Send no more news; mail programs may press this button for their reader (RFC 8058).

    They bring no cookie and no origin, and read no page: the secret link and their one field are enough.
    """
    is_one_click = request.form.get("List-Unsubscribe") == "One-Click"
    if not is_one_click:
        refuse_from_elsewhere()
    source = SuppressionSource.ONE_CLICK if is_one_click else SuppressionSource.PAGE
    with runtime().database.transaction() as session:
        ended = self_service.unsubscribe(session, token, source=source, now=now())
    if is_one_click:
        return Response(status=204)
    prefer_language(ended.language)
    return make_response(render_template("public/unsubscribed.html", ended=ended))


@blueprint.get("/unfollow/<token>")
def show_unfollowing(token: str) -> Response:
    """What would end, and the button."""
    return look(token, TokenPurpose.UNFOLLOW)


@blueprint.post("/unfollow/<token>")
def unfollow(token: str) -> Response:
    """Send no more news about this letter; mail programs may press this button too."""
    is_one_click = request.form.get("List-Unsubscribe") == "One-Click"
    if not is_one_click:
        refuse_from_elsewhere()
    with runtime().database.transaction() as session:
        ended = self_service.unfollow(session, token, now=now())
    if is_one_click:
        return Response(status=204)
    prefer_language(ended.language)
    return make_response(render_template("public/unfollowed.html", ended=ended))


def _proof_brought(session: Session, token: str) -> str | None:
    """The challenge that the button's page has solved, as it is asked to where a form is suspected."""
    if "altcha" not in request.form:
        return None
    return checked(awaiting.slug_of(session, token, now=now()), request.form).id


def _awaiting_page(
    token: str, *, problem: str | None = None, status: int = 200, typed: str = "", added: bool = False
) -> AnyResponse:
    context = runtime().mail_context
    try:
        with runtime().database.reading() as session:
            shown = awaiting.awaiting_confirmation(session, token, context=context, now=now())
    except SignedWithOtherSpellingError as error:
        return _signed_already_page(token, stands=bool(error.values["stands"]))
    except ConflictError as error:
        return errors.campaign_error(error)
    if isinstance(shown, EndedForm):
        return _ended_page(shown)
    prefer_language(shown.form.language)
    page = render_template(
        "public/confirm.html", awaiting=shown, token=token, problem=problem, typed=typed, added=added
    )
    return make_response(page, status)


def _signed_already_page(token: str, *, stands: bool) -> Response:
    """What somebody is told, kindly, who has signed with another spelling of their address."""
    with runtime().database.reading() as session:
        letter = awaiting.letter_of(session, token, now=now())
    prefer_language(letter.language)
    return make_response(
        render_template(
            "public/signed_already.html", letter=letter, stands=stands, reason=translated(OTHER_SPELLING)
        ),
        409,
    )


def _ended_page(ended: EndedForm) -> Response:
    prefer_language(ended.language)
    return make_response(render_template("public/link_ended.html", ended=ended), GONE)


def look(token: str, purpose: TokenPurpose, *, action: str | None = None) -> Response:
    """The page that asks once more before a button does what it says."""
    with runtime().database.reading() as session:
        about = kept_form_links.link_shown(session, token, purpose, now=now())
    prefer_language(about.language)
    page = render_template(
        "public/are_you_sure.html",
        about=about,
        token=token,
        action=action or purpose.value,
        by_manage_link=purpose is TokenPurpose.MANAGE,
    )
    return make_response(page)


def withdraw_by(token: str, purpose: TokenPurpose) -> Response:
    """Take the signature back by a link of this purpose."""
    with runtime().database.transaction() as session:
        gone = kept_form_links.withdraw(session, token, purpose, now=now())
    return withdrawn_page(gone)


def withdrawn_page(gone: self_service.Withdrawn) -> Response:
    """What became of a signature that was taken back."""
    prefer_language(gone.language)
    return make_response(render_template("public/withdrawn.html", gone=gone))


def refuse_from_elsewhere() -> None:
    """ForbiddenError for what another site has sent."""
    if is_cross_site():
        raise ForbiddenError("Another site sent this form. Please open the link from your email again.")


@blueprint.after_request
def _keep_links_secret(response: Response) -> Response:
    return is_private(response) if request.view_args and "token" in request.view_args else response

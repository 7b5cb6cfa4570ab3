"""The page behind the link in the thanks: a signature as its owner sees it, and all they can do about it."""

from collections.abc import Iterable, Mapping, Sequence

from flask import Response, make_response, render_template, request

from campaign.domain.official import Channel
from campaign.domain.signature import Visibility
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ConflictError, RefusedError
from campaign.i18n import available_languages
from campaign.services.signatures import mending, pasting, quiet_reading, quoting, self_service
from campaign.services.signatures.mending import UnseenMessagesError
from campaign.services.signatures.quiet_reading import QuietNews
from campaign.services.signatures.self_service import ManagedSignature
from campaign.web.context import now, runtime
from campaign.web.countries import countries
from campaign.web.jinja import translated
from campaign.web.languages import chosen_language, current_language, prefer_language
from campaign.web.public.blueprint import blueprint
from campaign.web.public.links import look, refuse_from_elsewhere, withdraw_by, withdrawn_page
from campaign.web.public.mending_form import MendingForm, read_mending, stored_mending

_ASK_ONCE = ("withdraw", "erase", "forget")
# What a page's buttons send, and its form does not.
_OF_BUTTONS = ("action", "seen")


@blueprint.get("/manage/<token>")
def manage(token: str) -> Response:
    """A signature as its owner sees it."""
    own = _own(token)
    if own.visibility is Visibility.SEALED:
        return make_response(render_template("public/manage_sealed.html", own=own, token=token))
    return _page(own, token, stored_mending(own))


@blueprint.post("/manage/<token>")
def change(token: str) -> Response:
    """Change it, see its messages first, withdraw, erase or forget it; the last are asked about once more."""
    refuse_from_elsewhere()
    action = request.form.get("action", "change")
    if action in _ASK_ONCE:
        return look(token, TokenPurpose.MANAGE, action=action)
    if action == "withdraw-for-good":
        return withdraw_by(token, TokenPurpose.MANAGE)
    if action == "erase-for-good":
        with runtime().database.transaction() as session:
            gone = self_service.erase(session, token, now=now())
        return withdrawn_page(gone)
    if action == "forget-for-good":
        with runtime().database.transaction() as session:
            gone = self_service.forget(session, token, key=runtime().address_key, now=now())
        return withdrawn_page(gone)
    if action == "unquote":
        with runtime().database.transaction() as session:
            quoting.take_back(session, token, now=now())
        own = _own(token)
        return _page(own, token, stored_mending(own), changed=True)
    own = _own(token)
    if own.visibility is Visibility.SEALED:
        raise RefusedError("A sealed signature cannot be changed here. Sign again to change what it says.")
    form = read_mending(request.form, own)
    if action == "edit":
        return _page(own, token, form)
    if action == "preview":
        return _preview(own, token, form)
    if action != "change":
        raise RefusedError("This button is not known. Please go back and try again.")
    return _save(own, token, form)


def _own(token: str) -> ManagedSignature:
    with runtime().database.reading() as session:
        own = self_service.managed_signature(session, token, language=chosen_language(), now=now())
    prefer_language(own.language)
    return own


def _save(own: ManagedSignature, token: str, form: MendingForm) -> Response:
    if form.mending is None:
        return _page(own, token, form, status=422)
    try:
        with runtime().database.transaction() as session:
            mending.mend(session, token, form.mending, context=runtime().mail_context, now=now())
    except RefusedError as error:
        return _page(own, token, form, status=422, problem=translated(error.message, **error.values))
    except UnseenMessagesError:
        return _preview(own, token, form)
    except ConflictError as error:
        return _page(_own(token), token, form, status=409, problem=translated(error.message))
    saved = _own(token)
    shows_less = own.visibility is not saved.visibility and own.visibility.is_named
    return _page(saved, token, stored_mending(saved), changed=True, shows_less=shows_less)


def _preview(own: ManagedSignature, token: str, form: MendingForm) -> Response:
    if form.mending is None:
        return _page(own, token, form, status=422)
    with runtime().database.reading() as session:
        shown = mending.preview(
            session,
            token,
            form.mending,
            context=runtime().mail_context,
            language=current_language(),
            now=now(),
        )
    carried = [(name, value) for name, value in request.form.items(multi=True) if name not in _OF_BUTTONS]
    return make_response(
        render_template("public/mended.html", own=own, token=token, shown=shown, carried=carried)
    )


def _page(
    own: ManagedSignature,
    token: str,
    form: MendingForm,
    *,
    status: int = 200,
    problem: str | None = None,
    changed: bool = False,
    shows_less: bool = False,
) -> Response:
    page = render_template(
        "public/manage.html",
        own=own,
        texts_to_paste=_texts_to_paste(own, token),
        came=_what_came(own, token),
        token=token,
        form=form,
        problem=problem,
        changed=changed,
        shows_less=shows_less,
        country_options=[("", translated("Not given"), {}), *_options(countries(current_language()))],
        language_options=_options((one.code, one.name) for one in available_languages()),
    )
    return make_response(page, status)


def _texts_to_paste(own: ManagedSignature, token: str) -> Mapping[int, str]:
    if all(message.channel is not Channel.WEB_FORM for message in own.messages):
        return {}
    with runtime().database.reading() as session:
        return pasting.texts_to_paste(session, token, context=runtime().mail_context, now=now())


def _what_came(own: ManagedSignature, token: str) -> Sequence[QuietNews]:
    if not own.is_quiet:
        return ()
    with runtime().database.reading() as session:
        return quiet_reading.what_came(session, token, now=now())


def _options(named: Iterable[tuple[str, str]]) -> list[tuple[str, str, dict[str, str]]]:
    """Values and words as a `select` of the templates takes them."""
    return [(value, words, {}) for value, words in named]

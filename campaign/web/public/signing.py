"""Signing: the form comes in, is previewed, or is kept until its mail is confirmed."""

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from campaign.errors import CampaignError, ConflictError, RefusedError, UnavailableError
from campaign.i18n import to_translate
from campaign.services.compose.message import preview
from campaign.services.compose.supporter_email import SigningDesk
from campaign.services.signatures.submission import prepare
from campaign.web import errors
from campaign.web.context import now, runtime
from campaign.web.csrf import check_form_token, form_token
from campaign.web.jinja import translated
from campaign.web.languages import current_language, is_prefixed, negotiated, path_to
from campaign.web.public.blueprint import blueprint, shelf
from campaign.web.public.form_host import ON_ITS_PAGE, Place, stand
from campaign.web.public.forms import FilledForm, longest_words, read_form
from campaign.web.public.letter import draw_letter, kept_letter
from campaign.web.public.own_words import measured_messages
from campaign.web.public.page_cache import KeptLetter
from campaign.web.public.responses import revalidated
from campaign.web.security import comes_from_elsewhere

# The words beside the box, kept with the consent they ask for.
CONSENT = to_translate("Send me news about this letter by email")


@blueprint.post("/c/<slug:slug>/sign")
def send_in(slug: str) -> AnyResponse:
    """Keep a signature until it is confirmed; the answer is the same whether the address is new or known."""
    return keep(slug, ON_ITS_PAGE)


@blueprint.post("/c/<slug:slug>/preview")
def show_messages(slug: str) -> AnyResponse:
    """The finished message to each chosen official; stores nothing, and carries the form on."""
    return preview_messages(slug, ON_ITS_PAGE)


@blueprint.get("/c/<slug:slug>/check-your-inbox")
def check_your_inbox(slug: str) -> Response:
    """What to do next: the same page for everybody."""
    return inbox_page(slug, ON_ITS_PAGE)


def keep(slug: str, place: Place) -> AnyResponse:
    """Keep what was sent in from a place, and lead on from there."""
    kept, form = _what_was_sent(slug, place)
    refusal = _refusal(kept, form, place)
    if refusal:
        return refusal
    inbox = redirect(path_to(place.check_your_inbox, slug=slug), 303)
    if request.form.get("website"):  # the trap: no person sees this field
        return inbox
    if form.details is None:
        return _again(kept, form, place, 422)
    try:
        submission = prepare(kept.page, form.details, desk=signing_desk(), now=now())
        runtime().signing_queue.sign(submission)
    except (ConflictError, RefusedError, UnavailableError) as error:
        return _refused(kept, form, place, error)
    return inbox


def preview_messages(slug: str, place: Place) -> AnyResponse:
    """Show what a form from a place would send."""
    kept, form = _what_was_sent(slug, place)
    refusal = _refusal(kept, form, place)
    if refusal:
        return refusal
    if "change" in request.form:
        return _again(kept, form, place, 200)
    if form.details is None:
        return _again(kept, form, place, 422)
    desk, details = signing_desk(), form.details
    messages = preview(
        kept.page,
        details,
        renderer=desk.renderer,
        public_url=desk.public_url,
        replies_come_here=bool(desk.replies.domain),
    )
    page = render_template(
        "public/preview.html",
        place=place,
        page=kept.page,
        details=details,
        messages=messages,
        measured=measured_messages(
            kept.page.head.id, [details.words_to(one.official.id) for one in messages]
        ),
        wrote_nothing=bool(messages) and not any(details.words_to(one.official.id) for one in messages),
        longest=longest_words(one.official for one in messages),
        carried=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in {"csrf_token", "change"} and (name != "message" or value.strip())
        ],
        token=form_token(runtime().settings, slug, now()),
    )
    return _not_kept(make_response(page))


def inbox_page(slug: str, place: Place) -> Response:
    """What to do next, after a form from a place."""
    kept = kept_letter(slug, count_matters=False)
    stand(place, kept.page)
    settings = runtime().settings
    page = render_template(
        "public/check_your_inbox.html",
        place=place,
        head=kept.page.head,
        mail_stays_here=settings.mail.provider == "local" and settings.web.is_local,
    )
    return revalidated(make_response(page))


def signing_desk() -> SigningDesk:
    """What signing needs of this installation."""
    return runtime().desk


def _what_was_sent(slug: str, place: Place) -> tuple[KeptLetter, FilledForm]:
    """The campaign and the form; when the database cannot be read, the campaign as it was last shown."""
    try:
        kept = kept_letter(slug, count_matters=False)
    except UnavailableError:
        key = (slug, negotiated(default="en"), is_prefixed())
        last_shown = shelf().letter(key, None, count_matters=False)
        if last_shown is None:
            raise
        kept = last_shown
    stand(place, kept.page)
    form = read_form(
        request.form, kept.page, language=current_language(), consent_wording=translated(CONSENT)
    )
    return kept, form


def _refusal(kept: KeptLetter, form: FilledForm, place: Place) -> Response | None:
    """The page again, when the form did not come from it, or when the campaign takes no more."""
    if comes_from_elsewhere():
        problem = translated("Another site sent this form. Please send it from here.")
        return _again(kept, form, place, 403, problem=problem)
    try:
        check_form_token(
            runtime().settings, kept.page.head.slug, request.form.get("csrf_token", ""), now=now()
        )
    except RefusedError as error:
        return _again(kept, form, place, 403, problem=translated(error.message))
    if not kept.page.is_open(now()):
        problem = translated("This letter is closed. It takes no more signatures.")
        return _again(kept, form, place, 409, problem=problem)
    return None


def _refused(kept: KeptLetter, form: FilledForm, place: Place, error: CampaignError) -> Response:
    status = next(status for kind, status in errors.STATUS.items() if isinstance(error, kind))
    response = _again(kept, form, place, int(status), problem=translated(error.message, **error.values))
    if isinstance(error, UnavailableError):
        response.headers["Retry-After"] = str(errors.RETRY_AFTER)
    return response


def _again(
    kept: KeptLetter, form: FilledForm, place: Place, status: int, *, problem: str | None = None
) -> Response:
    """The page with the form, and everything typed still in it."""
    return _not_kept(make_response(draw_letter(kept, form, problem=problem, place=place), status))


def _not_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response

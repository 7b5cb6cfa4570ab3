"""Signing: the form comes in, is previewed, or is kept until its mail is confirmed."""

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from campaign.errors import CampaignError, ConflictError, RefusedError, UnavailableError
from campaign.services import campaigns
from campaign.services.composing import preview
from campaign.services.submission import SigningDesk, prepare
from campaign.web import errors
from campaign.web.context import now, runtime
from campaign.web.csrf import check_form_token, form_token
from campaign.web.jinja import translated
from campaign.web.languages import current_language, is_prefixed, negotiated, path_to, vary_by_language
from campaign.web.public.blueprint import blueprint, shelf
from campaign.web.public.forms import FilledForm, longest_words, read_form
from campaign.web.public.kept import KeptLetter
from campaign.web.public.letter import draw_letter, kept_letter
from campaign.web.public.own_words import measured_messages
from campaign.web.security import comes_from_elsewhere

# The words beside the box, kept with the consent they ask for.
CONSENT = "Send me news about this letter by email"


@blueprint.post("/c/<slug:slug>/sign")
def send_in(slug: str) -> AnyResponse:
    """Keep a signature until it is confirmed; the answer is the same whether the address is new or known."""
    kept, form = _what_was_sent(slug)
    refusal = _refusal(kept, form)
    if refusal:
        return refusal
    inbox = redirect(path_to("check_your_inbox", slug=slug), 303)
    if request.form.get("website"):  # the trap: no person sees this field
        return inbox
    if form.details is None:
        return _again(kept, form, 422)
    try:
        submission = prepare(kept.page, form.details, desk=signing_desk(), now=now())
        runtime().signing_queue.sign(submission)
    except (ConflictError, RefusedError, UnavailableError) as error:
        return _refused(kept, form, error)
    return inbox


@blueprint.post("/c/<slug:slug>/preview")
def show_messages(slug: str) -> AnyResponse:
    """The finished message to each chosen official; stores nothing, and carries the form on."""
    kept, form = _what_was_sent(slug)
    refusal = _refusal(kept, form)
    if refusal:
        return refusal
    if "change" in request.form:
        return _again(kept, form, 200)
    if form.details is None:
        return _again(kept, form, 422)
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


@blueprint.get("/c/<slug:slug>/check-your-inbox")
def check_your_inbox(slug: str) -> Response:
    """What to do next: the same page for everybody."""
    with runtime().database.reading() as session:
        head = campaigns.head(session, slug)
    negotiated(default=head.language)
    settings = runtime().settings
    page = render_template(
        "public/check_your_inbox.html",
        head=head,
        mail_stays_here=settings.mail_provider == "local" and settings.is_local,
    )
    response = vary_by_language(make_response(page))
    response.headers["Cache-Control"] = "public, no-cache"
    return response


def signing_desk() -> SigningDesk:
    """What signing needs of this installation."""
    return runtime().desk


def _what_was_sent(slug: str) -> tuple[KeptLetter, FilledForm]:
    """The campaign and the form; when the database cannot be read, the campaign as it was last shown."""
    try:
        kept = kept_letter(slug, count_matters=False)
    except UnavailableError:
        key = (slug, negotiated(default="en"), is_prefixed())
        last_shown = shelf().letter(key, None, count_matters=False)
        if last_shown is None:
            raise
        kept = last_shown
    form = read_form(
        request.form, kept.page, language=current_language(), consent_wording=translated(CONSENT)
    )
    return kept, form


def _refusal(kept: KeptLetter, form: FilledForm) -> Response | None:
    """The page again, when the form did not come from it, or when the campaign takes no more."""
    if comes_from_elsewhere():
        return _again(
            kept, form, 403, problem=translated("Another site sent this form. Please send it from here.")
        )
    try:
        check_form_token(
            runtime().settings, kept.page.head.slug, request.form.get("csrf_token", ""), now=now()
        )
    except RefusedError as error:
        return _again(kept, form, 403, problem=translated(error.message))
    if not kept.page.is_open(now()):
        return _again(
            kept, form, 409, problem=translated("This letter is closed. It takes no more signatures.")
        )
    return None


def _refused(kept: KeptLetter, form: FilledForm, error: CampaignError) -> Response:
    status = next(status for kind, status in errors.STATUS.items() if isinstance(error, kind))
    response = _again(kept, form, int(status), problem=translated(error.message, **error.values))
    if isinstance(error, UnavailableError):
        response.headers["Retry-After"] = str(errors.RETRY_AFTER)
    return response


def _again(kept: KeptLetter, form: FilledForm, status: int, *, problem: str | None = None) -> Response:
    """The letter's page with everything typed still in its form."""
    return _not_kept(make_response(draw_letter(kept, form, problem=problem), status))


def _not_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response

"""Signing: the form comes in, is previewed, or is kept until somebody confirms it from their mailbox."""

from dataclasses import replace

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.address_typos import probably_meant
from campaign.domain.signature import Visibility
from campaign.domain.signing import SignatureForm
from campaign.errors import CampaignError, RefusedError, UnavailableError
from campaign.i18n import to_translate
from campaign.services.compose.message import compose_all
from campaign.services.digests.as_read import as_read, explained
from campaign.services.seals.sealing import sealed
from campaign.services.signatures import kept_forms
from campaign.services.signatures.kept_forms import NewForm
from campaign.services.signatures.secret_words import secret_hash, slow_digest
from campaign.web import errors
from campaign.web.context import now, runtime
from campaign.web.csrf import check_form_token, form_token
from campaign.web.jinja import translated
from campaign.web.languages import address_of, current_language, path_to
from campaign.web.public.blueprint import blueprint
from campaign.web.public.current_page import cached_page
from campaign.web.public.form_evidence import is_suspected
from campaign.web.public.form_host import IN_A_FRAME, ON_ITS_PAGE, FormHost, allow_framing
from campaign.web.public.forms import SECRET, FilledForm, longest_words, read_form
from campaign.web.public.letter import draw_letter
from campaign.web.public.own_words import measured_messages
from campaign.web.public.page_cache import CachedPage
from campaign.web.public.proof_of_work import checked
from campaign.web.security import is_cross_site

# The words beside the box, stored with the consent they ask for.
CONSENT = to_translate("Send me news about this letter by email")
QUIET_CONSENT = to_translate("Send me an email when there is news, without saying about what")


@blueprint.post("/c/<slug:slug>/sign")
def send_in(slug: str) -> AnyResponse:
    """Keep the form until it is confirmed; the answer is the same whoever it is about."""
    return receive_form(slug, ON_ITS_PAGE)


@blueprint.post("/c/<slug:slug>/preview")
def show_messages(slug: str) -> AnyResponse:
    """The finished message to each chosen official; stores nothing, and carries the form on."""
    return preview_messages(slug, ON_ITS_PAGE)


@blueprint.post("/c/<slug:slug>/choose")
def choose_group(slug: str) -> AnyResponse:
    """The form once more with several officials chosen at once, for browsers without scripts."""
    return choose_officials(slug, ON_ITS_PAGE)


def receive_form(slug: str, form_host: FormHost) -> AnyResponse:
    """Keep what was sent in, and lead on to the next page of the same host.

    Nothing is looked up that hangs on the address: neither answer nor time can tell who has signed.
    """
    cached, form = _what_was_sent(slug, form_host)
    refusal = _refusal(cached, form, form_host)
    if refusal:
        return refusal
    form = _asked_about_slips(form)
    if form.cleaned is None:
        return _again(cached, form, form_host, 422)
    try:
        runtime().form_queue.keep(_to_keep(cached, form.cleaned))
    except UnavailableError as error:
        return _refused(cached, form, form_host, error)
    return redirect(path_to(form_host.check_your_inbox, slug=slug), 303)


def _to_keep(cached: CachedPage, form: SignatureForm) -> NewForm:
    """The form with what its circumstances say of it."""
    slug, moment = cached.page.head.slug, now()
    kept = _sealed_where_asked(cached, _with_secret_where_asked(cached, form))
    network = runtime().network_values.value(request.remote_addr, moment)
    proof = checked(slug, request.form)
    return NewForm(
        campaign_id=cached.page.head.id,
        language=form.language,
        email=form.email,
        content=kept_forms.encode(kept, letter_version_id=cached.page.letter.id),
        received_at=moment,
        network=network,
        proof=proof.id,
        is_suspected=is_suspected(
            form,
            network=network,
            proof=proof,
            age=check_form_token(runtime().settings, slug, request.form.get("csrf_token", ""), now=moment),
            is_trap_filled=bool(request.form.get("website")),  # no person sees this field
            now=moment,
        ),
    )


def _with_secret_where_asked(cached: CachedPage, form: SignatureForm) -> SignatureForm:
    """What is stored of the secret words that a quiet campaign asks for; it takes the time of a hash."""
    if not cached.page.head.is_quiet:
        return form
    key = runtime().address_key
    digest = slow_digest(request.form.get(SECRET, ""), form.email, key=key)
    return replace(form, secret_hash=secret_hash(digest, cached.page.head.id, key=key))


def _sealed_where_asked(cached: CachedPage, form: SignatureForm) -> SignatureForm:
    """What is stored of the form: of one that asks to be sealed, nothing that this server can read again."""
    recipient = cached.page.seal_recipient
    return sealed(form, recipient) if form.visibility is Visibility.SEALED and recipient else form


def _asked_about_slips(form: FilledForm) -> FilledForm:
    """The form with a question where its address looks mistyped; whoever sends it again meant it."""
    if form.cleaned is None or request.form.get("email_meant") == form.cleaned.email:
        return form
    meant = probably_meant(form.cleaned.email)
    return form.with_slip(meant) if meant else form


def preview_messages(slug: str, form_host: FormHost) -> AnyResponse:
    """Show what a form would send."""
    cached, form = _what_was_sent(slug, form_host)
    refusal = _refusal(cached, form, form_host)
    if refusal:
        return refusal
    if "change" in request.form:
        return _again(cached, form, form_host, 200)
    if form.cleaned is None:
        return _again(cached, form, form_host, 422)
    context, asked, email = runtime().mail_context, form.cleaned.messages, form.cleaned.email
    messages = compose_all(cached.page, asked, context=context)
    words = [message.words for message in messages]
    page = render_template(
        "public/preview.html",
        form_host=form_host,
        page=cached.page,
        messages=as_read(cached.page, messages, asked, context=context, email=email),
        explained=explained(
            cached.page, messages, asked, context=context, language=current_language(), email=email
        ),
        measured=measured_messages(cached.page.head.id, words),
        wrote_nothing=bool(messages) and not any(words),
        longest=longest_words(message.official for message in messages),
        carried=[
            (name, value)
            for name, value in request.form.items(multi=True)
            if name not in {"csrf_token", "change"} and (name != "message" or value.strip())
        ],
        token=form_token(runtime().settings, slug, now()),
    )
    return _uncached(make_response(page))


def choose_officials(slug: str, form_host: FormHost) -> AnyResponse:
    """Show the form with a group of officials ticked or cleared; nothing is wrong with it yet, nor stored."""
    cached, form = _what_was_sent(slug, form_host)
    refusal = _refusal(cached, form, form_host)
    chosen = form.with_group(cached.page, request.form.get("choose", ""))
    return refusal or _again(cached, chosen, form_host, 200)


def _what_was_sent(slug: str, form_host: FormHost) -> tuple[CachedPage, FilledForm]:
    """The campaign and the form."""
    cached = cached_page(slug, count_matters=False)
    allow_framing(form_host, cached.page)
    consent = translated(QUIET_CONSENT if cached.page.head.is_quiet else CONSENT)
    form = read_form(request.form, cached.page, language=current_language(), consent_wording=consent)
    return cached, form


def _refusal(cached: CachedPage, form: FilledForm, form_host: FormHost) -> Response | None:
    """The page again, when the form did not come from it, or when the campaign takes no more."""
    if is_cross_site():
        problem = _sent_from_elsewhere(cached, form_host)
        return _again(cached, form, form_host, 403, problem=problem)
    try:
        check_form_token(
            runtime().settings, cached.page.head.slug, request.form.get("csrf_token", ""), now=now()
        )
    except RefusedError as error:
        return _again(cached, form, form_host, 403, problem=translated(error.message))
    if not cached.page.is_open(now()):
        problem = translated("This letter is closed. It no longer takes signatures.")
        return _again(cached, form, form_host, 409, problem=problem)
    return None


def _sent_from_elsewhere(cached: CachedPage, form_host: FormHost) -> str:
    """Why a form that comes from nowhere we know is not taken.

    In a sandboxed frame our own page has no origin, and its form looks like a stranger's.
    """
    if form_host is IN_A_FRAME and request.headers.get("Origin") == "null":
        return translated(
            "This form cannot be sent from here: the site that shows it keeps it in a closed frame"
            " (a sandbox). Please sign on the letter’s own page: %(address)s",
            address=address_of("letter", slug=cached.page.head.slug),
        )
    return translated("Another site sent this form. Please send it from here.")


def _refused(cached: CachedPage, form: FilledForm, form_host: FormHost, error: CampaignError) -> Response:
    status = next(status for kind, status in errors.STATUS.items() if isinstance(error, kind))
    response = _again(cached, form, form_host, int(status), problem=translated(error.message, **error.values))
    if isinstance(error, UnavailableError):
        response.headers["Retry-After"] = str(errors.RETRY_AFTER)
    return response


def _again(
    cached: CachedPage, form: FilledForm, form_host: FormHost, status: int, *, problem: str | None = None
) -> Response:
    """The page with the form, and everything typed still in it."""
    return _uncached(make_response(draw_letter(cached, form, problem=problem, form_host=form_host), status))


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response

"""After the form: look into your inbox, type the code from there, or ask for the email once more."""

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.addresses import clean_address
from campaign.errors import RefusedError
from campaign.services.signatures import confirm_codes
from campaign.services.signatures.kept_forms import NewForm
from campaign.web.context import now, runtime
from campaign.web.jinja import translated
from campaign.web.languages import current_language, path_to
from campaign.web.public.blueprint import blueprint
from campaign.web.public.current_page import cached_page
from campaign.web.public.form_host import ON_ITS_PAGE, FormHost, allow_framing
from campaign.web.public.proof_of_work import checked
from campaign.web.public.quiet_code import draw_code_page, read_digits, refuse_other_sites
from campaign.web.public.responses import revalidated


@blueprint.get("/c/<slug:slug>/check-your-inbox")
def check_your_inbox(slug: str) -> Response:
    """What to do next: the same page for everybody."""
    return inbox_page(slug, ON_ITS_PAGE)


@blueprint.post("/c/<slug:slug>/confirm-code")
def confirm_code(slug: str) -> AnyResponse:
    """Lead to what the link of the email leads to; the answer never tells whether an address has a form."""
    refuse_other_sites()
    head = cached_page(slug, count_matters=False).page.head
    if head.is_quiet:
        # A code alone opens nothing of it, nor is a try at one counted here.
        return redirect(path_to("code_page"), 303)
    typed = request.form.get("email", "")
    code = read_digits(request.form.get("code", ""))
    try:
        email = clean_address(typed)
    except RefusedError as error:
        return _page(slug, typed=typed, problems={"email": translated(error.message)})
    with runtime().database.transaction() as session:
        token = confirm_codes.link_for_code(
            session, head.id, email, code, context=runtime().mail_context, now=now()
        )
    if token is None:
        problem = translated(
            "This code does not match this address, or it has expired. Check both, or use the link in"
            " the email."
        )
        return _page(slug, typed=typed, problems={"code": problem})
    return redirect(path_to("show_confirmation", token=token), 303)


@blueprint.post("/c/<slug:slug>/send-again")
def send_again(slug: str) -> AnyResponse:
    """Ask for the email of the last form once more; what becomes of it is the worker's to find out."""
    refuse_other_sites()
    typed = request.form.get("email", "")
    head = cached_page(slug, count_matters=False).page.head
    try:
        email = clean_address(typed)
    except RefusedError as error:
        return _page(slug, typed=typed, problems={"email_again": translated(error.message)})
    moment = now()
    runtime().form_queue.keep(
        NewForm(
            campaign_id=head.id,
            language=current_language(),
            email=email,
            content=None,
            received_at=moment,
            network=runtime().network_values.value(request.remote_addr, moment),
            proof=checked(slug, request.form).id,
        )
    )
    return redirect(path_to("check_your_inbox", slug=slug), 303)


def inbox_page(slug: str, form_host: FormHost) -> Response:
    """What to do next."""
    return revalidated(make_response(_drawn(slug, form_host)))


def _page(slug: str, *, typed: str, problems: dict[str, str]) -> Response:
    """The page again, with what was typed and what is wrong with it."""
    response = make_response(_drawn(slug, ON_ITS_PAGE, typed=typed, problems=problems), 422)
    response.headers["Cache-Control"] = "no-store"
    return response


def _drawn(slug: str, form_host: FormHost, *, typed: str = "", problems: dict[str, str] | None = None) -> str:
    cached = cached_page(slug, count_matters=False)
    allow_framing(form_host, cached.page)
    if cached.page.head.is_quiet:
        return draw_code_page(head=cached.page.head, form_host=form_host, typed=typed, problems=problems)
    settings = runtime().settings
    return render_template(
        "public/check_your_inbox.html",
        form_host=form_host,
        head=cached.page.head,
        mail_stays_here=settings.mail.provider == "local" and settings.web.is_local,
        typed=typed,
        problems=problems or {},
    )

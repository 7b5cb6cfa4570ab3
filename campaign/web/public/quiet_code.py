"""The page for codes: in quiet campaigns a code from the mailbox and secret words lead on, and nothing else.

Its address names no campaign. Like all public pages it sets no cookie, and it asks nothing of scripts.
"""

from unicodedata import decimal

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.addresses import clean_address
from campaign.domain.campaign_page import CampaignHead
from campaign.domain.tokens import TokenPurpose
from campaign.errors import ForbiddenError, RefusedError
from campaign.services.campaigns import quiet_mode
from campaign.services.signatures.kept_forms import NewForm
from campaign.services.signatures.quiet_visits import open_quietly
from campaign.services.signatures.secret_words import slow_digest
from campaign.web.context import now, runtime
from campaign.web.jinja import translated
from campaign.web.languages import current_language, negotiated, path_to
from campaign.web.public.blueprint import blueprint
from campaign.web.public.form_host import ON_ITS_PAGE, FormHost
from campaign.web.public.proof_of_work import CODE_PAGE, checked
from campaign.web.public.responses import revalidated
from campaign.web.security import is_cross_site, is_private

_PAGES = {TokenPurpose.CONFIRM: "show_confirmation", TokenPurpose.MANAGE: "manage"}


@blueprint.get("/code")
def code_page() -> Response:
    """Where a code and secret words are typed, and where a code can be asked for: the same for everybody."""
    negotiated(default="en")
    return revalidated(make_response(draw_code_page(is_asked="sent" in request.args)))


@blueprint.post("/code")
def open_with_code() -> AnyResponse:
    """Lead to what both open. The refusal is one for all: it tells neither what was wrong nor who signed."""
    negotiated(default="en")
    refuse_other_sites()
    typed = request.form.get("email", "")
    try:
        email = clean_address(typed)
    except RefusedError as error:
        return _again(typed, {"email": translated(error.message, **error.values)})
    key = runtime().address_key
    digest = slow_digest(request.form.get("secret_words", ""), email, key=key)
    code = read_digits(request.form.get("code", ""))
    with runtime().database.transaction() as session:
        found = open_quietly(session, email, code, digest, key=key, language=current_language(), now=now())
    if not found:
        problem = translated(
            "That did not fit together. Check the address, the code and the secret words, or get a new code."
            " After ten wrong tries at the words, wait a day."
        )
        return _again(typed, {"code": problem})
    pages = [(path_to(_PAGES[one.purpose], token=one.token), one) for one in found]
    if len(pages) == 1:
        return redirect(pages[0][0], 303)
    return is_private(make_response(render_template("public/quiet_found.html", pages=pages)))


@blueprint.post("/code/new")
def ask_for_code() -> AnyResponse:
    """Ask for a code. Every address gets one, for a code that came to signers alone would tell on them."""
    negotiated(default="en")
    refuse_other_sites()
    typed = request.form.get("email", "")
    try:
        email = clean_address(typed)
    except RefusedError as error:
        return _again(typed, {"email_again": translated(error.message, **error.values)})
    with runtime().database.reading() as session:
        quiet = quiet_mode.quiet_ids(session)
    if quiet:
        moment = now()
        runtime().form_queue.keep(
            NewForm(
                # A request belongs to no letter; its row has to name one.
                campaign_id=min(quiet),
                language=current_language(),
                email=email,
                content=None,
                received_at=moment,
                network=runtime().network_values.value(request.remote_addr, moment),
                proof=checked(CODE_PAGE, request.form).id,
            )
        )
    return redirect(path_to("code_page", sent="y"), 303)


def draw_code_page(
    *,
    head: CampaignHead | None = None,
    form_host: FormHost = ON_ITS_PAGE,
    typed: str = "",
    problems: dict[str, str] | None = None,
    is_asked: bool = False,
) -> str:
    """The page; after the form of a letter, with its `head`, as the next step of signing."""
    settings = runtime().settings
    return render_template(
        "public/quiet_code.html",
        head=head,
        form_host=form_host,
        layout=form_host.layout,
        mail_stays_here=settings.mail.provider == "local" and settings.web.is_local,
        typed=typed,
        problems=problems or {},
        is_asked=is_asked,
    )


def read_digits(text: str) -> str:
    """A code as it was typed, in the digits of any script: many write Arabic or Tibetan ones."""
    return "".join(str(decimal(sign)) for sign in text if sign.isdecimal())


def refuse_other_sites() -> None:
    """ForbiddenError for what another site has sent."""
    if is_cross_site():
        raise ForbiddenError("Another site sent this form. Please send it from here.")


def _again(typed: str, problems: dict[str, str]) -> Response:
    """The page again with what is wrong; of what was typed the address alone, for the rest is secret."""
    return is_private(make_response(draw_code_page(typed=typed, problems=problems), 422))

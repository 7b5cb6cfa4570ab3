"""Where an office checks a message by its code: without a cookie, and without a word about who wrote it."""

from flask import Response, make_response, render_template, request

from campaign.domain.office_check import read_code
from campaign.i18n import SOURCE_LANGUAGE
from campaign.services.office_check import codes as office_codes
from campaign.services.office_check.codes import Checked
from campaign.web.context import runtime
from campaign.web.languages import negotiated
from campaign.web.public.blueprint import blueprint
from campaign.web.public.responses import revalidated


@blueprint.get("/check")
def check_form() -> Response:
    """The form for a code and, if wanted, the text it came with."""
    negotiated(default=SOURCE_LANGUAGE)
    return revalidated(make_response(_page()))


@blueprint.post("/check")
def check_message() -> Response:
    """What is known of the code; the form stays, with all that was typed."""
    negotiated(default=SOURCE_LANGUAGE)
    code, text = request.form.get("code", ""), request.form.get("text", "")
    checked: Checked | None = None
    is_code = read_code(code) is not None
    if is_code:
        with runtime().database.reading() as session:
            checked = office_codes.check(session, code, text, key=runtime().address_key)
    page = _page(code, text, checked, is_asked=True, is_code=is_code)
    response = make_response(page, 200 if checked else 404 if is_code else 422)
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(
    code: str = "",
    text: str = "",
    checked: Checked | None = None,
    *,
    is_asked: bool = False,
    is_code: bool = False,
) -> str:
    return render_template(
        "public/check.html", code=code, text=text, checked=checked, is_asked=is_asked, is_code=is_code
    )

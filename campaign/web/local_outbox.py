"""The local outbox in the browser: where a newcomer finds the mails that their installation has sent."""

import re
from email.utils import parsedate_to_datetime
from itertools import pairwise

from flask import Blueprint, Response, abort, render_template, request

from campaign.i18n import moment
from campaign.mail.providers.local_mail import list_local_mail, read_local_mail, saved_local_mail
from campaign.web.context import runtime
from campaign.web.languages import current_language
from campaign.web.publisher import publisher
from campaign.web.security import comes_from_this_machine, is_private, sandboxed

blueprint = Blueprint("outbox", __name__, url_prefix="/outbox")

ON_A_PAGE = 50
LAST_PAGE = 1000
_LINK = re.compile(r"https?://[^\s<>\"']+")


@blueprint.before_request
def only_with_local_mail() -> None:
    """Nobody but this machine's own user may read the mails of others."""
    settings = runtime().settings
    if settings.mail.provider != "local" or not settings.web.is_local or not comes_from_this_machine():
        abort(404)


@blueprint.get("")
def mails() -> str:
    """The mails sent, newest first."""
    page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    sent, more = list_local_mail(
        runtime().settings.outbox_folder, skip=(page - 1) * ON_A_PAGE, limit=ON_A_PAGE
    )
    return render_template("outbox/mails.html", mails=sent, page=page, more=more, told=_told)


@blueprint.get("/<public_id>")
def mail(public_id: str) -> str:
    """One mail: its head, its text with links to click, and its HTML form in a frame."""
    opened = read_local_mail(runtime().settings.outbox_folder, public_id)
    return render_template("outbox/mail.html", mail=opened, parts=with_links(opened.text), told=_told)


@blueprint.get("/<public_id>/html")
def html(public_id: str) -> Response:
    """The HTML form of a mail, alone and locked in."""
    opened = read_local_mail(runtime().settings.outbox_folder, public_id)
    return sandboxed(opened.html)


@blueprint.get("/<public_id>/saved")
def saved(public_id: str) -> Response:
    """The mail as a file with all that is attached, to hand in where an office would."""
    response = Response(
        saved_local_mail(runtime().settings.outbox_folder, public_id), content_type="message/rfc822"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{public_id}.eml"'
    return response


@blueprint.after_request
def private(response: Response) -> Response:
    """Mails hold secret links: no copy of them, and no referrer."""
    return is_private(response)


def _told(date: str) -> str:
    """The date of a mail's head as the desk writes times; as it stands there where it is none."""
    try:
        sent = parsedate_to_datetime(date)
    except ValueError:
        return date
    return moment(sent, current_language(), time_zone=publisher().time_zone)


def with_links(text: str) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is a web address."""
    bounds = [0, *(position for link in _LINK.finditer(text) for position in link.span()), len(text)]
    return [(text[start:end], index % 2 == 1) for index, (start, end) in enumerate(pairwise(bounds))]

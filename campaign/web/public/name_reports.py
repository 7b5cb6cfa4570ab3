"""A reader reports a name on the wall: found by its beginning, and said in one small form.

Nothing is kept of who sends it. A link to a name holds which one in a sealed token, and is good while that
name is on the wall as it was: whoever hides, renames or withdraws is not followed by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import Response, current_app, make_response, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.campaign_page import SignatoryShown
from campaign.domain.name_reports import (
    LONGEST_WORDS,
    PER_HOUR,
    PER_HOUR_WITH_PROOF,
    read_report_reason,
    read_report_words,
)
from campaign.errors import CampaignError, ForbiddenError, NotFoundError, RefusedError
from campaign.services.campaigns import name_wall, pages
from campaign.services.moderation import name_reports
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.csrf import LIFETIME, check_form_token, form_token
from campaign.web.jinja import translated
from campaign.web.languages import negotiated, path_to
from campaign.web.public.blueprint import blueprint
from campaign.web.public.names import LONGEST_SEARCH
from campaign.web.public.page_tokens import name_token, signature_of_name
from campaign.web.public.proof_of_work import checked
from campaign.web.recent_counts import NetworkCounts, RecentCounts
from campaign.web.security import is_cross_site

_LATELY = "campaign_reports_lately"


@dataclass(frozen=True)
class ReportForm:
    """What was typed, and what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def value(self, name: str) -> str:
        """What stands in a field."""
        return self.values.get(name, "")


@blueprint.get("/c/<slug:slug>/report")
def report_name(slug: str) -> Response:
    """Which name it is about: a search, whom it finds, or the form for one of these."""
    if "name" in request.args:
        return _drawn(slug, request.args["name"], ReportForm())
    text = " ".join(request.args.get("q", "").split())[:LONGEST_SEARCH]
    with runtime().database.reading() as session:
        head = pages.head(session, slug)
        page = pages.page(session, slug, language=negotiated(default=head.language))
        found = name_wall.search_rows(session, head.id, text) if text else ()
    names = [(shown, name_token(runtime().settings, head.id, id_, shown)) for id_, shown in found]
    return _uncached("public/report_name.html", page=page, text=text, names=names, longest=LONGEST_SEARCH)


@blueprint.post("/c/<slug:slug>/report")
def send_report(slug: str) -> AnyResponse:
    """Keep the report; the answer is the same whatever was known of the name."""
    form = ReportForm(request.form)
    token = request.form.get("name", "")
    try:
        _check_origin(slug)
    except ForbiddenError as error:
        return _drawn(slug, token, form, status=403, problem=error)
    said: dict[str, Any] = {}
    for name, reader in (("reason", read_report_reason), ("words", read_report_words)):
        try:
            said[name] = reader(form.value(name))
        except RefusedError as error:
            form.errors[name] = translated(error.message, **error.values)
    if form.errors:
        return _drawn(slug, token, form, status=422)
    try:
        _count_report(slug)
        with runtime().database.transaction() as session:
            head = pages.head(session, slug)
            signature_id, _ = _named(session, head.id, token)
            name_reports.report(session, head.id, signature_id, **said, now=now())
    except RefusedError as error:
        return _drawn(slug, token, form, status=429, problem=error)
    return redirect(path_to("name_reported", slug=slug), 303)


@blueprint.get("/c/<slug:slug>/reported")
def name_reported(slug: str) -> Response:
    """What happens now: the same page for everybody."""
    with runtime().database.reading() as session:
        head = pages.head(session, slug)
        page = pages.page(session, slug, language=negotiated(default=head.language))
    return _uncached("public/name_reported.html", page=page)


def _drawn(
    slug: str, token: str, form: ReportForm, *, status: int = 200, problem: CampaignError | None = None
) -> Response:
    with runtime().database.reading() as session:
        head = pages.head(session, slug)
        page = pages.page(session, slug, language=negotiated(default=head.language))
        _, shown = _named(session, head.id, token)
    return _uncached(
        "public/report_form.html",
        status=status,
        page=page,
        shown=shown,
        name=token,
        form=form,
        problem=problem and translated(problem.message, **problem.values),
        longest=LONGEST_WORDS,
        token=form_token(runtime().settings, _subject(slug), now()),
    )


def _named(session: Session, campaign_id: int, token: str) -> tuple[int, SignatoryShown]:
    """Which name a link holds; NotFoundError once it is not on the wall as it was."""
    signature_id = signature_of_name(runtime().settings, campaign_id, token)
    shown = name_reports.name_on_wall(session, campaign_id, signature_id)
    if shown is None or name_token(runtime().settings, campaign_id, signature_id, shown) != token:
        raise NotFoundError("This name is no longer on the wall.")
    return signature_id, shown


def _check_origin(slug: str) -> None:
    if is_cross_site():
        raise ForbiddenError("Another site sent this form. Please send it from here.")
    try:
        sent = request.form.get("csrf_token", "")
        check_form_token(runtime().settings, _subject(slug), sent, now=now())
    except RefusedError as error:
        raise ForbiddenError(error.message, **error.values) from error


def _subject(slug: str) -> str:
    """What the form's token is made for: it is of no use in the form that signs."""
    return f"report:{slug}"


@dataclass(frozen=True)
class _ReportsLately:
    """Reports within the last hour by network, and solutions that have served."""

    by_network: NetworkCounts
    proofs: RecentCounts


def _count_report(slug: str) -> None:
    """RefusedError when too many came from this network within the hour."""
    lately: _ReportsLately = current_app.extensions[_LATELY]
    proof = checked(slug, request.form)
    is_proven = proof.id is not None and lately.proofs.add(proof.id, now()) == 0
    if not runtime().settings.safety.asks_for_proof:
        is_proven = True
    before = lately.by_network.add(request.remote_addr, now())
    if before >= (PER_HOUR_WITH_PROOF if is_proven else PER_HOUR):
        raise RefusedError("Many reports came from your network. Wait an hour, then try again.")


def _uncached(template: str, *, status: int = 200, **values: Any) -> Response:
    response = make_response(render_template(template, **values), status)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.record
def _add_counts(state: BlueprintSetupState) -> None:
    lately = _ReportsLately(NetworkCounts(timedelta(hours=1)), RecentCounts(LIFETIME))
    state.app.extensions.setdefault(_LATELY, lately)

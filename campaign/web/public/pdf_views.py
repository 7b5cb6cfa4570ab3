"""The letter and the sign-on sheet as PDF: shown when the worker has made them, ordered when it has not."""

from datetime import timedelta
from typing import cast

from flask import Response, make_response, render_template, request

from campaign.domain.pdf_documents import PaperKind
from campaign.errors import CampaignError
from campaign.services.campaigns import campaigns
from campaign.services.documents import pdf_jobs
from campaign.services.documents.pdf_jobs import Wanted
from campaign.web.context import now, runtime
from campaign.web.languages import negotiated, vary_by_language
from campaign.web.public.blueprint import blueprint

# A short list takes a second or two once the worker has seen the order.
LOOK_AGAIN = 3
TRY_AGAIN = int(pdf_jobs.REST_AFTER_FAILURE.total_seconds())
LATE = timedelta(minutes=2)


@blueprint.get("/c/<slug:slug>/letter.pdf")
def letter_pdf(slug: str) -> Response:
    """The letter with every name the public may read."""
    return _paper(slug, PaperKind.LETTER)


@blueprint.get("/c/<slug:slug>/sheet.pdf")
def sheet_pdf(slug: str) -> Response:
    """A sheet on which people without the internet at hand can sign."""
    return _paper(slug, PaperKind.SHEET)


def _paper(slug: str, kind: PaperKind) -> Response:
    here = runtime()
    head = campaigns.glance(here.database, slug)
    language = negotiated(default=head.language)
    wanted = pdf_jobs.wanted(head, kind, language, public_url=here.settings.web.public_url)
    with here.database.reading() as session:
        found = pdf_jobs.find(session, wanted, now=now())
        body = pdf_jobs.body(session, found.id) if found.id else None
    if found.must_order and request.method == "GET":
        with here.database.transaction() as session:
            pdf_jobs.order(session, wanted, now=now())
    if body is not None:
        return _shown(body, wanted, tag=found.edition or "")
    is_late = found.ordered_at is not None and now() - found.ordered_at > LATE
    problem = None if found.must_order else found.problem
    return _not_there(head.title, wanted, problem=problem, is_late=is_late)


def _shown(body: bytes, wanted: Wanted, *, tag: str) -> Response:
    response = Response(body, content_type="application/pdf")
    name = f"{wanted.slug}-{wanted.kind}-{wanted.language}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "public, no-cache"
    response.set_etag(tag[:32])
    return cast(Response, vary_by_language(response).make_conditional(request))


def _not_there(title: str, wanted: Wanted, *, problem: CampaignError | None, is_late: bool) -> Response:
    page = render_template(
        "public/paper.html", title=title, slug=wanted.slug, kind=wanted.kind, problem=problem, is_late=is_late
    )
    response = make_response(page, 503 if problem else 202)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Retry-After"] = str(TRY_AGAIN if problem else LOOK_AGAIN)
    if not problem:
        response.headers["Refresh"] = str(LOOK_AGAIN)
    return vary_by_language(response)

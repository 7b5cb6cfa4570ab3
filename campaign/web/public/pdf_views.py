"""The letter and the sign-on sheet as PDF: served when the worker has made them, queued when it has not."""

from datetime import timedelta
from typing import cast

from flask import Response, make_response, render_template, request

from campaign.domain.pdf_documents import PdfKind
from campaign.errors import CampaignError
from campaign.services.campaigns import pages
from campaign.services.documents import pdf_jobs
from campaign.services.documents.pdf_jobs import PdfRequest
from campaign.web.context import now, runtime
from campaign.web.languages import negotiated, vary_by_language
from campaign.web.public.blueprint import blueprint

# A short list takes a second or two once the worker has claimed the job.
POLL_SECONDS = 3
RETRY_SECONDS = int(pdf_jobs.RETRY_AFTER.total_seconds())
LATE = timedelta(minutes=2)


@blueprint.get("/c/<slug:slug>/letter.pdf")
def letter_pdf(slug: str) -> Response:
    """The letter with every name the public may read."""
    return _pdf(slug, PdfKind.LETTER)


@blueprint.get("/c/<slug:slug>/sheet.pdf")
def sheet_pdf(slug: str) -> Response:
    """A sheet on which people without the internet at hand can sign."""
    return _pdf(slug, PdfKind.SHEET)


def _pdf(slug: str, kind: PdfKind) -> Response:
    here = runtime()
    head = pages.peek_head(here.database, slug)
    language = negotiated(default=head.language)
    pdf_request = pdf_jobs.request_for(head, kind, language, public_url=here.settings.web.public_url)
    with here.database.reading() as session:
        status = pdf_jobs.status_of(session, pdf_request, now=now())
        body = pdf_jobs.body(session, status.id) if status.id else None
    if status.must_enqueue and request.method == "GET":
        with here.database.transaction() as session:
            pdf_jobs.enqueue(session, pdf_request, now=now())
    if body is not None:
        return _served(body, pdf_request, etag=status.cache_key or "")
    is_late = status.ordered_at is not None and now() - status.ordered_at > LATE
    problem = None if status.must_enqueue else status.problem
    return _not_ready(head.title, pdf_request, problem=problem, is_late=is_late)


def _served(body: bytes, pdf_request: PdfRequest, *, etag: str) -> Response:
    response = Response(body, content_type="application/pdf")
    name = f"{pdf_request.slug}-{pdf_request.kind}-{pdf_request.language}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "public, no-cache"
    response.set_etag(etag[:32])
    return cast(Response, vary_by_language(response).make_conditional(request))


def _not_ready(
    title: str, pdf_request: PdfRequest, *, problem: CampaignError | None, is_late: bool
) -> Response:
    page = render_template(
        "public/pdf_pending.html",
        title=title,
        slug=pdf_request.slug,
        kind=pdf_request.kind,
        problem=problem,
        is_late=is_late,
    )
    response = make_response(page, 503 if problem else 202)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Retry-After"] = str(RETRY_SECONDS if problem else POLL_SECONDS)
    if not problem:
        response.headers["Refresh"] = str(POLL_SECONDS)
    return vary_by_language(response)

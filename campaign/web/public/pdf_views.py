"""The letter and the sign-on sheet as PDF: served when the worker has made them, queued when it has not."""

from datetime import timedelta
from typing import cast

from flask import Response, make_response, render_template, request

from campaign.domain.campaign_page import CampaignHead
from campaign.domain.pdf_documents import PdfKind
from campaign.services.campaigns import pages
from campaign.services.documents import pdf_jobs
from campaign.services.documents.pdf_jobs import PdfRequest
from campaign.web.context import now, runtime
from campaign.web.languages import negotiated, path_to, vary_by_language
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
    head = pages.peek_head(runtime().database, slug)
    return pdf_of(
        head,
        kind,
        language=negotiated(default=head.language),
        check_again=path_to("letter_pdf" if kind is PdfKind.LETTER else "sheet_pdf", slug=slug),
        back=path_to("letter", slug=slug),
    )


def pdf_of(head: CampaignHead, kind: PdfKind, *, language: str, check_again: str, back: str) -> Response:
    """A PDF, or the page that waits for it: that leads to `check_again`, and `back` to where it came from."""
    here = runtime()
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
    page = render_template(
        "public/pdf_pending.html",
        title=head.title,
        check_again=check_again,
        back=back,
        problem=problem,
        is_late=is_late,
    )
    return _not_ready(page, has_failed=problem is not None)


def _served(body: bytes, pdf_request: PdfRequest, *, etag: str) -> Response:
    response = Response(body, content_type="application/pdf")
    name = f"{pdf_request.slug}-{pdf_request.kind}-{pdf_request.language}.pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = "public, no-cache"
    response.set_etag(etag[:32])
    return cast(Response, vary_by_language(response).make_conditional(request))


def _not_ready(page: str, *, has_failed: bool) -> Response:
    response = make_response(page, 503 if has_failed else 202)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Retry-After"] = str(RETRY_SECONDS if has_failed else POLL_SECONDS)
    if not has_failed:
        response.headers["Refresh"] = str(POLL_SECONDS)
    return vary_by_language(response)

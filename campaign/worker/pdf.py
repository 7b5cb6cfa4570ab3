"""The PDF worker: a thread beside the sending worker that makes queued PDFs, one at a time.

Each is laid out by a process of its own at low priority, so that no email waits for it.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from campaign.assets import folder
from campaign.documents.pdf.html import pdf_css
from campaign.documents.pdf.render import NoPdfError, render_pdf_in_subprocess
from campaign.errors import CampaignError
from campaign.runtime import Runtime
from campaign.services.documents import pdf_jobs
from campaign.services.documents.pdf_jobs import PdfJob
from campaign.worker import side_thread

log = logging.getLogger(__name__)


def running(runtime: Runtime, *, stop: threading.Event) -> AbstractContextManager[None]:
    """Make queued PDFs while the block runs; the one under way when `stop` is set goes back to the queue."""
    is_first = True

    def work() -> None:
        nonlocal is_first
        if is_first:
            with runtime.database.transaction() as session:
                pdf_jobs.clear_failures(session)
            is_first = False
        make_all(runtime, stop=stop)

    return side_thread.running(work, name="pdf-worker", stop=stop)


def make_all(
    runtime: Runtime, *, clock: Callable[[], datetime] | None = None, stop: threading.Event | None = None
) -> int:
    """Delete outdated PDFs and make all that are queued; the number made."""
    clock = clock or runtime.clock
    stop = stop or threading.Event()
    with runtime.database.reading() as session:
        if not pdf_jobs.has_work(session):
            return 0
    with runtime.database.transaction() as session:
        pdf_jobs.delete_outdated(session)
    jobs = side_thread.claimed(
        runtime.database, lambda session: pdf_jobs.claim(session, now=clock()), stop=stop
    )
    return sum(_make(runtime, job, clock=clock, stop=stop) for job in jobs)


def _make(runtime: Runtime, job: PdfJob, *, clock: Callable[[], datetime], stop: threading.Event) -> bool:
    try:
        with runtime.database.reading() as session:
            html = pdf_jobs.as_html(
                session,
                job.slug,
                job.kind,
                language=job.language,
                public_url=runtime.settings.web.public_url,
                default_publisher=runtime.default_publisher,
                now=clock(),
            )
        rendered = render_pdf_in_subprocess(
            html, pdf_css(), font_folder=folder("static") / "fonts", stop=stop
        )
    except NoPdfError as error:
        with runtime.database.transaction() as session:
            if stop.is_set():
                pdf_jobs.release(session, job.id)
            else:
                pdf_jobs.record_failure(session, job.id, error, now=clock())
                log.warning("document %s: %s", job.id, error)
        return False
    except CampaignError as error:  # the campaign is a draft again, or gone
        with runtime.database.transaction() as session:
            pdf_jobs.record_failure(session, job.id, error, now=clock())
        return False
    if rendered.missing:
        log.warning("document %s: no font has %d of its characters", job.id, rendered.missing)
    with runtime.database.transaction() as session:
        return pdf_jobs.store(session, job, rendered.pdf, now=clock())

"""A thread beside the sending worker that makes the files organizers ordered, one at a time."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial

from campaign.assets import folder
from campaign.documents.pdf.html import pdf_css
from campaign.documents.pdf.render import NoPdfError, render_pdf_in_subprocess
from campaign.documents.sealed_file import new_key, write_sealed
from campaign.domain.export_choice import ExportChoice
from campaign.domain.pdf_documents import PdfKind
from campaign.domain.prepared_files import PreparedKind
from campaign.errors import CampaignError, ConflictError, UnavailableError
from campaign.mail.email import TextFile
from campaign.runtime import Runtime
from campaign.services.documents import exports, pack, pdf_jobs, prepared_files, statistics_report
from campaign.services.documents.export_rows import ROWS_AT_ONCE
from campaign.services.documents.prepared_files import FileJob
from campaign.services.office_check import manifests
from campaign.worker import side_thread

# After so many pages a page of the desk sees how far it is.
PAGES_BETWEEN = 20
# Between pages, so that email is sent meanwhile.
BREATH_SECONDS = 0.002

log = logging.getLogger(__name__)


class _NotWantedError(Exception):
    """The file is to be begun anew, or nobody wants it any more, or the worker stops."""


def running(runtime: Runtime, *, stop: threading.Event) -> AbstractContextManager[None]:
    """Make files while the block runs; the one under way when `stop` is set goes back to the queue."""
    return side_thread.running(partial(make_all, runtime, stop=stop), name="file-worker", stop=stop)


def make_all(
    runtime: Runtime, *, clock: Callable[[], datetime] | None = None, stop: threading.Event | None = None
) -> int:
    """Make all files that are queued; the number made."""
    clock = clock or runtime.clock
    stop = stop or threading.Event()
    with runtime.database.reading() as session:
        if not prepared_files.has_work(session):
            return 0
    jobs = side_thread.claimed(
        runtime.database, lambda session: prepared_files.claim(session, now=clock()), stop=stop
    )
    return sum(_make(runtime, job, clock=clock, stop=stop) for job in jobs)


def _make(runtime: Runtime, job: FileJob, *, clock: Callable[[], datetime], stop: threading.Event) -> bool:
    path = runtime.settings.prepared_folder / (job.name + prepared_files.SUFFIX)
    key = new_key()
    try:
        size = write_sealed(path, _followed(runtime, job, clock=clock, stop=stop), key)
        with runtime.database.transaction() as session:
            is_stored = prepared_files.store(session, job, key, size, now=clock())
    except (_NotWantedError, UnavailableError):
        path.unlink(missing_ok=True)
        with runtime.database.transaction() as session:
            prepared_files.release(session, job)
        return False
    except (CampaignError, OSError) as error:
        path.unlink(missing_ok=True)
        log.warning("prepared file %s: %s", job.id, type(error).__name__)
        with runtime.database.transaction() as session:
            prepared_files.record_failure(session, job, now=clock())
        return False
    if not is_stored:
        path.unlink(missing_ok=True)
    return is_stored


def _followed(
    runtime: Runtime, job: FileJob, *, clock: Callable[[], datetime], stop: threading.Event
) -> Iterator[bytes]:
    """The file's chunks; now and then its row is told how far it is, and asked whether it is wanted."""
    for number, chunk in enumerate(_chunks(runtime, job, clock=clock, stop=stop)):
        yield chunk
        if number % PAGES_BETWEEN == PAGES_BETWEEN - 1:
            with runtime.database.transaction() as session:
                rows = number * ROWS_AT_ONCE
                is_wanted = prepared_files.note_progress(session, job, rows, now=clock())
            if not is_wanted:
                raise _NotWantedError
        if stop.wait(BREATH_SECONDS):
            raise _NotWantedError


def _chunks(
    runtime: Runtime, job: FileJob, *, clock: Callable[[], datetime], stop: threading.Event
) -> Iterator[bytes]:
    if job.kind is PreparedKind.PACK:
        return iter([_pack(runtime, job, now=clock(), stop=stop)])
    if job.kind is PreparedKind.STATISTICS:
        return iter([_statistics(runtime, job, stop=stop)])
    choice = ExportChoice.from_json(job.request)
    return exports.chunks(runtime.database, exports.ExportRequest(job.campaign_id, job.slug, choice))


def _pack(runtime: Runtime, job: FileJob, *, now: datetime, stop: threading.Event) -> bytes:
    """All that is carried to one official; without the PDF where this machine cannot make one."""
    public_url = runtime.settings.web.public_url
    with runtime.database.reading() as session:
        parts = pack.parts(
            session, job.slug, job.request["official"], renderer=runtime.renderer, public_url=public_url
        )
        html = pdf_jobs.as_html(
            session,
            job.slug,
            PdfKind.LETTER,
            language=parts.page.head.language,
            public_url=public_url,
            default_publisher=runtime.default_publisher,
            now=now,
        )
    try:
        fonts = folder("static") / "fonts"
        letter = render_pdf_in_subprocess(html, pdf_css(), font_folder=fonts, stop=stop).pdf
    except NoPdfError as error:
        log.warning("prepared file %s has no PDF: %s", job.id, type(error).__name__)
        letter = None
    manifest = pack.manifest(parts, public_url=public_url, now=now)
    files: tuple[TextFile, ...] = ()
    with runtime.database.transaction() as session:
        prepared_files.note_contents(session, job, len(parts.messages))
        if manifest is not None:
            files = manifests.signed(session, manifest, keys=runtime.manifest_keys)
    return pack.archive(parts, letter, files=files, now=now)


def _statistics(runtime: Runtime, job: FileJob, *, stop: threading.Event) -> bytes:
    """The report as a PDF; ConflictError where this machine cannot make one."""
    with runtime.database.reading() as session:
        html = statistics_report.as_html(
            session, job.slug, job.request, default_publisher=runtime.default_publisher
        )
    try:
        fonts = folder("static") / "fonts"
        return render_pdf_in_subprocess(html, pdf_css(), font_folder=fonts, stop=stop).pdf
    except NoPdfError as error:
        if stop.is_set():
            raise
        raise ConflictError(error.message, **error.values) from error

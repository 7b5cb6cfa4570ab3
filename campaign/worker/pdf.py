"""The press: a thread beside the sending worker that has ordered documents made, one at a time.

The work itself is done by a process of its own at low priority, so that no email waits for it.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from campaign.assets import folder
from campaign.documents.pdf.html import paper_css
from campaign.documents.pdf.render import NoPdfError, print_apart
from campaign.errors import CampaignError, UnavailableError
from campaign.runtime import Runtime
from campaign.services.documents import pdf_jobs
from campaign.services.documents.pdf_jobs import Order
from campaign.store.clock import shared_clock

LOOK_SECONDS = 2.0
REST_SECONDS = 10.0

log = logging.getLogger(__name__)


@contextmanager
def running(runtime: Runtime, *, stop: threading.Event) -> Iterator[None]:
    """Make what is ordered while the block runs; what is begun when `stop` is set is given back."""
    thread = threading.Thread(target=_run, args=(runtime, stop), name="press", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


def make_all(
    runtime: Runtime, *, clock: Callable[[], datetime] | None = None, stop: threading.Event | None = None
) -> int:
    """Sweep away what is true no more, make all that is ordered, and say how many documents were made."""
    clock = clock or shared_clock(runtime.database)
    stop = stop or threading.Event()
    made = 0
    with runtime.database.reading() as session:
        if not pdf_jobs.are_ordered(session):
            return 0
    with runtime.database.transaction() as session:
        pdf_jobs.sweep(session)
    while not stop.is_set():
        with runtime.database.transaction() as session:
            order = pdf_jobs.claim(session, now=clock())
        if order is None:
            break
        made += _make(runtime, order, clock=clock, stop=stop)
    return made


def _run(runtime: Runtime, stop: threading.Event) -> None:
    is_first = True
    while not stop.is_set():
        wait = LOOK_SECONDS
        try:
            if is_first:
                with runtime.database.transaction() as session:
                    pdf_jobs.forget_failures(session)
                is_first = False
            make_all(runtime, stop=stop)
        except UnavailableError:
            wait = REST_SECONDS
        stop.wait(wait)


def _make(runtime: Runtime, order: Order, *, clock: Callable[[], datetime], stop: threading.Event) -> bool:
    try:
        with runtime.database.reading() as session:
            html = pdf_jobs.as_html(
                session,
                order.slug,
                order.kind,
                language=order.language,
                public_url=runtime.settings.web.public_url,
                now=clock(),
            )
        printed = print_apart(html, paper_css(), font_folder=folder("static") / "fonts", stop=stop)
    except NoPdfError as error:
        with runtime.database.transaction() as session:
            if stop.is_set():
                pdf_jobs.give_back(session, order.id)
            else:
                pdf_jobs.fail(session, order.id, error, now=clock())
                log.warning("document %s: %s", order.id, error)
        return False
    except CampaignError as error:  # the campaign is a draft again, or gone
        with runtime.database.transaction() as session:
            pdf_jobs.fail(session, order.id, error, now=clock())
        return False
    if printed.missing:
        log.warning("document %s: no font has %d of its characters", order.id, printed.missing)
    with runtime.database.transaction() as session:
        return pdf_jobs.store(session, order, printed.pdf, now=clock())

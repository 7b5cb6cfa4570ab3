"""The audit log: what organizers did, and whether the chain is whole."""

from flask import render_template, request

from campaign.domain.roles import Permission
from campaign.errors import ConflictError
from campaign.services import audit
from campaign.web.context import runtime
from campaign.web.organizer.guard import blueprint, needs
from campaign.web.organizer.paging import row_named

A_PAGE = 50


@blueprint.get("/audit")
@needs(Permission.AUDIT)
def audit_log() -> str:
    """A page of entries, newest first; checked from the first to the last where asked."""
    before = row_named("before")
    checked: audit.ChainState | None = None
    broken: ConflictError | None = None
    with runtime().database.reading() as session:
        entries = audit.entries(session, before=before, limit=A_PAGE + 1)
        if "check" in request.args:
            try:
                checked = audit.verify(session)
            except ConflictError as error:
                broken = error
    return render_template(
        "organizer/audit.html",
        entries=entries[:A_PAGE],
        next=entries[A_PAGE - 1].id if len(entries) > A_PAGE else None,
        checked=checked,
        broken=broken,
    )

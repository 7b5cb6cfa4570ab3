"""The audit log: what organizers did, and whether the chain is whole."""

from flask import render_template, request

from campaign.domain.roles import Permission
from campaign.errors import ConflictError, NotFoundError
from campaign.services import audit
from campaign.web.context import runtime
from campaign.web.organizer.guard import blueprint, needs

A_PAGE = 50


@blueprint.get("/audit")
@needs(Permission.AUDIT)
def audit_log() -> str:
    """A page of entries, newest first; checked from the first to the last where asked."""
    before = request.args.get("before", "")
    if before and not (before.isascii() and before.isdigit() and len(before) < 16):
        raise NotFoundError("There is no such page of the audit log.")
    checked: int | None = None
    broken: ConflictError | None = None
    with runtime().database.reading() as session:
        entries = audit.entries(session, before=int(before) if before else None, limit=A_PAGE + 1)
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

"""The audit log: who did what, found by campaign, person and kind; as a file; and whether it is whole."""

import json
from collections.abc import Iterator
from urllib.parse import urlencode

from flask import Response, render_template, request, stream_with_context, url_for

from campaign.documents.tables import as_csv
from campaign.documents.tables.batches import Batch
from campaign.domain.roles import Permission
from campaign.errors import ConflictError
from campaign.services.audit import audit_log as log
from campaign.services.audit import reading as audit_reading
from campaign.services.audit.audit_log import AuditFilter
from campaign.services.audit.reading import NamesInLog
from campaign.web.context import now, runtime
from campaign.web.organizer.audit.sentences import KINDS
from campaign.web.organizer.audit.shown import shown
from campaign.web.organizer.desk_form import ActionForm
from campaign.web.organizer.guard import actor, blueprint, i_may, me, needs
from campaign.web.organizer.paging import row_named

A_PAGE = 50
_COLUMNS = ("number", "at", "who", "action", "campaign", "sentence", "details", "hash")


@blueprint.get("/audit")
@needs(Permission.AUDIT, somewhere=True)
def audit_log() -> str:
    """A page of entries, newest first; checked from the first to the last where asked."""
    before, chosen = row_named("before"), _chosen()
    checked: log.ChainState | None = None
    broken: ConflictError | None = None
    with runtime().database.reading() as session:
        entries = log.entries(session, chosen, before=before, limit=A_PAGE + 1)
        names = audit_reading.names(session, within=chosen.within)
        if "check" in request.args and i_may(Permission.AUDIT):
            try:
                checked = log.verify(session)
            except ConflictError as error:
                broken = error
    following = entries[A_PAGE - 1].id if len(entries) > A_PAGE else None
    return render_template(
        "organizer/audit.html",
        entries=[shown(entry, names) for entry in entries[:A_PAGE]],
        next=following and f"{url_for('organizer.audit_log')}?{urlencode({**_asked(), 'before': following})}",
        names=names,
        kinds=KINDS,
        asked=_asked(),
        checked=checked,
        broken=broken,
    )


@blueprint.post("/audit/export")
@needs(Permission.AUDIT, somewhere=True)
def export_audit_log() -> Response:
    """All entries that are chosen as a file, streamed; that it was taken is the newest of them."""
    ActionForm().require()
    chosen = _chosen()
    with runtime().database.transaction() as session:
        audit_reading.record_export(session, chosen, actor=actor(), now=now())
        names = audit_reading.names(session, within=chosen.within)
    # Its sentences are in the language of the page, which is known as long as the request is.
    file = stream_with_context(as_csv.chunks(_COLUMNS, _batches(chosen, names)))
    response = Response(file, content_type=as_csv.MEDIA_TYPE)
    response.headers.set("Content-Disposition", "attachment", filename=f"audit-log-{now():%Y-%m-%d}.csv")
    return response


def _asked() -> dict[str, str]:
    """What the address or the form asks for, as it was sent."""
    asked = {name: request.values.get(name, "") for name in ("campaign", "person", "kind")}
    return {name: value for name, value in asked.items() if value}


def _chosen() -> AuditFilter:
    kind = KINDS.get(_asked().get("kind", ""))
    return AuditFilter(
        campaign_id=row_named("campaign"),
        organizer_id=row_named("person"),
        actions=tuple(kind.sentences) if kind else None,
        within=me().rights.where(Permission.AUDIT),
    )


def _batches(chosen: AuditFilter, names: NamesInLog) -> Iterator[Batch]:
    for entries in audit_reading.all_entries(runtime().database, chosen):
        rows = [
            (
                str(entry.id),
                entry.at.isoformat(),
                entry.organizer or str(entry.details.get("by", "")),
                entry.action,
                names.slugs.get(entry.details.get("campaign", 0), ""),
                shown(entry, names).text,
                json.dumps(dict(entry.details), ensure_ascii=False, sort_keys=True),
                entry.entry_hash,
            )
            for entry in entries
        ]
        yield list(zip(*rows, strict=True))

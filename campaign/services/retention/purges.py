"""All that is deleted in time, in the order of a run.

A kind that looks at what another changes comes before it, so that a run that changes nothing counts the same.
"""

from functools import partial
from pathlib import Path

from campaign.domain.retention import PurgeKind
from campaign.services.retention import (
    asked_about,
    local_files,
    personal_data,
    prepared,
    records,
    update_lists,
    words,
)
from campaign.services.retention.purge import Purge


def all_purges(*, outbox: Path, prepared_folder: Path) -> tuple[Purge, ...]:
    """Every kind; the local provider writes mails in `outbox`, the worker lists in the other folder."""
    return (
        Purge(PurgeKind.EMAILS, words.due_emails, words.delete_emails),
        Purge(PurgeKind.REPLIES, words.due_replies, words.delete_replies),
        Purge(
            PurgeKind.FILES,
            partial(local_files.due_files, outbox=outbox),
            partial(local_files.delete_files, outbox=outbox),
        ),
        Purge(
            PurgeKind.PREPARED_FILES,
            partial(prepared.due_prepared, folder=prepared_folder),
            partial(prepared.delete_prepared, folder=prepared_folder),
        ),
        Purge(PurgeKind.DOCUMENTS, records.due_documents, records.delete_documents),
        Purge(PurgeKind.IMPORT_DRAFTS, prepared.due_drafts, prepared.delete_drafts),
        Purge(PurgeKind.NAME_REPORTS, words.due_name_reports, words.delete_name_reports),
        Purge(PurgeKind.UPDATE_LISTS, update_lists.due_recipients, update_lists.delete_recipients),
        Purge(PurgeKind.SPOT_CHECKS, asked_about.due_asked, asked_about.delete_asked),
        Purge(PurgeKind.FORM_LINKS, personal_data.due_form_links, personal_data.delete_form_links),
        Purge(PurgeKind.FORMS, personal_data.due_forms, personal_data.delete_forms),
        Purge(
            PurgeKind.SIGNATURES,
            personal_data.due_signatures,
            personal_data.anonymize_signatures,
            personal_data.finish_campaigns,
        ),
        Purge(PurgeKind.REPORTS, records.due_reports, records.delete_reports),
        Purge(PurgeKind.SESSIONS, records.due_sessions, records.delete_sessions),
        Purge(PurgeKind.LOGIN_ATTEMPTS, records.due_login_attempts, records.delete_login_attempts),
        Purge(PurgeKind.INVITATIONS, records.due_invitations, records.delete_invitations),
        Purge(PurgeKind.PASSWORD_REQUESTS, records.due_password_requests, records.delete_password_requests),
        Purge(PurgeKind.LETTERS, records.due_letters, records.delete_letters),
    )

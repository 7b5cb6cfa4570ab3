"""All tables, by subject."""

from campaign.store.tables.base import Base
from campaign.store.tables.campaigns import Campaign
from campaign.store.tables.changes import CampaignChange
from campaign.store.tables.count_log import CountLogEntry, CountLogHead, CountLogNode
from campaign.store.tables.documents import Document
from campaign.store.tables.events import DeliveryEvent
from campaign.store.tables.exports import PreparedFile, SavedChoice
from campaign.store.tables.imports import SignatureImport
from campaign.store.tables.installation import Installation
from campaign.store.tables.letters import Ask, InitialSignatory, LetterVersion
from campaign.store.tables.moderation import DomainTally, Invalidation, Removal
from campaign.store.tables.monitoring import ActivityLookup, Alert, Job, OutcomeCount, PurgeRun
from campaign.store.tables.networks import NetworkRush, NetworkSalt
from campaign.store.tables.officials import HandOver, OfficeAnswer, Official
from campaign.store.tables.organizers import (
    AuditEntry,
    AuditWindow,
    LoginAttempt,
    Organizer,
    OrganizerSession,
    RecoveryCode,
)
from campaign.store.tables.outbox import (
    DigestedMessage,
    OutboxBody,
    OutboxEmail,
    PaceBucket,
    ProviderPause,
    Worker,
)
from campaign.store.tables.own_words import MessageFingerprint, OwnWordsTally
from campaign.store.tables.replies import Reply
from campaign.store.tables.signatures import (
    Consent,
    LinkToken,
    Message,
    Signature,
    SigningForm,
    Supporter,
)
from campaign.store.tables.site import Site
from campaign.store.tables.suppressions import Suppression

__all__ = [
    "ActivityLookup",
    "Alert",
    "Ask",
    "AuditEntry",
    "AuditWindow",
    "Base",
    "Campaign",
    "CampaignChange",
    "Consent",
    "CountLogEntry",
    "CountLogHead",
    "CountLogNode",
    "DeliveryEvent",
    "DigestedMessage",
    "Document",
    "DomainTally",
    "HandOver",
    "InitialSignatory",
    "Installation",
    "Invalidation",
    "Job",
    "LetterVersion",
    "LinkToken",
    "LoginAttempt",
    "Message",
    "MessageFingerprint",
    "NetworkRush",
    "NetworkSalt",
    "OfficeAnswer",
    "Official",
    "Organizer",
    "OrganizerSession",
    "OutboxBody",
    "OutboxEmail",
    "OutcomeCount",
    "OwnWordsTally",
    "PaceBucket",
    "PreparedFile",
    "ProviderPause",
    "PurgeRun",
    "RecoveryCode",
    "Removal",
    "Reply",
    "SavedChoice",
    "Signature",
    "SignatureImport",
    "SigningForm",
    "Site",
    "Supporter",
    "Suppression",
    "Worker",
]

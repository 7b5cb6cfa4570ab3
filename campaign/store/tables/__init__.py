"""All tables, by subject."""

from campaign.store.tables import encrypted_rows as encrypted_rows  # binds what objects hold
from campaign.store.tables.base import Base
from campaign.store.tables.campaigns import Campaign
from campaign.store.tables.changes import CampaignChange
from campaign.store.tables.count_log import CountLogEntry, CountLogHead, CountLogNode
from campaign.store.tables.documents import Document
from campaign.store.tables.events import DeliveryEvent
from campaign.store.tables.exports import PreparedFile, SavedChoice
from campaign.store.tables.imports import SignatureImport
from campaign.store.tables.installation import DataKeyUse, EarlierValues, Installation
from campaign.store.tables.letters import Ask, InitialSignatory, LetterImport, LetterVersion
from campaign.store.tables.moderation import Clearance, DomainTally, Invalidation, NameReport, Removal
from campaign.store.tables.monitoring import ActivityLookup, Alert, Job, OutcomeCount, PurgeRun
from campaign.store.tables.networks import NetworkRush, NetworkSalt
from campaign.store.tables.office_check import ManifestKey, OfficeCheck
from campaign.store.tables.officials import HandOver, OfficeAnswer, Official
from campaign.store.tables.opening import Opening, Setup
from campaign.store.tables.organizers import (
    AuditEntry,
    AuditWindow,
    CodeFailure,
    Invitation,
    LoginAttempt,
    Organizer,
    OrganizerCampaign,
    OrganizerSession,
    Passkey,
    PasskeyChallenge,
    PasswordRequest,
    RecoveryCode,
)
from campaign.store.tables.outbox import (
    DigestedMessage,
    OutboxBody,
    OutboxCampaign,
    OutboxEmail,
    PaceBucket,
    ProviderPause,
    Worker,
)
from campaign.store.tables.own_words import MessageFingerprint, OwnWordsTally
from campaign.store.tables.quotes import Quote
from campaign.store.tables.replies import Reply
from campaign.store.tables.search_terms import SearchTerm
from campaign.store.tables.signature_changes import MessageMark, SignatureChange
from campaign.store.tables.signatures import (
    Consent,
    LinkToken,
    Message,
    Signature,
    SigningForm,
    Supporter,
)
from campaign.store.tables.site import Site
from campaign.store.tables.spot_checks import SpotCheck, SpotCheckAsked, SpotCheckLeaver, SpotCheckPick
from campaign.store.tables.statistics import DailyFigure, FigureDelta
from campaign.store.tables.suppressions import Suppression
from campaign.store.tables.updates import Affirmation, CampaignUpdate, MailText, UpdateRecipient
from campaign.store.tables.witnesses import CoSignature, Witness

__all__ = [
    "ActivityLookup",
    "Affirmation",
    "Alert",
    "Ask",
    "AuditEntry",
    "AuditWindow",
    "Base",
    "Campaign",
    "CampaignChange",
    "CampaignUpdate",
    "Clearance",
    "CoSignature",
    "CodeFailure",
    "Consent",
    "CountLogEntry",
    "CountLogHead",
    "CountLogNode",
    "DailyFigure",
    "DataKeyUse",
    "DeliveryEvent",
    "DigestedMessage",
    "Document",
    "DomainTally",
    "EarlierValues",
    "FigureDelta",
    "HandOver",
    "InitialSignatory",
    "Installation",
    "Invalidation",
    "Invitation",
    "Job",
    "LetterImport",
    "LetterVersion",
    "LinkToken",
    "LoginAttempt",
    "MailText",
    "ManifestKey",
    "Message",
    "MessageFingerprint",
    "MessageMark",
    "NameReport",
    "NetworkRush",
    "NetworkSalt",
    "OfficeAnswer",
    "OfficeCheck",
    "Official",
    "Opening",
    "Organizer",
    "OrganizerCampaign",
    "OrganizerSession",
    "OutboxBody",
    "OutboxCampaign",
    "OutboxEmail",
    "OutcomeCount",
    "OwnWordsTally",
    "PaceBucket",
    "Passkey",
    "PasskeyChallenge",
    "PasswordRequest",
    "PreparedFile",
    "ProviderPause",
    "PurgeRun",
    "Quote",
    "RecoveryCode",
    "Removal",
    "Reply",
    "SavedChoice",
    "SearchTerm",
    "Setup",
    "Signature",
    "SignatureChange",
    "SignatureImport",
    "SigningForm",
    "Site",
    "SpotCheck",
    "SpotCheckAsked",
    "SpotCheckLeaver",
    "SpotCheckPick",
    "Supporter",
    "Suppression",
    "UpdateRecipient",
    "Witness",
    "Worker",
]

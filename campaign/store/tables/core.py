"""The tables themselves, one name for each: for sets of rows and on hot paths, where no object is wanted."""

from campaign.store.tables import (
    ActivityLookup,
    Alert,
    Ask,
    AuditEntry,
    AuditWindow,
    Campaign,
    CampaignChange,
    Consent,
    CountLogEntry,
    CountLogHead,
    CountLogNode,
    DeliveryEvent,
    DigestedMessage,
    Document,
    DomainTally,
    HandOver,
    InitialSignatory,
    Installation,
    Invalidation,
    Job,
    LetterVersion,
    LinkToken,
    LoginAttempt,
    Message,
    MessageFingerprint,
    NetworkRush,
    NetworkSalt,
    OfficeAnswer,
    Official,
    Organizer,
    OrganizerSession,
    OutboxBody,
    OutboxEmail,
    OutcomeCount,
    OwnWordsTally,
    PaceBucket,
    PreparedFile,
    ProviderPause,
    PurgeRun,
    RecoveryCode,
    Removal,
    Reply,
    SavedChoice,
    Signature,
    SignatureImport,
    SigningForm,
    Site,
    Supporter,
    Suppression,
    Worker,
)
from campaign.store.tables.base import table_of

alert = table_of(Alert)
ask = table_of(Ask)
audit_entry = table_of(AuditEntry)
audit_window = table_of(AuditWindow)
campaign = table_of(Campaign)
campaign_change = table_of(CampaignChange)
job = table_of(Job)
consent = table_of(Consent)
count_log_entry = table_of(CountLogEntry)
count_log_head = table_of(CountLogHead)
count_log_node = table_of(CountLogNode)
delivery_event = table_of(DeliveryEvent)
digested_message = table_of(DigestedMessage)
document = table_of(Document)
domain_tally = table_of(DomainTally)
activity_lookup = table_of(ActivityLookup)
initial_signatory = table_of(InitialSignatory)
installation = table_of(Installation)
invalidation = table_of(Invalidation)
letter_version = table_of(LetterVersion)
link_token = table_of(LinkToken)
login_attempt = table_of(LoginAttempt)
message = table_of(Message)
message_fingerprint = table_of(MessageFingerprint)
network_rush = table_of(NetworkRush)
network_salt = table_of(NetworkSalt)
prepared_file = table_of(PreparedFile)
export_choice = table_of(SavedChoice)
signature_import = table_of(SignatureImport)
hand_over = table_of(HandOver)
office_answer = table_of(OfficeAnswer)
official = table_of(Official)
organizer = table_of(Organizer)
organizer_session = table_of(OrganizerSession)
outbox_body = table_of(OutboxBody)
outbox_email = table_of(OutboxEmail)
outcome_count = table_of(OutcomeCount)
own_words_tally = table_of(OwnWordsTally)
pace_bucket = table_of(PaceBucket)
provider_pause = table_of(ProviderPause)
purge_run = table_of(PurgeRun)
recovery_code = table_of(RecoveryCode)
removal = table_of(Removal)
reply = table_of(Reply)
signature = table_of(Signature)
signing_form = table_of(SigningForm)
site = table_of(Site)
supporter = table_of(Supporter)
suppression = table_of(Suppression)
worker = table_of(Worker)

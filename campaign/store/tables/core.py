"""The tables themselves, one name for each: for sets of rows and on hot paths, where no object is wanted."""

from campaign.store.tables import (
    ActivityLookup,
    Affirmation,
    Alert,
    Ask,
    AuditEntry,
    AuditWindow,
    Campaign,
    CampaignChange,
    CampaignUpdate,
    Clearance,
    CodeFailure,
    Consent,
    CoSignature,
    CountLogEntry,
    CountLogHead,
    CountLogNode,
    DailyFigure,
    DataKeyUse,
    DeliveryEvent,
    DigestedMessage,
    Document,
    DomainTally,
    EarlierValues,
    FigureDelta,
    HandOver,
    InitialSignatory,
    Installation,
    Invalidation,
    Invitation,
    Job,
    LetterImport,
    LetterVersion,
    LinkToken,
    LoginAttempt,
    MailText,
    ManifestKey,
    Message,
    MessageFingerprint,
    MessageMark,
    NameReport,
    NetworkRush,
    NetworkSalt,
    OfficeAnswer,
    OfficeCheck,
    Official,
    Opening,
    Organizer,
    OrganizerCampaign,
    OrganizerSession,
    OutboxBody,
    OutboxCampaign,
    OutboxEmail,
    OutcomeCount,
    OwnWordsTally,
    PaceBucket,
    Passkey,
    PasskeyChallenge,
    PasswordRequest,
    PreparedFile,
    ProviderPause,
    PurgeRun,
    Quote,
    RecoveryCode,
    Removal,
    Reply,
    SavedChoice,
    SearchTerm,
    Setup,
    Signature,
    SignatureChange,
    SignatureImport,
    SigningForm,
    Site,
    SpotCheck,
    SpotCheckAsked,
    SpotCheckLeaver,
    SpotCheckPick,
    Supporter,
    Suppression,
    UpdateRecipient,
    Witness,
    Worker,
)
from campaign.store.tables.base import table_of

affirmation = table_of(Affirmation)
alert = table_of(Alert)
ask = table_of(Ask)
audit_entry = table_of(AuditEntry)
audit_window = table_of(AuditWindow)
campaign = table_of(Campaign)
campaign_change = table_of(CampaignChange)
code_failure = table_of(CodeFailure)
campaign_update = table_of(CampaignUpdate)
clearance = table_of(Clearance)
co_signature = table_of(CoSignature)
job = table_of(Job)
consent = table_of(Consent)
count_log_entry = table_of(CountLogEntry)
count_log_head = table_of(CountLogHead)
count_log_node = table_of(CountLogNode)
daily_figure = table_of(DailyFigure)
data_key = table_of(DataKeyUse)
delivery_event = table_of(DeliveryEvent)
digested_message = table_of(DigestedMessage)
document = table_of(Document)
domain_tally = table_of(DomainTally)
earlier_values = table_of(EarlierValues)
figure_delta = table_of(FigureDelta)
activity_lookup = table_of(ActivityLookup)
initial_signatory = table_of(InitialSignatory)
installation = table_of(Installation)
invalidation = table_of(Invalidation)
invitation = table_of(Invitation)
letter_import = table_of(LetterImport)
letter_version = table_of(LetterVersion)
link_token = table_of(LinkToken)
login_attempt = table_of(LoginAttempt)
mail_text = table_of(MailText)
manifest_key = table_of(ManifestKey)
message = table_of(Message)
message_fingerprint = table_of(MessageFingerprint)
message_mark = table_of(MessageMark)
name_report = table_of(NameReport)
network_rush = table_of(NetworkRush)
network_salt = table_of(NetworkSalt)
prepared_file = table_of(PreparedFile)
export_choice = table_of(SavedChoice)
signature_import = table_of(SignatureImport)
hand_over = table_of(HandOver)
office_answer = table_of(OfficeAnswer)
office_check = table_of(OfficeCheck)
official = table_of(Official)
opening = table_of(Opening)
organizer = table_of(Organizer)
organizer_campaign = table_of(OrganizerCampaign)
organizer_session = table_of(OrganizerSession)
outbox_body = table_of(OutboxBody)
outbox_campaign = table_of(OutboxCampaign)
outbox_email = table_of(OutboxEmail)
outcome_count = table_of(OutcomeCount)
own_words_tally = table_of(OwnWordsTally)
pace_bucket = table_of(PaceBucket)
passkey = table_of(Passkey)
passkey_challenge = table_of(PasskeyChallenge)
password_request = table_of(PasswordRequest)
provider_pause = table_of(ProviderPause)
purge_run = table_of(PurgeRun)
quote = table_of(Quote)
recovery_code = table_of(RecoveryCode)
removal = table_of(Removal)
reply = table_of(Reply)
search_term = table_of(SearchTerm)
setup = table_of(Setup)
signature = table_of(Signature)
signature_change = table_of(SignatureChange)
signing_form = table_of(SigningForm)
site = table_of(Site)
spot_check = table_of(SpotCheck)
spot_check_asked = table_of(SpotCheckAsked)
spot_check_leaver = table_of(SpotCheckLeaver)
spot_check_pick = table_of(SpotCheckPick)
supporter = table_of(Supporter)
suppression = table_of(Suppression)
update_recipient = table_of(UpdateRecipient)
witness = table_of(Witness)
worker = table_of(Worker)

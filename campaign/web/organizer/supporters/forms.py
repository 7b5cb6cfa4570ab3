"""Forms about supporters: found by name or address, removed, not written to."""

from wtforms.fields import BooleanField, StringField

from campaign.domain.addresses import clean_address
from campaign.domain.doubts import read_decision, read_doubt
from campaign.domain.letter import SignatoryKind
from campaign.domain.letter_details import read_signatory_kind
from campaign.domain.moderation import (
    InvalidationRule,
    clean_reason,
    read_domain,
    read_moment,
    read_removable_state,
    read_rule,
    require_reason,
)
from campaign.domain.name_reports import read_report_decision
from campaign.domain.names import clean_label, clean_name
from campaign.domain.networks import read_network
from campaign.domain.official_details import read_position
from campaign.domain.supporter_filter import (
    FILTERS,
    SupporterFilter,
    read_code,
    read_day,
    read_filter,
    read_row,
    read_sought,
    read_source,
    read_state,
    read_visibility,
    read_yes_or_no,
)
from campaign.domain.suppressions import clean_note
from campaign.services.campaigns.first_signers import FirstSigner
from campaign.web.organizer.desk_form import ActionForm, DeskForm, Reads
from campaign.web.publisher import publisher


class FindForm(DeskForm):
    """Who is looked for: a name, an organization or an address, and what narrows the list down."""

    sought = StringField(default="", validators=[Reads(read_sought)])
    state = StringField(default="", validators=[Reads(read_state)])
    since = StringField(default="", validators=[Reads(read_day)])
    until = StringField(default="", validators=[Reads(read_day)])
    language = StringField(default="", validators=[Reads(read_code)])
    country = StringField(default="", validators=[Reads(read_code)])
    source = StringField(default="", validators=[Reads(read_source)])
    official = StringField(default="", validators=[Reads(read_row)])
    updates = StringField(default="", validators=[Reads(read_yes_or_no)])
    words = StringField(default="", validators=[Reads(read_yes_or_no)])
    visibility = StringField(default="", validators=[Reads(read_visibility)])
    version = StringField(default="", validators=[Reads(read_row)])
    before = StringField(default="")

    def wanted(self) -> SupporterFilter:
        """What narrows the list down, of a form without errors."""
        return read_filter(self.narrowed, time_zone=publisher().time_zone)

    @property
    def narrowed(self) -> dict[str, str]:
        """The filters that say something, as they were sent."""
        return {name: self.value(name) for name in FILTERS if self.value(name)}


class AddressForm(DeskForm):
    """One exact address to look for."""

    address = StringField(default="", validators=[Reads(clean_address)])


class RestoreForm(ActionForm):
    """The way back for one signature; `back` names the page the button stands on."""

    back = StringField()


class SuppressionForm(DeskForm):
    """An address to write to no more, and why."""

    address = StringField(default="", validators=[Reads(clean_address)])
    note = StringField(default="", validators=[Reads(clean_note)])


class RemovalForm(DeskForm):
    """Why one signature is removed."""

    reason = StringField(default="", validators=[Reads(require_reason)])


class FirstSignerForm(DeskForm):
    """How a supporter is shown among the first signatories."""

    kind = StringField(default=SignatoryKind.PERSON.value, validators=[Reads(read_signatory_kind)])
    position = StringField(default="", validators=[Reads(read_position)])
    for_identification = BooleanField()
    agreed = BooleanField()

    def wanted(self) -> FirstSigner:
        """What the service takes; only of a valid form."""
        return FirstSigner(
            kind=read_signatory_kind(self.text("kind")),
            position=read_position(self.text("position")),
            for_identification=bool(self.for_identification.data),
            has_agreed=bool(self.agreed.data),
        )


class CorrectionForm(DeskForm):
    """What a signature is to say, and why it did not."""

    name = StringField(default="", validators=[Reads(clean_name)])
    organization = StringField(default="", validators=[Reads(clean_label)])
    role = StringField(default="", validators=[Reads(clean_label)])
    reason = StringField(default="", validators=[Reads(require_reason)])


class DoubtForm(ActionForm):
    """Which button was pressed beside a signature that somebody should look at."""

    kind = StringField(default="", validators=[Reads(read_doubt)])
    decision = StringField(default="", validators=[Reads(read_decision)])


class ReportDecisionForm(ActionForm):
    """Which button was pressed beside a name that readers have reported."""

    decision = StringField(default="", validators=[Reads(read_report_decision)])


class MarkForm(ActionForm):
    """Whether a message is to be marked; `marked` says that only those are listed."""

    mark = StringField(default="", validators=[Reads(read_yes_or_no)])
    marked = StringField(default="", validators=[Reads(read_yes_or_no)])


class InvalidationForm(DeskForm):
    """Which signatures are removed together, and why."""

    domain = StringField(default="", validators=[Reads(read_domain)])
    network = StringField(default="", validators=[Reads(read_network)])
    since = StringField(default="", validators=[Reads(read_moment)])
    until = StringField(default="", validators=[Reads(read_moment)])
    state = StringField(default="", validators=[Reads(read_removable_state)])
    reason = StringField(default="", validators=[Reads(clean_reason)])

    def rule(self) -> InvalidationRule:
        """The rule as typed; RefusedError when its parts make none together."""
        parts = ("domain", "network", "since", "until", "state")
        return read_rule(**{name: self.text(name) for name in parts}, time_zone=publisher().time_zone)

"""Forms about supporters: found by address, removed, not written to."""

from wtforms.fields import StringField

from campaign.domain.addresses import clean_address
from campaign.domain.moderation import (
    InvalidationRule,
    clean_reason,
    read_domain,
    read_moment,
    read_removable_state,
    read_rule,
    require_reason,
)
from campaign.domain.networks import read_network
from campaign.domain.suppressions import clean_note
from campaign.web.organizer.desk_form import DeskForm, Reads


class AddressForm(DeskForm):
    """One exact address to look for."""

    address = StringField(default="", validators=[Reads(clean_address)])


class SuppressionForm(DeskForm):
    """An address to write to no more, and why."""

    address = StringField(default="", validators=[Reads(clean_address)])
    note = StringField(default="", validators=[Reads(clean_note)])


class RemovalForm(DeskForm):
    """Why one signature is removed."""

    reason = StringField(default="", validators=[Reads(require_reason)])


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
        return read_rule(**{name: self.text(name) for name in parts})

"""Forms about supporters: found by address, removed, not written to, a list of them to take away."""

from wtforms.fields import StringField

from campaign.domain.addresses import clean_address
from campaign.domain.moderation import require_reason
from campaign.domain.suppressions import clean_note
from campaign.services.documents.exports import read_format, read_preset
from campaign.web.organizer.desk_form import DeskForm, Reads


class AddressForm(DeskForm):
    """One exact address to look for."""

    address = StringField(default="", validators=[Reads(clean_address)])


class SuppressionForm(DeskForm):
    """An address to write to no more, and why."""

    address = StringField(default="", validators=[Reads(clean_address)])
    note = StringField(default="", validators=[Reads(clean_note)])


class RemovalForm(DeskForm):
    """Why one signature is taken out."""

    reason = StringField(default="", validators=[Reads(require_reason)])


class ExportForm(DeskForm):
    """The kind of file, and whose column names it has."""

    format = StringField(default="", validators=[Reads(read_format)])
    preset = StringField(default="", validators=[Reads(read_preset)])

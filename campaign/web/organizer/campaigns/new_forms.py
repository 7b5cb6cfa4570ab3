"""Forms by which a campaign begins: a letter pasted or dropped, the example, a campaign that was."""

from functools import partial

from wtforms.fields import StringField

from campaign.documents.read_letter.apart import read_with_roles_apart
from campaign.documents.read_letter.reader import ReadLetter
from campaign.domain.campaign import clean_slug
from campaign.services.campaigns.letter_imports import LetterFile
from campaign.web.organizer.campaigns.forms import IncomingLetterForm
from campaign.web.organizer.desk_form import DeskForm, Reads, read


class NewLetterForm(IncomingLetterForm):
    """The letter of a new campaign; of a valid one, `file` is what it is in and `read` what was read."""

    file: LetterFile
    read: ReadLetter

    def take(self, file: LetterFile) -> None:
        """Read it with the roles of its lines."""
        self.file = file
        self.read = read(partial(read_with_roles_apart, name=file.name), file.data)


class CopyForm(DeskForm):
    """A campaign that was, and the name in addresses of the one that begins with it."""

    source = StringField(validators=[Reads(clean_slug)])
    slug = StringField(validators=[Reads(clean_slug)])

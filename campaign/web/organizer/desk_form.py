"""The base of every form on the desk: its token, its errors, and rules taken from the domain."""

from collections.abc import Callable, Mapping
from gettext import NullTranslations
from typing import Any, Self, TypeVar

from flask import g
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms.csrf.core import CSRF
from wtforms.fields import PasswordField, StringField
from wtforms.validators import ValidationError

from campaign.errors import CampaignError, ConflictError, ForbiddenError, RefusedError
from campaign.i18n import catalogue, to_translate
from campaign.store.database import Session
from campaign.web.context import runtime
from campaign.web.errors import STATUS
from campaign.web.jinja import translated
from campaign.web.languages import current_language
from campaign.web.organizer import cookies
from campaign.web.security import is_cross_site

# What WTForms says by itself where a field has no sentence of ours, so that the catalogues know it.
WTFORMS_SENTENCES = (
    to_translate("This field is required."),
    to_translate("Not a valid choice."),
    to_translate("Not a valid integer value."),
)
Typed = TypeVar("Typed")
Result = TypeVar("Result")


class SessionToken(CSRF):
    """Binds a form to the server-side session, or to the login form's nonce while there is none."""

    def generate_csrf_token(self, _field: Any) -> str:
        """The token for this browser's session, the same in all of its forms."""
        return cookies.form_token(g.get("form_secret", ""))

    def validate_csrf_token(self, _form: Any, field: Any) -> None:
        """ForbiddenError, for the whole request, when the form is another session's or another site's."""
        check_token(field.data or "")


def check_token(token: str) -> None:
    """ForbiddenError unless a form with this token came from a page of the same session."""
    if is_cross_site() or not cookies.is_form_token(g.get("form_secret", ""), token):
        raise ForbiddenError(
            "This form didn’t come from this page, or you have logged in again since. Go back, reload"
            " the page and send it again."
        )


class DeskForm(FlaskForm):
    """A form of the desk: what was typed, word for word, and one sentence for each field that is wrong.

    `key` tells forms of one class on a page apart; it is part of their fields' ids. `status` is the answer's
    where the form is shown again. Labels and hints are in the templates, as with the public form.
    """

    class Meta(FlaskForm.Meta):
        """Our token and our catalogues in place of Flask-WTF's, which need a cookie and Flask-Babel."""

        csrf_class = SessionToken

        def get_translations(self, _form: Any) -> NullTranslations:
            """WTForms' own sentences in the page's language."""
            return catalogue(current_language())

    def __init__(self, *args: Any, key: object = "", **values: Any) -> None:
        super().__init__(*args, **values)
        self.key = str(key)
        self.status = int(STATUS[RefusedError])

    @classmethod
    def filled(cls, values: Mapping[str, object], *, key: object = "") -> Self:
        """The form as a page first shows it, with what is stored; None is an empty field."""
        initial = {name: "" if value is None else value for name, value in values.items()}
        return cls(formdata=None, data=initial, key=key)

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether nothing is wrong; a form that was refused stands on the page with its errors."""
        is_valid = bool(super().validate(extra_validators))
        if not is_valid:
            g.refused_form = self
        return is_valid

    def carry_out(self, change: Callable[[Session], object], *, field: str = "") -> bool:
        """Whether the form is right and `change` was done, in one transaction of its own.

        What `change` refuses or finds in conflict is shown as the error of `field`, else of the whole form.
        """
        if not self.validate():
            return False
        try:
            with runtime().database.transaction() as session:
                change(session)
        except (RefusedError, ConflictError) as error:
            self.refuse(error, field=field)
            return False
        return True

    def refuse(self, error: CampaignError, *, field: str = "") -> None:
        """Take an error that the form's own rules could not find into its errors."""
        sentence = translated(error.message, **error.values)
        if field:
            self[field].errors = [*self[field].errors, sentence]
        else:
            self.form_errors.append(sentence)
        self.status = int(next(status for kind, status in STATUS.items() if isinstance(error, kind)))
        g.refused_form = self

    @property
    def errors(self) -> dict[str, str]:
        """One sentence for each field that is wrong, in the order of the form."""
        return {field.short_name: str(field.errors[0]) for field in self if field.errors}

    @property
    def problem(self) -> str:
        """What is wrong with the form as a whole; empty for nothing."""
        return " ".join(map(str, self.form_errors))

    @property
    def keeps_all(self) -> bool:
        """Whether all that was typed is there again: a page carries no password, and no file."""
        return not any(isinstance(field, (PasswordField, FileField)) for field in self)

    def value(self, name: str) -> str:
        """What stands in a field: as it was typed, else as it is stored."""
        return str(self[name]._value())

    def text(self, name: str) -> str:
        """What was sent in a field; empty when it was not sent."""
        return self[name].data or ""


class ActionForm(DeskForm):
    """A form of buttons: nothing to type, at most a word for the button that was pressed."""

    def require(self) -> None:
        """RefusedError with the sentence of the first field that no button of ours can have sent."""
        if not self.validate():
            raise RefusedError(next(iter(self.errors.values())))


class ApprovalForm(ActionForm):
    """A button that approves; `seen` stands for what its page showed."""

    seen = StringField(default="")


class PauseForm(ActionForm):
    """A button that pauses something or lets it go on; `back` names the page that it stands on."""

    paused = StringField()
    back = StringField()

    @property
    def is_pause(self) -> bool:
        """Whether it is to be paused."""
        return self.text("paused") == "yes"


class lazy_gettext:  # noqa: N801 - the name that translators' tools and Flask-Babel know
    """A sentence in the language of the page it is shown on; a form's class is older than any page."""

    def __init__(self, message: str) -> None:
        self._message = message

    def __str__(self) -> str:
        return translated(self._message)

    def __mod__(self, values: Mapping[str, object]) -> str:
        return translated(self._message, **values)


class Reads:
    """A validator that has one of the domain's readers read the field; what that refuses is its error."""

    def __init__(self, reader: Callable[[str], object]) -> None:
        self._reader = reader

    def __call__(self, _form: DeskForm, field: Any) -> None:
        """ValidationError with the reader's sentence; a field that was not sent changes nothing."""
        if field.data is not None:
            read(self._reader, field.data)


def read(reader: Callable[[Typed], Result], typed: Typed) -> Result:
    """What a reader of the domain makes of what was typed; ValidationError when it refuses."""
    try:
        return reader(typed)
    except RefusedError as error:
        raise ValidationError(translated(error.message, **error.values)) from None

"""Forms of logging in and of one's own account."""

from functools import partial
from typing import Any

from wtforms.fields import BooleanField, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from campaign.services.accounts.new_passwords import check_new_password, site_names
from campaign.services.accounts.recovery import LONGEST_ADDRESS
from campaign.web.context import runtime
from campaign.web.jinja import translated
from campaign.web.organizer.desk_form import ActionForm, DeskForm, lazy_gettext, read
from campaign.web.organizer.guard import me

PASSWORD_NEEDED = lazy_gettext("Enter your password.")
CODE_NEEDED = lazy_gettext("Enter the code.")


class LoginForm(DeskForm):
    """Address and password; `next` is the page that was asked for."""

    email = StringField(validators=[DataRequired(lazy_gettext("Enter your email address."))])
    password = PasswordField(validators=[DataRequired(PASSWORD_NEEDED)])
    next = HiddenField()


class ForgottenForm(DeskForm):
    """Whose password is forgotten."""

    email = StringField(
        validators=[
            DataRequired(lazy_gettext("Enter your email address.")),
            Length(max=LONGEST_ADDRESS, message=lazy_gettext("This address is too long.")),
        ]
    )


class LoginCodeForm(DeskForm):
    """The second factor's code, or a passkey; `pending` says whose password was right a moment ago."""

    code = StringField()
    passkey = HiddenField()
    pending = HiddenField()
    next = HiddenField()

    def validate_code(self, field: Any) -> None:
        """Needed unless there is a passkey."""
        if not field.data and not self.text("passkey"):
            raise ValidationError(str(CODE_NEEDED))


class FreshPasswordForm(DeskForm):
    """The password once more, before something grave, and a code where a second factor is set."""

    password = PasswordField(validators=[DataRequired(PASSWORD_NEEDED)])
    code = StringField()
    passkey = HiddenField()
    next = HiddenField()

    def validate_code(self, field: Any) -> None:
        """Needed only from who has a second factor, and gives no passkey."""
        if me().has_second_factor and not field.data and not self.text("passkey"):
            raise ValidationError(str(CODE_NEEDED))


class SecondFactorForm(DeskForm):
    """A code of the secret that the page has offered."""

    code = StringField(validators=[DataRequired(CODE_NEEDED)])
    secret = HiddenField()


class NewPasswordForm(DeskForm):
    """The password until now, and the new one twice."""

    password = PasswordField(validators=[DataRequired(PASSWORD_NEEDED)])
    new_password = PasswordField()
    new_password_again = PasswordField()

    def validate_new_password(self, field: Any) -> None:
        """Good enough a password for this account."""
        _check_new_password(field, email=me().email)

    def validate_new_password_again(self, field: Any) -> None:
        """The same once more."""
        if field.data != self.new_password.data:
            raise ValidationError(translated("The two new passwords are not the same."))


class ResetForm(DeskForm):
    """A new password twice, for who was given a link; `email` is whose login it is."""

    email = ""
    new_password = PasswordField()
    new_password_again = PasswordField()

    def validate_new_password(self, field: Any) -> None:
        """Good enough a password for this account."""
        _check_new_password(field, email=self.email)

    def validate_new_password_again(self, field: Any) -> None:
        """The same once more."""
        if field.data != self.new_password.data:
            raise ValidationError(translated("The two new passwords are not the same."))


def _check_new_password(field: Any, *, email: str) -> None:
    with runtime().database.reading() as session:
        check = partial(check_new_password, session, email=email, site=site_names(runtime().settings))
        read(check, field.data or "")


class LanguageForm(DeskForm):
    """The language of the desk; empty for the one the browser asks for."""

    language = StringField(default="")


class AlertsForm(ActionForm):
    """Whether mails about the queue are welcome."""

    alerts = BooleanField()


class SessionForm(ActionForm):
    """A button that ends the session of this hash, or all others."""

    session = StringField()

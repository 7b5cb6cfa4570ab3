"""Forms of who may do what: a role and personal data, for all campaigns and for single ones."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from flask import request
from wtforms.fields import BooleanField, StringField
from wtforms.validators import AnyOf, DataRequired, ValidationError

from campaign.domain.addresses import clean_address
from campaign.domain.roles import Grant, Rights, Role
from campaign.web.jinja import translated
from campaign.web.organizer.desk_form import DeskForm, Reads, lazy_gettext

NO_ROLE = ""
ROLES = (NO_ROLE, *(role.value for role in (Role.VIEWER, Role.EDITOR, Role.OWNER)))


class RightsForm(DeskForm):
    """What somebody may do: in all campaigns, and in each single one as `role-<id>` and `people-<id>`."""

    role = StringField(default="", validators=[AnyOf(ROLES, lazy_gettext("Not a valid choice."))])
    people = BooleanField()
    single: Mapping[int, Grant] = {}

    @classmethod
    def stored(cls, rights: Rights) -> Self:
        """The form with what somebody may do now."""
        form = cls.filled({"role": rights.everywhere.role, "people": rights.everywhere.sees_people})
        form.single = rights.campaigns
        return form

    @classmethod
    def sent(cls, campaign_ids: Iterable[int]) -> Self:
        """The form as it was sent, for the campaigns that there are."""
        form = cls()
        form.single = {
            id_: Grant(
                Role(role) if (role := request.form.get(f"role-{id_}", "")) in list(Role) else None,
                f"people-{id_}" in request.form,
            )
            for id_ in campaign_ids
        }
        return form

    def validate_role(self, _field: Any) -> None:
        """Personal data only together with a role: what one sees people for."""
        grants = (Grant(self._everywhere, self.people.data), *self.single.values())
        if any(grant.sees_people and grant.role is None for grant in grants):
            raise ValidationError(translated("Choose a role too where somebody is to see personal data."))

    @property
    def rights(self) -> Rights:
        """What the form says."""
        single = {id_: grant for id_, grant in self.single.items() if grant.role is not None}
        return Rights(Grant(self._everywhere, self.people.data), single)

    @property
    def _everywhere(self) -> Role | None:
        role = self.text("role")
        return Role(role) if role in list(Role) else None


class InvitationForm(RightsForm):
    """Whom to invite, and to do what."""

    email = StringField(
        default="",
        validators=[DataRequired(lazy_gettext("Enter an email address.")), Reads(clean_address)],
    )

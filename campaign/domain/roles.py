"""What organizers may do on the desk: a role, and personal data beside it, in all campaigns or in one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What an organizer may do in the back office."""

    OWNER = "owner"
    EDITOR = "editor"
    VIEWER = "viewer"


class Permission(StrEnum):
    """One thing an organizer may be allowed to do."""

    LOOK = "look"
    CHANGE = "change"
    PEOPLE = "people"  # personal data: names that are not public, addresses, what people wrote, exports
    AUDIT = "audit"
    SITE = "site"  # who publishes here
    ORGANIZERS = "organizers"  # who may come in, and what they may do


# Owners hold personal data by their role: they could give it to themselves at any time.
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.LOOK}),
    Role.EDITOR: frozenset({Permission.LOOK, Permission.CHANGE}),
    Role.OWNER: frozenset(Permission),
}
# What belongs to no campaign: the owner of a single one has none of it.
SITE_WIDE = frozenset({Permission.SITE, Permission.ORGANIZERS})


@dataclass(frozen=True)
class Grant:
    """A role, and whether personal data comes with it; without a role it is worth nothing."""

    role: Role | None = None
    sees_people: bool = False

    def may(self, permission: Permission) -> bool:
        """Whether this allows it."""
        if self.role is None:
            return False
        return permission in PERMISSIONS[self.role] or (permission is Permission.PEOPLE and self.sees_people)


@dataclass(frozen=True)
class Rights:
    """What one organizer may do: in all campaigns, and more in single ones, by their ids."""

    everywhere: Grant = Grant()
    campaigns: Mapping[int, Grant] = field(default_factory=dict)

    def may(self, permission: Permission, campaign_id: int | None = None) -> bool:
        """Whether they may in this campaign; without one, for the whole installation."""
        if self.everywhere.may(permission):
            return True
        if campaign_id is None or permission in SITE_WIDE:
            return False
        return self.campaigns.get(campaign_id, NOTHING).may(permission)

    def where(self, permission: Permission) -> frozenset[int] | None:
        """The ids of the campaigns in which they may; None stands for all there are and will be."""
        if self.everywhere.may(permission):
            return None
        return frozenset(id_ for id_ in self.campaigns if self.may(permission, id_))

    def may_somewhere(self, permission: Permission) -> bool:
        """Whether there is anything at all for which they may."""
        return self.where(permission) != frozenset()

    @property
    def is_nothing(self) -> bool:
        """Whether they could not even look at anything."""
        return not self.may_somewhere(Permission.LOOK)


NOTHING = Grant()


def everywhere(role: Role, *, sees_people: bool = False) -> Rights:
    """A role for all campaigns."""
    return Rights(Grant(role, sees_people))

"""What each role may do on the desk."""

from collections.abc import Mapping
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
    PEOPLE = "people"  # personal data: names that are not public, addresses, what people wrote
    EXPORT = "export"  # personal data of many people leaves: a permission of its own
    AUDIT = "audit"
    SITE = "site"  # who publishes here


# To let one editor export, give organizers a permission column and add it here in `may`; the routes and the
# tests ask for permissions, never for roles.
PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: frozenset({Permission.LOOK}),
    Role.EDITOR: frozenset({Permission.LOOK, Permission.CHANGE, Permission.PEOPLE}),
    Role.OWNER: frozenset(Permission),
}


def may(role: Role, permission: Permission) -> bool:
    """Whether a role has a permission."""
    return permission in PERMISSIONS[role]

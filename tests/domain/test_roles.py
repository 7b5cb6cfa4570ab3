"""What roles allow, and where."""

import pytest

from campaign.domain.roles import Grant, Permission, Rights, Role, everywhere

HERE, THERE = 1, 2


def test_personal_data_is_given_beside_the_role_and_owners_hold_it_by_theirs() -> None:
    for role in (Role.VIEWER, Role.EDITOR):
        assert not everywhere(role).may(Permission.PEOPLE)
        assert everywhere(role, sees_people=True).may(Permission.PEOPLE)
    assert everywhere(Role.OWNER).may(Permission.PEOPLE)


def test_personal_data_without_a_role_is_worth_nothing() -> None:
    assert Rights(Grant(None, sees_people=True)).is_nothing


def test_a_viewer_with_personal_data_changes_nothing() -> None:
    assert not everywhere(Role.VIEWER, sees_people=True).may(Permission.CHANGE)


def test_rights_of_one_campaign_end_at_its_border() -> None:
    rights = Rights(campaigns={HERE: Grant(Role.EDITOR, sees_people=True)})
    for permission in (Permission.LOOK, Permission.CHANGE, Permission.PEOPLE):
        assert rights.may(permission, HERE)
        assert not rights.may(permission, THERE)
        assert not rights.may(permission)
        assert rights.where(permission) == {HERE}


def test_what_is_allowed_everywhere_and_in_one_campaign_adds_up() -> None:
    rights = Rights(Grant(Role.VIEWER), {HERE: Grant(Role.EDITOR)})
    assert rights.where(Permission.LOOK) is None
    assert rights.where(Permission.CHANGE) == {HERE}
    assert not rights.may(Permission.CHANGE, THERE)


@pytest.mark.parametrize("permission", [Permission.SITE, Permission.ORGANIZERS])
def test_the_owner_of_one_campaign_has_nothing_of_the_whole_site(permission: Permission) -> None:
    rights = Rights(campaigns={HERE: Grant(Role.OWNER)})
    assert not rights.may(permission, HERE)
    assert not rights.may_somewhere(permission)
    assert rights.may(Permission.AUDIT, HERE)

"""A new password: what no guesser comes to is taken, what one tries first is refused."""

from collections.abc import Callable
from datetime import datetime

import pytest

from campaign.domain.passwords import new_password
from campaign.errors import RefusedError
from campaign.runtime import Runtime
from campaign.services.accounts.new_passwords import check_new_password, site_names
from tests import make
from tests.make import changed_settings

pytestmark = pytest.mark.slow_on_postgresql

Check = Callable[[str], None]


@pytest.fixture
def check(runtime: Runtime, now: datetime) -> Check:
    """Offers a password for an account of a site with one campaign."""
    make.campaign(runtime, now=now)
    settings = changed_settings(
        runtime.settings,
        public_url="https://ondra-letters.example",
        from_address="Valley Council <post@ondra-letters.example>",
    )

    def check(password: str) -> None:
        with runtime.database.reading() as session:
            check_new_password(
                session, password, email="olga.petrova@river-watch.example", site=site_names(settings)
            )

    return check


@pytest.mark.parametrize(
    "password",
    [
        "marble otter kiosk plum",
        "no capital no digit",
        "Überraschend wenig Regen im Mai",
        "长城以北的河流从不结冰也不说话啊",
        "8302 9471 5566 2093",
        "kiosk" * 3 + " plum otter marble rain " + "x9" * 100,
    ],
)
def test_passwords_that_are_hard_to_guess_are_taken_whatever_they_are_made_of(
    check: Check, password: str
) -> None:
    check(password)


def test_a_first_password_passes(check: Check) -> None:
    check(new_password())


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "Password123456789",
        "P@ssw0rdP@ssw0rd",
        "1234567890123456",
        "qwertyuiopasdfghjkl",
        "trustno1trustno1",
        "iloveyou iloveyou",
        "monkeydragonshadow",
        "football baseball",
        "Liverpool2026!!!!",
        "michaeljennifer1987",
        "31121999 31121999",
    ],
)
def test_common_passwords_are_refused_however_they_are_lengthened(check: Check, password: str) -> None:
    with pytest.raises(RefusedError, match="easy to guess"):
        check(password)


@pytest.mark.parametrize(
    ("password", "whose"),
    [
        ("save-the-river-2026", "the address of a campaign"),
        ("The Ministers River Ondra 1", "the title of a campaign"),
        ("Valley Fishers Union 26", "an organization that signed first"),
        ("ondra-letters.example!", "the site's address"),
        ("valleycouncil2026", "the name its mails come from"),
        ("olga.petrova.2026.", "the account's own"),
    ],
)
def test_words_that_anybody_knows_of_the_site_make_no_password(
    check: Check, password: str, whose: str
) -> None:
    with pytest.raises(RefusedError, match="easy to guess"):
        check(password)

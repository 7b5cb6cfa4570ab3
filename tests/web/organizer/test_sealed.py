"""Sealed signatures on the desk: that they are there, and nothing of who made them."""

from collections.abc import Callable

from campaign.domain.roles import Role
from campaign.domain.sealing import fingerprint
from campaign.runtime import Runtime
from tests import make
from tests.browsing import Browser
from tests.conftest import Clock

SIGNER = {"name": "Zebulon Ames", "email": "zeb@hidden-mail.example", "organization": "Quiet Hydrologists"}
HERE = f"/organizer/campaigns/{make.SLUG}"


def test_the_overview_tells_which_key_seals_and_holds_none(
    logged_in: Callable[[Role], Browser], runtime: Runtime, clock: Clock
) -> None:
    desk = logged_in(Role.VIEWER)
    assert "Nobody can sign sealed yet" in desk.get(HERE).text
    make.seal_key(runtime, now=clock())
    page = desk.get(HERE)
    assert fingerprint(make.page(runtime).seal_recipient or "") in page.text
    assert "AGE-SECRET" not in page.text


def test_nobody_on_the_desk_reads_or_finds_a_sealed_signer(
    logged_in: Callable[[Role], Browser], runtime: Runtime, clock: Clock
) -> None:
    make.seal_key(runtime, now=clock())
    make.sign_sealed(runtime, make.page(runtime), now=clock(), **SIGNER)
    desk = logged_in(Role.OWNER)
    listed = desk.get(f"{HERE}/supporters")
    assert "Sealed" in listed.text
    assert "not kept" in listed.text
    found = desk.send(listed, f"{HERE}/supporters", address=SIGNER["email"])
    one = desk.get(listed.links(r"/supporters/\d+$")[0])
    assert "This site cannot read who signed" in one.text
    assert fingerprint(make.page(runtime).seal_recipient or "") in one.text
    for page in (listed, one):  # no more than the day is known, and no hour is made up
        assert "Nov 23, 2026" in page.text
        assert "00:00" not in page.text
    for page in (listed, found, one):
        assert "Zebulon" not in page.text
        assert "Hydrologists" not in page.text

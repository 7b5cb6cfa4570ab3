"""Codes of an authenticator app, by the test values of RFC 6238."""

import base64
from datetime import UTC, datetime

import pytest

from campaign.domain.recovery_codes import new_recovery_codes, plain_recovery_code
from campaign.services.accounts.authenticator import enrolment_address, new_secret, step_of

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("second", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")]
)
def test_a_code_is_that_of_the_standard(second: int, code: str) -> None:
    now = datetime.fromtimestamp(second, UTC)
    assert step_of(SECRET, code, after=0, now=now) == second // 30
    assert step_of(SECRET, f"{code[:3]} {code[3:]}", after=0, now=now) == second // 30


def test_a_code_is_good_once_and_for_a_minute_and_a_half() -> None:
    step = 1111111109 // 30
    for around, found in ((-2, None), (-1, step), (0, step), (1, step), (2, None)):
        now = datetime.fromtimestamp((step + around) * 30 + 1, UTC)
        assert step_of(SECRET, "081804", after=0, now=now) == found
        assert step_of(SECRET, "081804", after=step, now=now) is None


@pytest.mark.parametrize("code", ["", "08180", "0818044", "０８１８０４", "081804x", "-81804"])
def test_anything_else_is_no_code(code: str) -> None:
    assert step_of(SECRET, code, after=0, now=datetime.fromtimestamp(1111111109, UTC)) is None


def test_secrets_and_recovery_codes_are_new_each_time() -> None:
    assert new_secret() != new_secret()
    codes = new_recovery_codes()
    assert len({*codes, *new_recovery_codes()}) == 20
    assert plain_recovery_code(codes[0].upper().replace("-", " ")) == codes[0].replace("-", "")
    address = enrolment_address(SECRET, account="ada@desk.example", site="letters.example")
    assert address.startswith("otpauth://totp/letters.example:ada%40desk.example?secret=")

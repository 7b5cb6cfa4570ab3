"""Codes on paper, for an organizer who has lost the app that makes the codes of their second factor."""

import re
import secrets

RECOVERY_CODES = 10
# Without 0 o 1 i l, which look alike: 31 signs, so 10 of them are 49 bits.
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"


def new_recovery_codes() -> tuple[str, ...]:
    """Ten codes like `k7mwp-3xq8r`, each good for one login."""
    return tuple(
        "-".join("".join(secrets.choice(_READABLE) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    )


def plain_recovery_code(code: str) -> str:
    """A recovery code as it is compared, however it was typed."""
    return re.sub(r"[\s-]", "", code).lower()

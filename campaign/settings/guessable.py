"""Which secrets can be guessed: those that are short, known from some guide, or follow a pattern."""

import re
from itertools import pairwise

# A random text has more; hexadecimal ones of 32 characters have fewer than once in a million.
_LEAST_DIFFERENT = 8
# Seven characters at least: one random secret in a million had "your_" in it, and was refused.
_KNOWN = re.compile(
    r"(?i)change.?me|replace.?me|example|secret.?key|password|insecure|default|metrics.?token"
    r"|your[-_ ]?(own|very|secret|random|long|key|token)"
)


def problem_with_secret(name: str, secret: str, *, least: int) -> list[str]:
    """One sentence when the secret that is called `name` has under `least` characters or can be guessed."""
    if len(secret) < least:
        return [f"{name} must have at least {least} characters."]
    if is_guessable(secret):
        return [f"{name} is one that can be guessed; make a random one."]
    return []


def is_guessable(secret: str) -> bool:
    """Whether a secret is known from guides, repeats itself, or runs along the alphabet."""
    steps = [ord(after) - ord(before) for before, after in pairwise(secret)]
    runs = sum(abs(step) <= 1 for step in steps)
    return bool(
        len(set(secret)) < _LEAST_DIFFERENT
        or _KNOWN.search(secret)
        or secret in (secret + secret)[1:-1]  # one piece over and over
        or runs > len(steps) * 0.75  # a random text of hexadecimal digits comes past a half now and then
    )

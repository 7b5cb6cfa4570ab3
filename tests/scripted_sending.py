"""An installation whose provider does what a test has told it: for tests of what is sent, and what is not."""

from collections.abc import Iterator

import pytest

from campaign.runtime import Runtime, build_runtime
from campaign.settings import Settings
from tests.fakes import ScriptedProvider


@pytest.fixture
def provider() -> ScriptedProvider:
    """It accepts everything until it is told otherwise."""
    return ScriptedProvider()


@pytest.fixture
def runtime(settings: Settings, provider: ScriptedProvider) -> Iterator[Runtime]:
    """What sends through the provider of the test."""
    built = build_runtime(settings, provider=provider)
    yield built
    built.close()

"""What whole stories share: the site that a story has, and its worker with the mailboxes."""

import pytest
from flask import Flask

from campaign.runtime import Runtime
from tests.conftest import Clock
from tests.journeys.test_supporter import Post


@pytest.fixture
def runtime_of(app: Flask) -> Runtime:
    """What the site of a story works with."""
    return app.extensions["campaign"]


@pytest.fixture
def post(runtime_of: Runtime, clock: Clock) -> Post:
    return Post(runtime_of, clock)

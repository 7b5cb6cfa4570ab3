"""Which provider the settings choose."""

import pytest

from campaign.mail.providers.factory import build_provider
from campaign.settings import Settings
from tests.make import changed_settings


@pytest.mark.slow_on_postgresql
@pytest.mark.parametrize("name", ["local", "smtp", "sendgrid"])
def test_the_settings_choose_the_provider(settings: Settings, name: str) -> None:
    chosen = changed_settings(settings, provider=name, smtp_url="smtp://mail.example", sendgrid_api_key="k")

    provider = build_provider(chosen.mail.provider, chosen)

    assert provider.name == name
    provider.close()

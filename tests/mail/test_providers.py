"""Which provider the settings choose."""

from dataclasses import replace

import pytest

from campaign.mail.providers.factory import build_provider
from campaign.settings import Settings


@pytest.mark.parametrize("name", ["local", "smtp", "sendgrid"])
def test_the_settings_choose_the_provider(settings: Settings, name: str) -> None:
    chosen = replace(settings, mail_provider=name, smtp_url="smtp://mail.example", sendgrid_api_key="k")

    provider = build_provider(chosen.mail_provider, chosen)

    assert provider.name == name
    provider.close()

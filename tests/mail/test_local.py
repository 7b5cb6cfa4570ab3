"""The local outbox folder."""

import stat
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from campaign.domain.outcomes import Accepted, Refused
from campaign.mail.email import Email
from campaign.mail.from_addresses import FromAddresses
from campaign.mail.providers.local import LocalProvider

FROM_ADDRESSES = FromAddresses("campaign@ondra.example")


def test_one_mail_is_one_file_however_often_it_is_written(
    tmp_path: Path, email: Email, now: datetime
) -> None:
    provider = LocalProvider(tmp_path / "outbox", from_addresses=FROM_ADDRESSES)
    provider.send(email, now=now)

    assert provider.send(email, now=now) == Accepted(email.public_id)
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == [f"{email.public_id}.eml"]


def test_nobody_else_on_the_machine_can_look_into_the_folder(
    tmp_path: Path, email: Email, now: datetime
) -> None:
    LocalProvider(tmp_path / "outbox", from_addresses=FROM_ADDRESSES).send(email, now=now)

    assert stat.S_IMODE((tmp_path / "outbox").stat().st_mode) == 0o700


def test_an_address_that_is_none_is_refused(tmp_path: Path, email: Email, now: datetime) -> None:
    provider = LocalProvider(tmp_path, from_addresses=FROM_ADDRESSES)

    assert isinstance(provider.send(replace(email, to_address="minister"), now=now), Refused)

"""What `campaign official set` and `campaign letter delivery` share: when and how many messages are sent."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from campaign.domain.campaign import CampaignShown
from campaign.domain.official import OfficialListed
from campaign.domain.sending_plan import local_text

Command = TypeVar("Command", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--time-zone", metavar="ZONE", help="Like Europe/Brussels; office hours are kept there."),
    click.option("--rate", "hourly_rate", metavar="N", help="Messages an hour, 0 for no limit."),
    click.option("--daily-limit", metavar="N", help="Messages a day."),
    click.option(
        *("--from", "sending_from"), metavar="TIME", help="Send nothing before, like '2026-12-01 09:00'."
    ),
    click.option("--until", "sending_until", metavar="TIME", help="Nothing is sent from then on."),
)


def sending_options(command: Command) -> Command:
    """Give a command the options of a sending plan; each is None unless it was named."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def plan_line(planned: CampaignShown | OfficialListed, *, hourly_rate: int | None, zone: str | None) -> str:
    """What is set, in a line, its times as the clocks of `zone` show them; empty where all is as usual."""
    return ", ".join(
        part
        for part in (
            planned.time_zone,
            f"{hourly_rate} an hour" if hourly_rate else "no hourly limit" if hourly_rate == 0 else None,
            f"{planned.daily_limit} a day" if planned.daily_limit else None,
            _time("from", planned.sending_from, zone),
            _time("until", planned.sending_until, zone),
        )
        if part
    )


def _time(word: str, moment: datetime | None, zone: str | None) -> str | None:
    return f"{word} {local_text(moment, zone).replace('T', ' ')} {zone or 'UTC'}" if moment else None

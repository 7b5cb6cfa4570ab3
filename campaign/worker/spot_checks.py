"""Spot checks: the questions to whoever was drawn, and the results, a transaction for each small part."""

from datetime import datetime

from campaign.runtime import Runtime
from campaign.services.spot_checks import asking


def go_on(runtime: Runtime, now: datetime) -> None:
    """Do the next part of each spot check that asks; cheap where there is none."""
    with runtime.database.reading() as session:
        waiting = asking.at_work(session)
    for check_id in waiting:
        is_more = True
        while is_more:
            with runtime.database.transaction() as session:
                is_more = asking.go_on(session, check_id, context=runtime.mail_context, now=now)

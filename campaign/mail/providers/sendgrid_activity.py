"""SendGrid's Email Activity Feed: what its log knows of one of our emails.

A paid addition to an account, with a permission of its own on the key; not to be had in the EU region. By its
published contract `GET /v3/messages` finds messages by a query, here on the argument we put on every email
(`custom_args`, which the log calls `unique_args`), and `GET /v3/messages/{msg_id}` tells a message's events.
Six requests a minute are allowed.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

from campaign.domain.activity_lookup import FoundInLog, LogBusy, LogClosed, LookupAnswer, NoAnswer, NotInLog
from campaign.domain.events import DeliveryReport, EventKind
from campaign.mail.failure_reason import redacted_reason
from campaign.mail.inbound.webhook import refined_kind
from campaign.mail.providers.http import Answer, AnswerLostError, HttpPool, RequestNotSentError
from campaign.mail.providers.retry_after import throttled

# Of one email there is one message, or one for each time an organizer sent it again.
MOST_MESSAGES = 2
REQUESTS_A_MINUTE = 6
# One question is one request for the list and one for each message.
EVERY = timedelta(minutes=1) * (1 + MOST_MESSAGES) / REQUESTS_A_MINUTE
_MESSAGE_ID = re.compile(r"[A-Za-z0-9._=+-]{1,150}")

_KINDS: Mapping[str, EventKind] = {
    "processed": EventKind.PROCESSED,
    "deferred": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "opened": EventKind.DELIVERED,
    "clicked": EventKind.DELIVERED,
    "bounced": EventKind.BOUNCED,
    "dropped": EventKind.DROPPED,
    "spam_report": EventKind.COMPLAINED,
    "unsubscribe": EventKind.UNSUBSCRIBED,
    "group_unsubscribe": EventKind.UNSUBSCRIBED,
}


class SendGridActivity:
    """Asks the log about one email at a time."""

    provider = "sendgrid"
    every = EVERY

    def __init__(self, *, host: str, api_key: str, seconds: float = 30.0) -> None:
        headers = {
            "Authorization": f"Bearer {api_key}",
            "Accept": "application/json",
            "User-Agent": "campaign",
        }
        self._pool = HttpPool(host, headers=headers, seconds=seconds)

    def look_up(self, public_id: str, *, now: datetime) -> LookupAnswer:
        """What the log knows of the email with this id; never raises for what a network or a log can do."""
        query = quote(f"(unique_args['campaign_email_id']=\"{public_id}\")", safe="")
        listed = self._asked(f"/v3/messages?query={query}&limit={MOST_MESSAGES}", now=now)
        if not isinstance(listed, dict):
            return listed
        messages = listed.get("messages")
        if not isinstance(messages, list):
            return NoAnswer("the list of messages is none")
        reports: list[DeliveryReport] = []
        for message in messages[:MOST_MESSAGES]:
            message_id = message.get("msg_id") if isinstance(message, dict) else None
            if not isinstance(message_id, str) or not _MESSAGE_ID.fullmatch(message_id):
                return NoAnswer("a message in the list has no id")
            told = self._asked(f"/v3/messages/{quote(message_id, safe='')}", now=now)
            if isinstance(told, LogClosed):
                return NoAnswer(f"a message in the list: {told.reason}")
            if not isinstance(told, dict):
                return told
            # A log that ignored the query would answer with anybody's message.
            if public_id not in json.dumps(told.get("unique_args", "")):
                return NoAnswer("a message in the list is not ours")
            reports += _reports(message_id, public_id, told)
        return FoundInLog(tuple(reports)) if reports else NotInLog()

    def close(self) -> None:
        """Close the pooled connections."""
        self._pool.close()

    def _asked(
        self, path: str, *, now: datetime
    ) -> dict[str, Any] | NoAnswer | LogBusy | LogClosed | NotInLog:
        """The answer's JSON object, or why there is none."""
        try:
            answer = self._pool.get(path)
        except (RequestNotSentError, AnswerLostError) as error:
            return NoAnswer(str(error))
        return _read(answer, now)


def _read(answer: Answer, now: datetime) -> dict[str, Any] | NoAnswer | LogBusy | LogClosed | NotInLog:
    match answer.status:
        case 200:
            try:
                read = json.loads(answer.body)
            except (ValueError, RecursionError):
                return NoAnswer("200 without JSON")
            return read if isinstance(read, dict) else NoAnswer("200 without an object")
        case 429:
            return LogBusy(throttled(answer, now=now).until)
        case 400 | 401 | 403 | 404 | 405 as status:
            # The key has no right to it, the account has no feed, or the feed no longer knows our query.
            return LogClosed(str(status))
        case status:
            return NoAnswer(str(status))


def _reports(message_id: str, public_id: str, told: Mapping[str, Any]) -> list[DeliveryReport]:
    events = told.get("events")
    reports = []
    for event in events if isinstance(events, list) else []:
        if not isinstance(event, dict):
            continue
        name, words = event.get("event_name"), event.get("reason")
        kind = refined_kind(_KINDS.get(str(name)), how=event.get("bounce_type"), why=words)
        if kind is None:
            continue
        moment = _moment(event.get("processed"))
        # The log names no event: what identifies one makes the same id each time it is read.
        event_id = f"log:{message_id}:{name}:{moment:%Y%m%dT%H%M%S}"[:200]
        reason = redacted_reason(str(words)) if words else None
        reports.append(DeliveryReport(event_id, public_id, kind, moment, reason))
    return reports


def _moment(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)

"""SendGrid's v3 API: how an email is written as a request, and the outcome that each answer means."""

import base64
import json
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sendgrid.helpers import mail as sg

from campaign.domain.names import clean_line
from campaign.domain.outcomes import (
    Accepted,
    NotBegun,
    NotSent,
    Outcome,
    Refused,
    Throttled,
    Unauthorized,
    Unknown,
)
from campaign.mail.email import Email, TextFile, extra_headers
from campaign.mail.failure_reason import redacted_reason
from campaign.mail.from_addresses import FromAddresses
from campaign.mail.providers.batches import batches, salutation, salutation_in_html, shared_body
from campaign.mail.providers.http import (
    WHOLE_CALL_SECONDS,
    Answer,
    AnswerLostError,
    HttpPool,
    RequestNotSentError,
)
from campaign.mail.providers.retry_after import throttled

SEND_PATH = "/v3/mail/send"
MAX_REASON = 300  # characters


class SendGridProvider:
    """Sends through SendGrid; one request for one email, or for several that make a batch."""

    name = "sendgrid"

    def __init__(
        self,
        *,
        host: str,
        api_key: str,
        from_addresses: FromAddresses,
        batch_size: int = 1,
        seconds: float = WHOLE_CALL_SECONDS,
    ) -> None:
        """`batch_size` is the most emails in one request, `seconds` the most that a call may take."""
        self._batch_size = batch_size
        self._seconds = seconds
        self._from_addresses = from_addresses
        headers = {
            "Authorization": f"Bearer {api_key}",
            "Content-Type": "application/json",
            "Accept": "application/json",
            "User-Agent": "campaign",
        }
        self._pool = HttpPool(host, headers=headers, seconds=seconds)

    def send(self, email: Email, *, now: datetime) -> Outcome:
        """One POST; what its answer means is a table in `outcome_of`."""
        return self._send_one(email, now=now, seconds=self._seconds)

    def batches(self, emails: Sequence[Email]) -> Sequence[Sequence[Email]]:
        """Emails that say the same are one batch, up to the size that was set."""
        if self._batch_size < 2:
            return [[email] for email in emails]
        return batches(emails, at_most=self._batch_size)

    def send_batch(self, emails: Sequence[Email], *, now: datetime) -> Sequence[Outcome]:
        """One POST for all; when it is refused, halves of it, until those are alone that are to blame."""
        return self._send_halves(list(emails), now=now, until=time.monotonic() + self._seconds)

    def _send_halves(self, emails: list[Email], *, now: datetime, until: float) -> list[Outcome]:
        seconds = until - time.monotonic()
        if seconds <= 0:
            return [NotBegun() for _ in emails]
        if len(emails) == 1:
            return [self._send_one(emails[0], now=now, seconds=seconds)]
        outcome = self._post(self.batch_request(emails), now=now, seconds=seconds)
        if not isinstance(outcome, Refused):
            return [outcome for _ in emails]
        half = len(emails) // 2
        first = self._send_halves(emails[:half], now=now, until=until)
        if any(isinstance(outcome, (Throttled, Unauthorized)) for outcome in first):
            # No request before the time that a 429 names.
            return [*first, *(NotBegun() for _ in emails[half:])]
        return [*first, *self._send_halves(emails[half:], now=now, until=until)]

    def _send_one(self, email: Email, *, now: datetime, seconds: float) -> Outcome:
        if not (email.subject.strip() and email.text.strip() and email.html.strip()):
            return Refused("the email has no subject or no text")
        return self._post(self.request(email), now=now, seconds=seconds)

    def _post(self, request: dict[str, Any], *, now: datetime, seconds: float) -> Outcome:
        body = json.dumps(request, separators=(",", ":")).encode()
        try:
            answer = self._pool.post(SEND_PATH, body, seconds=seconds)
        except RequestNotSentError as error:
            return NotSent(str(error))
        except AnswerLostError as error:
            begun = error.begun
            # A refusal is one from its status on, in whatever state the rest of it arrives.
            if begun is not None and 400 <= begun.status < 500:
                return outcome_of(begun, now=now)
            return Unknown(str(error))
        return outcome_of(answer, now=now)

    def request(self, email: Email) -> dict[str, Any]:
        """The request's body: nothing empty in it, nothing personal in its custom arguments, no tracking.

        What differs from email to email is written as it is. The package's types for it raise on a text that
        starts like an API key, put quotes into names with a comma, and cost a tenth of the whole call.
        """
        sender = self._from_addresses.of(email.kind)
        body: dict[str, Any] = {
            "personalizations": [
                {
                    "to": [_mailbox(email.to_address, email.to_name)],
                    "custom_args": {"campaign_email_id": email.public_id},
                }
            ],
            "from": _mailbox(sender.address, email.from_name or sender.name),
            "subject": email.subject,
            "content": [
                {"type": sg.MimeType.text, "value": email.text},
                {"type": sg.MimeType.html, "value": email.html},
            ],
            "tracking_settings": _NO_TRACKING,
        }
        if email.reply_to:
            body["reply_to"] = _mailbox(email.reply_to, None)
        if headers := extra_headers(email):
            body["headers"] = headers
        if email.files:
            body["attachments"] = [_attachment(file) for file in email.files]
        return body

    def batch_request(self, emails: Sequence[Email]) -> dict[str, Any]:
        """The body of one request for a batch: the salutation of each is put in by SendGrid."""
        shared = shared_body(emails)
        body = self.request(emails[0])
        body["content"] = [
            {"type": sg.MimeType.text, "value": shared.text},
            {"type": sg.MimeType.html, "value": shared.html},
        ]
        body["personalizations"] = [
            {
                "to": [_mailbox(email.to_address, email.to_name)],
                "custom_args": {"campaign_email_id": email.public_id},
                "substitutions": {
                    shared.text_token: salutation(email),
                    shared.html_token: salutation_in_html(email),
                },
            }
            for email in emails
        ]
        return body

    def close(self) -> None:
        """Close the pooled connections."""
        self._pool.close()


def outcome_of(answer: Answer, *, now: datetime) -> Outcome:
    """What an answer of SendGrid says about the email; what it does not clearly say is Unknown."""
    match answer.status:
        case 202:
            message_id = clean_line(answer.headers.get("x-message-id", ""))[:200]
            if message_id:
                return Accepted(message_id)
            return Unknown("202 without a message id: not SendGrid's answer")
        case 400 | 413:
            return Refused(f"{answer.status}: {_error_message(answer)}")
        case 429:
            return throttled(answer, now=now)
        case 408:
            return Unknown("408: the request took too long to arrive")
        case status if 400 <= status < 500:
            # 401 and 403 are about the key, any other is about the address we call: never about one email.
            return Unauthorized(f"{status}: {_error_message(answer)}")
        case status:
            return Unknown(f"{status}: it may have been taken")


def _mailbox(address: str, name: str | None) -> dict[str, str]:
    return {"email": address, "name": name} if name else {"email": address}


def _attachment(file: TextFile) -> dict[str, str]:
    return {
        "content": base64.b64encode(file.text.encode()).decode(),
        "type": file.media_type,
        "filename": file.name,
        "disposition": "attachment",
    }


def _no_tracking() -> dict[str, Any]:
    settings = sg.TrackingSettings()
    settings.click_tracking = sg.ClickTracking(enable=False, enable_text=False)
    settings.open_tracking = sg.OpenTracking(enable=False)
    settings.subscription_tracking = sg.SubscriptionTracking(enable=False)
    return dict(settings.get())


_NO_TRACKING = _no_tracking()


def _error_message(answer: Answer) -> str:
    """What the API says is wrong, without the addresses it may quote."""
    try:
        errors = json.loads(answer.body)["errors"]
        words = "; ".join(str(error["message"]) for error in errors)
    except (ValueError, LookupError, TypeError):
        return "no explanation"
    return (redacted_reason(words) or "no explanation")[:MAX_REASON]

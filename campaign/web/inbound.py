"""Where SendGrid's Inbound Parse posts what offices answer."""

from io import BytesIO
from typing import IO, Any, cast

from flask import Blueprint, Response, request
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from campaign.domain.names import clean_line
from campaign.domain.replies import Attachment
from campaign.errors import ForbiddenError, RefusedError
from campaign.mail.inbound.form import read_form
from campaign.mail.inbound.mail import MAX_MAIL
from campaign.mail.inbound.webhook import SIGNATURE_HEADER, TIMESTAMP_HEADER, WebhookKey
from campaign.services.replies import receiving
from campaign.web.context import now, runtime

blueprint = Blueprint("inbound", __name__)

# The mail itself may be one field; a tenth more is room for what SendGrid adds.
LARGEST_POST = MAX_MAIL + MAX_MAIL // 10
# What SendGrid takes for a file though it may be all that somebody wrote.
MAY_BE_BODY = ("text/plain", "text/html", "application/pkcs7-mime", "application/x-pkcs7-mime")
LARGEST_BODY = 4 * 2**20
# A mail that is taken apart has about twenty fields, and a part for each attachment.
MOST_PARTS = 300


@blueprint.post("/webhooks/sendgrid/inbound")
def sendgrid() -> Response:
    """Store an office's answer; of mail to no address of ours nothing is stored, and the 204 is the same."""
    here = runtime()
    if not here.reply_addresses.domain:
        raise ForbiddenError("This installation takes no answers: CAMPAIGN_REPLY_DOMAIN is not set.")
    request.max_content_length = LARGEST_POST
    fields, attachments, readable = _parts(_stream(here.inbound_key))
    mail = read_form(fields, attachments, readable=readable, is_ours=here.reply_addresses.message_of)
    # Strangers' mail does not even take the writer's turn.
    if not any(map(here.reply_addresses.message_of, mail.recipients)):
        return Response(status=204)
    with here.database.transaction() as session:
        receiving.receive(
            session,
            mail,
            context=here.mail_context,
            own_addresses=here.settings.mail.own_addresses,
            now=now(),
        )
    return Response(status=204)


def _stream(key: WebhookKey | None) -> IO[bytes]:
    """The body; with a key it is read whole, for the signature is over all of it."""
    if key is None:
        return request.stream
    body = request.get_data()
    signature, timestamp = (request.headers.get(name, "") for name in (SIGNATURE_HEADER, TIMESTAMP_HEADER))
    if not key.is_genuine(body, signature=signature, timestamp=timestamp):
        raise ForbiddenError("This was not signed by the mail provider.")
    return BytesIO(body)


def _parts(stream: IO[bytes]) -> tuple[dict[str, bytes], list[Attachment], list[tuple[str, bytes]]]:
    """The fields as bytes, what there is to know of the files, and those of them that may be the body."""
    kind, options = parse_options_header(request.headers.get("Content-Type"))
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not boundary.isascii() or not boundary:
        raise RefusedError("This is not a form as SendGrid posts it (multipart/form-data).")
    try:
        fields, files = _Parser(
            stream_factory=cast(Any, _Counted), max_form_memory_size=LARGEST_POST, max_form_parts=MOST_PARTS
        ).parse(stream, boundary.encode(), request.content_length)
    except ValueError:
        raise RefusedError("This form is broken: its parts do not end where they should.") from None
    came = [(file, cast(_Counted, file.stream)) for _, file in files.items(multi=True)]
    attachments = [
        Attachment(clean_line(file.filename or "")[:200], clean_line(file.mimetype)[:100], stream.size)
        for file, stream in came
    ]
    readable = [
        (file.content_type or "", bytes(stream.kept)) for file, stream in came if stream.kept is not None
    ]
    return {name: value.encode("latin-1") for name, value in fields.items()}, attachments, readable


class _Parser(MultiPartParser):
    """Reads every field as one character a byte: each has a charset of its own, named in another field."""

    def get_part_charset(self, headers: Any) -> str:  # noqa: ARG002
        return "latin-1"


class _Counted:
    """Takes a file's bytes and keeps their number; of one that may be the mail's body, the bytes too."""

    def __init__(self, *, content_type: str | None = None, **_: Any) -> None:
        self.size = 0
        self.kept = bytearray() if (content_type or "").lower().startswith(MAY_BE_BODY) else None

    def write(self, data: bytes) -> int:
        self.size += len(data)
        if self.kept is not None and self.size <= LARGEST_BODY:
            self.kept += data
        return len(data)

    def seek(self, *_: int) -> int:
        return 0

    def close(self) -> None:
        """Nothing is open."""

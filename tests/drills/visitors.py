"""Readers, a mail provider that reports, and an organizer at the desk: what a site hears beside forms."""

import base64
import json
import random
import re
import secrets
import time
import urllib.error
import urllib.request
from contextlib import suppress
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from campaign.mail.inbound.webhook import SIGNATURE_HEADER, TIMESTAMP_HEADER
from tests.drills.form_senders import Crowd
from tests.drills.locked import LANGUAGES, ask

READERS = 3
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Readers(Crowd):
    """So many pages a second, of every kind that the public sees."""

    def __init__(self, port: int, path: str, *, each_second: float) -> None:
        super().__init__(READERS)
        self._port = port
        self._seconds = READERS / each_second
        self._pages = (
            *(path, f"{path}/signatures", f"{path}.json", f"{path}/count.json", f"{path}?source=drill"),
            *(f"/fr{path}", f"/zh-hans{path}", "/", "/healthz", "/accessibility"),
        )

    def _work(self, place: int) -> None:
        chance = random.Random(place)
        while not self._stopped.wait(self._seconds * chance.uniform(0.5, 1.5)):
            page, language = chance.choice(self._pages), chance.choice(LANGUAGES)
            self._note(ask(self._port, "GET", page, language)[0])


class Provider:
    """A provider's key, and the reports that it signs."""

    def __init__(self) -> None:
        self._private = ec.generate_private_key(ec.SECP256R1())
        der = self._private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.public_key = base64.b64encode(der).decode()

    def request(self, port: int, email_ids: list[str]) -> urllib.request.Request:
        """The request that reports these emails delivered."""
        timestamp = str(int(time.time()))
        body = json.dumps(
            [
                {
                    "event": "delivered",
                    "sg_event_id": secrets.token_hex(8),
                    "campaign_email_id": email_id,
                    "timestamp": int(timestamp),
                }
                for email_id in email_ids
            ]
        ).encode()
        signature = self._private.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        headers = {
            "Content-Type": "application/json",
            TIMESTAMP_HEADER: timestamp,
            SIGNATURE_HEADER: base64.b64encode(signature).decode(),
        }
        return urllib.request.Request(f"http://127.0.0.1:{port}/webhooks/sendgrid", body, headers)


class Reporters(Crowd):
    """They report emails that the local provider has written, a few at a time, as delivered."""

    def __init__(self, port: int, outbox: Path, provider: Provider, *, each_second: float) -> None:
        super().__init__(1)
        self._port, self._outbox, self._provider = port, outbox, provider
        self._seconds = 1 / each_second

    def _work(self, place: int) -> None:
        chance = random.Random(place)
        while not self._stopped.wait(self._seconds):
            ids: list[str] = []
            with suppress(FileNotFoundError):
                ids = [file.stem for file in self._outbox.glob("*.eml")]
            request = self._provider.request(self._port, chance.sample(ids, min(5, len(ids))))
            self._note(status_of(urllib.request.build_opener(), request)[0])


class Organizers(Crowd):
    """One who logs in, goes through the pages of the desk, and logs out with the block."""

    def __init__(self, port: int, path: str, email: str, password: str, *, each_second: float) -> None:
        super().__init__(1)
        self._desk = f"http://127.0.0.1:{port}/organizer"
        self._login = {"email": email, "password": password}
        self._seconds = 1 / each_second
        campaign = f"/campaigns/{path.rpartition('/')[2]}"
        self._pages = (
            *("/", campaign, f"{campaign}/supporters", f"{campaign}/queue", f"{campaign}/officials"),
            *("/queue", "/audit", "/account", "/suppressions", f"{campaign}/translations"),
        )

    def _work(self, place: int) -> None:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = self._open(opener, "/login")
        page = self._open(opener, "/login", {"csrf_token": _token(page), **self._login})
        number = 0
        while not self._stopped.wait(self._seconds):
            page = self._open(opener, self._pages[number % len(self._pages)]) or page
            number += 1
        self._open(opener, "/logout", {"csrf_token": _token(page)})

    def _open(
        self, opener: urllib.request.OpenerDirector, path: str, fields: dict[str, str] | None = None
    ) -> str:
        data = None if fields is None else urlencode(fields).encode()
        headers = {"Origin": self._desk.removesuffix("/organizer"), "Accept-Language": "en"}
        status, body = status_of(opener, urllib.request.Request(f"{self._desk}{path}", data, headers))
        self._note(status)
        return body


def status_of(opener: urllib.request.OpenerDirector, request: urllib.request.Request) -> tuple[int, str]:
    """Status and text of the answer; 0 where there was none."""
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""
    except OSError:
        return 0, ""


def _token(page: str) -> str:
    found = _TOKEN.search(page)
    return found[1] if found else ""

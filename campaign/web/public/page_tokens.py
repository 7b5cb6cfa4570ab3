"""Links to further names: they tell nobody when a person confirmed, and nobody can make one up."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from struct import Struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from campaign.domain.campaign_page import SignatoryShown
from campaign.domain.tokens import derived_key
from campaign.errors import NotFoundError
from campaign.services.campaigns.name_wall import WallPosition
from campaign.services.campaigns.signatories import Position
from campaign.settings import Settings

# Microseconds since 1970 and a number: the same length whatever the place is.
_PLACE = Struct(">qq")
_NUMBER = Struct(">q")
_NAME_DIGEST = 8
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def page_token(settings: Settings, campaign_id: int, position: Position) -> str:
    """A place in the list of names as a link may hold it: encrypted, for this campaign, by the newest key.

    AES-SIV (RFC 5297) needs no random number, so that one place is one address that can be cached.
    """
    place = _PLACE.pack((position.confirmed_at - _EPOCH) // _MICROSECOND, position.signature_id)
    sealed = _cipher(settings.secret_key).encrypt(place, _context(campaign_id))
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def position_of(settings: Settings, campaign_id: int, token: str) -> Position:
    """The place that a link holds; NotFoundError when no key of ours has made it for this campaign."""
    microseconds, signature_id = _PLACE.unpack(_opened(settings, token, _context(campaign_id)))
    return Position(_EPOCH + microseconds * _MICROSECOND, signature_id)


def wall_token(settings: Settings, campaign_id: int, position: WallPosition) -> str:
    """A place on the wall of names, likewise: the name before it can be read there, the number cannot."""
    place = _NUMBER.pack(position.signature_id) + position.key
    sealed = _cipher(settings.secret_key).encrypt(place, [*_context(campaign_id), b"wall"])
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def wall_position_of(settings: Settings, campaign_id: int, token: str) -> WallPosition:
    """The place on the wall that a link holds; NotFoundError when no key of ours has made it."""
    place = _opened(settings, token, [*_context(campaign_id), b"wall"])
    (signature_id,) = _NUMBER.unpack_from(place)
    return WallPosition(place[_NUMBER.size :], signature_id)


def name_token(settings: Settings, campaign_id: int, signature_id: int, shown: SignatoryShown) -> str:
    """A name on the wall, likewise: good for this name as it is shown, so that it follows nobody."""
    said = "\n".join(("name", shown.name or "", shown.organization or ""))
    place = _NUMBER.pack(signature_id) + sha256(said.encode("utf-8", "replace")).digest()[:_NAME_DIGEST]
    sealed = _cipher(settings.secret_key).encrypt(place, [*_context(campaign_id), b"name"])
    return urlsafe_b64encode(sealed).decode().rstrip("=")


def signature_of_name(settings: Settings, campaign_id: int, token: str) -> int:
    """Whose name a link holds; NotFoundError when no key of ours has made it. Compare it with a new one."""
    try:
        place = _opened(settings, token, [*_context(campaign_id), b"name"])
    except NotFoundError:
        raise NotFoundError("This name is no longer on the wall.") from None
    (signature_id,) = _NUMBER.unpack_from(place)
    return int(signature_id)


def _opened(settings: Settings, token: str, context: list[bytes]) -> bytes:
    for key in (settings.secret_key, *settings.secret_key_fallbacks):
        try:
            sealed = urlsafe_b64decode(token.encode() + b"=" * (-len(token) % 4))
            return _cipher(key).decrypt(sealed, context)
        except (InvalidTag, ValueError):
            continue
    raise NotFoundError("There is no such page of signatories.")


def _cipher(key: str) -> AESSIV:
    return AESSIV(derived_key(key, "page tokens"))


def _context(campaign_id: int) -> list[bytes]:
    return [str(campaign_id).encode()]

"""An installation with a campaign and as many confirmed signatures as a benchmark wants."""

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from campaign.domain.name_order import name_keys
from campaign.domain.signature import Visibility
from campaign.runtime import build_runtime
from campaign.settings import load_settings
from campaign.store import schema
from campaign.store.data_cipher import Place, cipher_of
from tests import make


@dataclass(frozen=True)
class Stocked:
    """Where it is, and the address of its page."""

    environment: dict[str, str]
    path: str
    database: Path


def stock(folder: Path, *, signatures: int, now: datetime) -> Stocked:
    """Make the installation, on SQLite; its rows go in by the bare driver."""
    environment = {
        "CAMPAIGN_INSTANCE": str(folder),
        "CAMPAIGN_OFFICIAL_RATE": "0",
        "CAMPAIGN_PROOF_OF_WORK": "off",
    }
    runtime = build_runtime(load_settings(environment))
    schema.upgrade(runtime.database)
    page = make.campaign(runtime, now=now)
    runtime.close()
    cipher = cipher_of(runtime.database.engine.dialect)

    def sealed(text: str, place: str, row: int) -> str:
        return cipher.seal(text, Place(*place.split(".")), row)

    database = folder / "campaign.db"
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA synchronous=OFF")
    start = now - timedelta(days=30)
    connection.executemany(
        "INSERT INTO supporter (id, address_hash, email, created_at) VALUES (?, ?, ?, ?)",
        (
            (n, f"{n:064x}", sealed(f"signer{n}@mail.example", "supporter.email", n), str(start)[:26])
            for n in range(1, signatures + 1)
        ),
    )
    connection.executemany(
        "INSERT INTO signature (id, campaign_id, supporter_id, letter_version_id, state, name, capacity,"
        " organization, country, postal_code, visibility, updates, language, number, signed_at, confirmed_at,"
        " wall_key, last_key)"
        " VALUES (?, ?, ?, ?, 'confirmed', ?, 'myself', ?, ?, ?, ?, ?, 'en', ?, ?, ?, ?, ?)",
        (
            (
                n,
                page.head.id,
                n,
                page.letter.id,
                sealed(_name(n), "signature.name", n),
                sealed(f"=Group {n % 97}", "signature.organization", n) if n % 5 == 0 else None,
                ("US", "FR", "TW", "DE")[n % 4],
                sealed(f"{n % 90000:05d}", "signature.postal_code", n),
                "hidden" if n % 7 == 0 else "public",
                n % 3 == 0,
                n,
                f"{start + timedelta(seconds=n):%Y-%m-%d %H:%M:%S.000000}",
                f"{start + timedelta(seconds=n):%Y-%m-%d %H:%M:%S.000000}",
                *_keys(n),
            )
            for n in range(1, signatures + 1)
        ),
    )
    connection.execute(
        "UPDATE campaign SET signature_count = ?1, shown_count = ?1, shown_until = ?2",
        (signatures, f"{start + timedelta(seconds=signatures):%Y-%m-%d %H:%M:%S.000000}"),
    )
    connection.commit()
    connection.execute("ANALYZE")
    connection.close()
    return Stocked(environment, f"/c/{page.head.slug}", database)


def _name(n: int) -> str:
    """Signers whose names begin with every letter."""
    return f"{chr(65 + n % 26)}da Number {n}"


def _keys(n: int) -> tuple[bytes | None, bytes | None]:
    keys = name_keys(_name(n), Visibility.HIDDEN if n % 7 == 0 else Visibility.PUBLIC)
    return keys.wall, keys.last

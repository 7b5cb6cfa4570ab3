"""How often processes of this machine ended without being told to, kept in a file beside the database."""

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

NAME = "process-deaths.log"
# Then it begins anew; whoever reads counters expects that they may.
LARGEST_FILE = 256 * 1024
# So long a death is told where people look whether all is well.
RECENT = timedelta(minutes=15)


def record(folder: Path, process: str, *, now: datetime) -> None:
    """Add one death of a kind of process; a disk that takes nothing loses it."""
    path = folder / NAME
    with suppress(OSError):
        is_full = path.exists() and path.stat().st_size > LARGEST_FILE
        with path.open("w" if is_full else "a") as file:
            file.write(f"{now.astimezone(UTC).isoformat(timespec='seconds')} {process}\n")


def counts(folder: Path) -> Counter[str]:
    """How many deaths are written down, by kind of process."""
    return Counter(process for _, process in _deaths(folder))


def recent(folder: Path, *, now: datetime) -> Counter[str]:
    """The same for the last minutes."""
    return Counter(process for moment, process in _deaths(folder) if now - moment < RECENT)


def _deaths(folder: Path) -> list[tuple[datetime, str]]:
    try:
        lines = (folder / NAME).read_text().splitlines()
    except OSError:
        return []
    deaths = []
    for line in lines:
        moment, _, process = line.partition(" ")
        with suppress(ValueError):  # a line that was cut off as the disk was full
            deaths.append((datetime.fromisoformat(moment), process))
    return deaths

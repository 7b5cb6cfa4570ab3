"""Files that a worker makes for one organizer, and how long they wait to be fetched."""

from datetime import timedelta
from enum import StrEnum


class PreparedKind(StrEnum):
    """What such a file holds."""

    SUPPORTERS = "supporters"
    PACK = "pack"  # all that is handed over to one official
    STATISTICS = "statistics"  # numbers that tell of nobody


KEPT_FOR = timedelta(days=7)
# A download may break off: it can be fetched again for so long.
KEPT_ONCE_FETCHED = timedelta(hours=1)
# A list of more rows is made by the worker, so that no download holds a connection for long.
MOST_ROWS_AT_ONCE = 20_000
# What one organizer may have waiting for one campaign.
MOST_FILES = 10

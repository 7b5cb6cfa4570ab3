"""What a clock that was ahead for a while has left behind: times that have not come yet."""

from datetime import datetime, timedelta

# Machines that share a database may differ by so much.
CLOCKS_DIFFER = timedelta(minutes=1)


def is_from_future(moment: datetime, *, now: datetime) -> bool:
    """Whether no right clock can have shown this yet."""
    return moment > now + CLOCKS_DIFFER


def brought_back(moment: datetime, *, written_at: datetime, most_ahead: timedelta, now: datetime) -> datetime:
    """A time as if written now: as far ahead as it was then, and at most `most_ahead`."""
    return now + min(max(timedelta(0), moment - written_at), most_ahead)

"""Rushes: far more signatures from one mail domain than a campaign usually gets from it.

Each domain's share of what came of late is held against its share before that. So a campaign that grows as a
whole is no rush, and a mail service that half of all people use is compared with its own usual half.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

# Numbers fade: of what is this old, somewhat more than a third is left.
RECENT = timedelta(hours=1)
WEEKLY = timedelta(days=7)
# Fewer than this of late are no rush, whatever their share: a class, a choir, an office may sign together.
LEAST = 30
# By how much the odds that a signature is of this domain have to be above the usual ones. Between countries
# and between hours of the day those of large services differ by three or four.
TIMES_THE_ODDS = 6.0
# Until a campaign knows its own people, a domain counts as so many earlier signatures would have made it.
PRIOR_WEIGHT = 50.0
PRIOR_SHARE = 0.02
PRIOR_SHARE_PUBLIC = 0.8  # there are countries where nearly everybody is with one of them
# How long a rush is told of after it was last seen.
RUSH_LASTS = timedelta(minutes=30)
# So much later than others' leave the messages to officials of whoever signed with a domain in a rush.
RUSH_WAIT = timedelta(hours=1)

# Mail services that anybody can have an address of, the large ones of the languages we speak.
PUBLIC_MAIL = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "yahoo.com"),
        *("icloud.com", "me.com", "mac.com", "aol.com", "proton.me", "protonmail.com", "pm.me", "tuta.com"),
        *("gmx.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "posteo.de", "mailbox.org", "gmx.ch"),
        *("orange.fr", "free.fr", "laposte.net", "wanadoo.fr", "sfr.fr", "hotmail.fr", "yahoo.fr"),
        *("hotmail.es", "yahoo.es", "hotmail.co.uk", "yahoo.co.uk", "btinternet.com", "comcast.net"),
        *("qq.com", "163.com", "126.com", "sina.com", "foxmail.com", "naver.com", "yahoo.co.jp"),
        *("yahoo.com.tw", "yahoo.com.hk", "mail.ru", "yandex.ru", "yandex.com", "ya.ru", "bk.ru"),
    }
)


@dataclass(frozen=True)
class Tally:
    """How many signatures came of late and in about a week, as of a time; both fade."""

    recent: float
    weekly: float
    counted_until: datetime

    @property
    def earlier(self) -> float:
        """How many of about a week came before the last hour or so."""
        return max(0.0, self.weekly - self.recent)


def faded(tally: Tally, *, now: datetime) -> Tally:
    """The same as of now; one that a clock which was ahead has left behind has not faded."""
    age = max(timedelta(0), now - tally.counted_until)
    return Tally(tally.recent * math.exp(-age / RECENT), tally.weekly * math.exp(-age / WEEKLY), now)


def added(tally: Tally | None, number: int, *, now: datetime) -> Tally:
    """The tally with so many more signatures, which came just now."""
    before = faded(tally, now=now) if tally else Tally(0.0, 0.0, now)
    return replace(before, recent=before.recent + number, weekly=before.weekly + number)


def is_rush(domain: str, of_domain: Tally, of_all: Tally) -> bool:
    """Whether a campaign gets far more signatures from a domain than usual; both tallies are of one time."""
    if of_domain.recent < LEAST:
        return False
    prior = PRIOR_SHARE_PUBLIC if domain in PUBLIC_MAIL else PRIOR_SHARE
    usual = (of_domain.earlier + prior * PRIOR_WEIGHT) / (of_all.earlier + PRIOR_WEIGHT)
    # Half a signature of other domains stands for none, so that the odds are a number.
    others = max(of_all.recent - of_domain.recent, 0.5)
    return of_domain.recent / others >= TIMES_THE_ODDS * usual / max(1.0 - usual, 0.01)

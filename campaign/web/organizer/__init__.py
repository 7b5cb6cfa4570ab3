"""The organizer's desk: everything under /organizer."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from campaign.services.accounts.passwords import PASSWORDS, Passwords
from campaign.web.organizer import (
    account,
    campaigns,
    exports,
    guard,
    hand_delivery,
    home,
    letters,
    login,
    look,
    officials,
    queue,
    record,
    replies,
    supporters,
    suppressions,
    translations,
    watch,
    words,
)
from campaign.web.organizer.guard import blueprint
from campaign.web.organizer.paging import LARGEST_ID

__all__ = [
    "account",
    "blueprint",
    "campaigns",
    "exports",
    "guard",
    "hand_delivery",
    "home",
    "letters",
    "login",
    "look",
    "officials",
    "queue",
    "record",
    "register",
    "replies",
    "supporters",
    "suppressions",
    "translations",
    "watch",
]


class IdConverter(IntegerConverter):
    """The number of a row; one that no database can hold is the address of nothing."""

    def __init__(self, of: Map) -> None:
        """Take what fits an INTEGER column, which has 32 bits with a sign."""
        super().__init__(of, max=LARGEST_ID)


def register(app: Flask, *, passwords: Passwords = PASSWORDS) -> None:
    """Put the desk into an application; `passwords` hashes at a cost of the caller's choice."""
    app.extensions["campaign_passwords"] = passwords
    app.url_map.converters["id"] = IdConverter
    words.set_up(app)
    app.register_blueprint(blueprint)

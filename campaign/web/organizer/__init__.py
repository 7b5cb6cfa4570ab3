"""The organizer's desk: everything under /organizer."""

from flask import Flask

from campaign.services.passwords import PASSWORDS, Passwords
from campaign.web.organizer import (
    account,
    campaigns,
    exports,
    guard,
    hand_delivery,
    home,
    letters,
    login,
    officials,
    queue,
    record,
    supporters,
    words,
)
from campaign.web.organizer.guard import blueprint

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
    "officials",
    "queue",
    "record",
    "register",
    "supporters",
]


def register(app: Flask, *, passwords: Passwords = PASSWORDS) -> None:
    """Put the desk into an application; `passwords` hashes at a cost of the caller's choice."""
    app.extensions["campaign_passwords"] = passwords
    words.set_up(app)
    app.register_blueprint(blueprint)

"""The organizer's desk: everything under /organizer."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

from campaign.services.accounts.passwords import PASSWORDS, Passwords
from campaign.web.organizer import alert_banner, home, template_filters
from campaign.web.organizer.accounts import forgotten, invitation, login, passkeys, reset, second_factor
from campaign.web.organizer.accounts import views as accounts
from campaign.web.organizer.audit import views as audit_log
from campaign.web.organizer.campaigns import (
    appearance,
    editing,
    held_forms,
    letters,
    progress,
    public_names,
    quiet,
    translations,
)
from campaign.web.organizer.campaigns import views as campaigns
from campaign.web.organizer.guard import blueprint
from campaign.web.organizer.imports import views as imports
from campaign.web.organizer.officials import answers as office_answers
from campaign.web.organizer.officials import hand_delivery
from campaign.web.organizer.officials import views as officials
from campaign.web.organizer.opening import views as opening
from campaign.web.organizer.paging import LARGEST_ID
from campaign.web.organizer.people import views as people
from campaign.web.organizer.queue import views as queue
from campaign.web.organizer.replies import views as replies
from campaign.web.organizer.setup import checking, first_steps
from campaign.web.organizer.site import views as site
from campaign.web.organizer.spot_checks import views as spot_checks
from campaign.web.organizer.spot_checks import witnesses
from campaign.web.organizer.statistics import views as statistics
from campaign.web.organizer.supporters import (
    corrections,
    doubts,
    downloads,
    exports,
    first,
    invalidations,
    quotes,
    reported,
    suppressions,
    words,
)
from campaign.web.organizer.supporters import views as supporters
from campaign.web.organizer.updates import closing, own_emails
from campaign.web.organizer.updates import views as updates

# A view puts itself on the blueprint when its module is imported.
__all__ = [
    "accounts",
    "alert_banner",
    "appearance",
    "audit_log",
    "blueprint",
    "campaigns",
    "checking",
    "closing",
    "corrections",
    "doubts",
    "downloads",
    "editing",
    "exports",
    "first",
    "first_steps",
    "forgotten",
    "hand_delivery",
    "held_forms",
    "home",
    "imports",
    "invalidations",
    "invitation",
    "letters",
    "login",
    "office_answers",
    "officials",
    "opening",
    "own_emails",
    "passkeys",
    "people",
    "progress",
    "public_names",
    "queue",
    "quiet",
    "quotes",
    "register",
    "replies",
    "reported",
    "reset",
    "second_factor",
    "site",
    "spot_checks",
    "statistics",
    "supporters",
    "suppressions",
    "translations",
    "updates",
    "witnesses",
    "words",
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
    template_filters.set_up(app)
    app.register_blueprint(blueprint)

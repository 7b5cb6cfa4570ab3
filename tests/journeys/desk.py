"""A site with its desk, and people at it, for stories in which organizers do something."""

from flask import Flask

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.services.accounts import organizers
from campaign.web import create_app, organizer
from tests.browsing import Browser
from tests.conftest import Clock
from tests.web.organizer.conftest import CHEAP, PASSWORD, enter


def desk_app(runtime: Runtime, clock: Clock) -> Flask:
    """The pages of a runtime, those of the desk among them."""
    app = create_app(runtime, clock=clock)
    if "organizer" not in app.blueprints:
        organizer.register(app)
    app.extensions["campaign_passwords"] = CHEAP
    app.testing = True
    return app


def at_the_desk(app: Flask, clock: Clock, name: str, role: Role = Role.OWNER) -> Browser:
    """A browser in which somebody new has logged in."""
    runtime: Runtime = app.extensions["campaign"]
    email = f"{name}@desk.example"
    with runtime.database.transaction() as session:
        organizers.add(
            session, email, role=role, password=PASSWORD, actor=COMMAND_LINE, now=clock(), passwords=CHEAP
        )
    browser = Browser(app)
    enter(browser, email)
    return browser

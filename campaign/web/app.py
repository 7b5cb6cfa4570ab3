"""Builds the web application out of its parts."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask, Request
from flask.sessions import SessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix

from campaign.assets import folder
from campaign.runtime import Runtime
from campaign.web import (
    errors,
    health,
    inbound,
    jinja,
    languages,
    local_outbox,
    logs,
    organizer,
    page_style,
    public,
    publisher,
    security,
    static,
    styleguide,
    webhooks,
)
from campaign.web.response_cache import ResponseCache

# The longest honest form is a few thousand characters for each of a few dozen officials.
LARGEST_FORM = 256 * 1024
MOST_FORM_PARTS = 500


class NoCookieSession(SessionInterface):
    """Flask's session turned off: supporters get no cookie, and organizers have sessions of their own."""

    def open_session(self, app: Flask, request: Request) -> None:
        """Open none: Flask then puts one in its place that refuses to be written to."""


def create_app(runtime: Runtime, *, clock: Callable[[], datetime] | None = None) -> Flask:
    """A Flask application on one runtime; `clock` tells the time in UTC, the database's if none is given."""
    clock = clock or runtime.clock.at_once
    app = logs.RedactingFlask("campaign", template_folder=str(folder("templates")), static_folder=None)
    app.secret_key = runtime.settings.secret_key
    app.config.update(
        SECRET_KEY_FALLBACKS=list(runtime.settings.secret_key_fallbacks),
        MAX_CONTENT_LENGTH=LARGEST_FORM,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=MOST_FORM_PARTS,
    )
    app.session_interface = NoCookieSession()
    app.extensions["campaign"] = runtime
    app.extensions["campaign_clock"] = clock
    proxies = runtime.settings.web.trusted_proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]
    logs.set_up(app)
    security.set_up(app, runtime.settings)
    errors.set_up(app)
    static.set_up(app)
    jinja.set_up(app)
    publisher.set_up(app)
    page_style.set_up(app)
    app.register_blueprint(health.blueprint)
    app.register_blueprint(local_outbox.blueprint)
    app.register_blueprint(webhooks.blueprint)
    app.register_blueprint(styleguide.blueprint)
    app.register_blueprint(inbound.blueprint)
    organizer.register(app)
    languages.register_in_all(app, public.blueprint)
    cache = ResponseCache(app.wsgi_app, clock)
    app.wsgi_app = cache  # type: ignore[method-assign]
    app.extensions["campaign_response_cache"] = cache
    return app

"""The web: pages for supporters, the organizers' desk, and what machines call."""

from campaign.web.app import create_app

__all__ = ["create_app"]

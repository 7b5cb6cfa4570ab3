"""What attackers have: the site's pages, and a worker that goes on with what they send in."""

from tests.web.conftest import app, client, page, post

__all__ = ["app", "client", "page", "post"]

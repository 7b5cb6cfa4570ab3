"""What all the supporter's pages are registered on, and the pages each process has drawn."""

from typing import cast

from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState

from campaign.web.languages import pop_language, redirect_unknown_language
from campaign.web.public.page_cache import PageCache

blueprint = Blueprint("public", __name__)
blueprint.url_value_preprocessor(pop_language)
blueprint.before_request(redirect_unknown_language)


def page_cache() -> PageCache:
    """This process's drawn pages."""
    return cast(PageCache, current_app.extensions["campaign_page_cache"])


@blueprint.record
def _add_page_cache(state: BlueprintSetupState) -> None:
    state.app.extensions.setdefault("campaign_page_cache", PageCache())

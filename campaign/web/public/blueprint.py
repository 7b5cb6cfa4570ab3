"""What all the supporter's pages are registered on, and the pages each process has drawn."""

from typing import cast

from flask import Blueprint, current_app
from flask.blueprints import BlueprintSetupState

from campaign.web.languages import pop_language, redirect_unknown_language
from campaign.web.public.page_cache import PageCache, WallCache

blueprint = Blueprint("public", __name__)
blueprint.url_value_preprocessor(pop_language)
blueprint.before_request(redirect_unknown_language)


def page_cache() -> PageCache:
    """This process's drawn pages."""
    return cast(PageCache, current_app.extensions["campaign_page_cache"])


def wall_cache() -> WallCache:
    """This process's drawn walls of names."""
    return cast(WallCache, current_app.extensions["campaign_wall_cache"])


@blueprint.record
def _add_caches(state: BlueprintSetupState) -> None:
    state.app.extensions.setdefault("campaign_page_cache", PageCache())
    state.app.extensions.setdefault("campaign_wall_cache", WallCache())

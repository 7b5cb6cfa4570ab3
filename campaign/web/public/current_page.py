"""What a campaign's pages show now: drawn earlier where nothing has changed since, else read anew."""

from datetime import datetime, timedelta

from flask import request

from campaign.domain.campaign_page import CampaignPage
from campaign.errors import CampaignError, UnavailableError
from campaign.services.campaigns import pages, signatories
from campaign.web.context import now, runtime
from campaign.web.csrf import full_hour
from campaign.web.languages import current_language, is_prefixed, negotiated
from campaign.web.public.blueprint import page_cache
from campaign.web.public.page_cache import CachedPage
from campaign.web.publisher import database_is_away
from campaign.web.response_cache import cache_response

LATEST = 24


def cached_page(slug: str, *, count_matters: bool = True) -> CachedPage:
    """What the page shows in the reader's language, read anew when the campaign has changed.

    When the database gives no answer, it is the campaign as it was shown last. NotFoundError for a campaign
    that is not there or not open to the public yet.
    """
    try:
        return current_page(slug, count_matters=count_matters)
    except UnavailableError:
        database_is_away()
        last = _last_shown(slug)
        if last is None:
            raise
        return last


def current_page(slug: str, *, count_matters: bool = True) -> CachedPage:
    """The same, and UnavailableError when the database gives no answer."""
    database = runtime().database
    head = pages.peek_head(database, slug)
    language = negotiated(default=head.language)
    key = (slug, language, is_prefixed())
    cached, today = page_cache().get(key, head, count_matters=count_matters), now().date()
    if cached is None or cached.day != today:
        with database.reading() as session:
            page = pages.page(session, slug, language=language)
            latest = signatories.latest(session, page.head.id, limit=LATEST)
        cached = page_cache().put(key, CachedPage(page, latest, today))
    return cached


def page_to_share(slug: str) -> CampaignPage | None:
    """The letter in the language the page speaks by now; None when it cannot be had.

    Who reads this has just signed, which no fault of what is offered next may hide.
    """
    database, language = runtime().database, current_language()
    try:
        head = pages.peek_head(database, slug)
        cached = page_cache().get((slug, language, is_prefixed()), head, count_matters=False)
        if cached:
            return cached.page
        with database.reading() as session:
            return pages.page(session, slug, language=language)
    except CampaignError:
        return None


def cache_while_unchanged(cached: CachedPage, *, query: str, is_arbitrary: bool) -> None:
    """Let the answer to this request serve like ones until its campaign or its form's token changes."""
    cache_response(
        request.environ,
        pages.is_still(runtime().database, cached.page.head),
        until=_holds_until(cached.page, now()),
        query=query,
        is_arbitrary=is_arbitrary,
    )


def _last_shown(slug: str) -> CachedPage | None:
    """What was shown last of a campaign: in the reader's language if it can be had, else in any."""
    drawn = page_cache().of_campaign(slug)
    if not drawn:
        return None
    newest = next(reversed(drawn.values()))
    language = negotiated(default=newest.page.head.language)
    ranked = ((language, is_prefixed()), (language, not is_prefixed()))
    return next((drawn[key] for key in ranked if key in drawn), newest)


def _holds_until(page: CampaignPage, time: datetime) -> datetime:
    """When the page changes though nothing is written: the form has a new token, or the letter closes."""
    next_hour = full_hour(time) + timedelta(hours=1)
    closes = page.closes_at if page.closes_at and page.closes_at > time else None
    return min(next_hour, closes) if closes else next_hour

"""Quotes: asking whoever wrote something, and what of it the letter's page shows."""

from collections.abc import Callable

from flask import Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.documents.tables import as_csv
from campaign.domain.approval import Approvable
from campaign.domain.quotes import MOST_QUOTED
from campaign.domain.roles import Permission
from campaign.services.accounts import second_person
from campaign.services.campaigns import campaigns
from campaign.services.signatures import quotes as listing
from campaign.services.signatures import quoting
from campaign.services.signatures.quotes import QuotesListed
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import ActionForm, ApprovalForm
from campaign.web.organizer.guard import actor, blueprint, me, needs, require_fresh

COLUMNS = ("words", "language", "named", "name", "country", "agreed_on", "on_the_page")
MOVES: dict[str, Callable[..., None]] = {
    "put": listing.put,
    "take-off": listing.take_off,
    "up": listing.move_up,
}


@blueprint.post("/campaigns/<slug>/words/<id:message_id>/ask")
@needs(Permission.PEOPLE, Permission.CHANGE)
def propose_quote(slug: str, message_id: int) -> AnyResponse:
    """Ask a second person to have whoever wrote a message asked whether they may be quoted with it."""
    ActionForm().require()
    context = runtime().mail_context
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        quoting.propose(session, campaign.id, message_id, context=context, actor=actor(), now=now())
    return redirect(url_for("organizer.quotes", slug=slug, done="asked-to-approve"), 303)


@blueprint.post("/campaigns/<slug>/quotes/<id:quote_id>/ask")
@needs(Permission.PEOPLE, Permission.CHANGE)
def ask_to_quote(slug: str, quote_id: int) -> AnyResponse:
    """Have them asked, once and by email: by a second person, with a fresh password."""
    require_fresh(url_for("organizer.quotes", slug=slug))
    form = ApprovalForm()
    form.require()
    context = runtime().mail_context
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        seen = form.text("seen")
        quoting.ask(session, campaign.id, quote_id, seen=seen, context=context, actor=actor(), now=now())
    return redirect(url_for("organizer.quotes", slug=slug, done="quote-asked"), 303)


@blueprint.post("/campaigns/<slug>/quotes/<id:quote_id>/call-off")
@needs(Permission.PEOPLE, Permission.CHANGE)
def call_off_quote(slug: str, quote_id: int) -> AnyResponse:
    """Take back a question that nobody has got."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        quoting.call_off(session, campaign.id, quote_id, actor=actor(), now=now())
    return redirect(url_for("organizer.quotes", slug=slug, done="quote-called-off"), 303)


@blueprint.get("/campaigns/<slug>/quotes")
@needs(Permission.PEOPLE)
def quotes(slug: str) -> str:
    """Who may be quoted, and what of it the letter's page shows."""
    with runtime().database.transaction() as session:
        campaign = campaigns.by_slug(session, slug)
        listed = listing.listed(session, campaign.id, actor=actor(), now=now())
        may_approve = {
            proposed_by: second_person.who_may(
                session, Approvable.QUOTE, me().organizer_id, campaign.id, begun_by=(proposed_by,)
            )
            for proposed_by in {one.proposed_by for one in listed.proposed}
        }
    return render_template(
        "organizer/quotes.html",
        campaign=campaign,
        listed=listed,
        may_approve=may_approve,
        is_fresh=me().is_fresh(now()),
        most=MOST_QUOTED,
    )


@blueprint.post("/campaigns/<slug>/quotes/<id:quote_id>/<any('put', 'take-off', 'up'):move>")
@needs(Permission.PEOPLE, Permission.CHANGE)
def place_quote(slug: str, quote_id: int, move: str) -> AnyResponse:
    """Show a quote on the letter's page, show it no more, or let it stand one place before."""
    ActionForm().require()
    with runtime().database.transaction() as session:
        MOVES[move](session, slug, quote_id, actor=actor(), now=now())
    return redirect(url_for("organizer.quotes", slug=slug, done="saved", _anchor=f"quote-{quote_id}"), 303)


@blueprint.get("/campaigns/<slug>/quotes.csv")
@needs(Permission.PEOPLE, fresh=True)
def download_quotes(slug: str) -> Response:
    """Those who may be quoted, with how each may be named, as a table."""
    with runtime().database.transaction() as session:
        listed = _taken(session, slug)
    name = f"{slug}-quotes-{now():%Y-%m-%d}.csv"
    response = Response(
        b"".join(as_csv.chunks(COLUMNS, [_columns(listed)] if listed.agreed else [])),
        content_type=as_csv.MEDIA_TYPE,
    )
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _taken(session: Session, slug: str) -> QuotesListed:
    campaign = campaigns.by_slug(session, slug)
    return listing.listed(session, campaign.id, taken_away=True, actor=actor(), now=now())


def _columns(listed: QuotesListed) -> list[list[str | None]]:
    rows = [
        (
            *(one.shown.words, one.shown.language, one.naming.value),
            *(one.shown.name, one.shown.country),
            *(one.agreed_at.date().isoformat(), "Y" if one.place else "N"),
        )
        for one in listed.agreed
    ]
    return [list(column) for column in zip(*rows, strict=True)]

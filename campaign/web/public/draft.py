"""A draft by its private link: its page, its emails and its PDFs as they will be. Nothing is kept of it."""

from dataclasses import replace
from typing import Any, cast

from flask import Response, g, make_response, render_template
from flask.blueprints import BlueprintSetupState

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.outbox import EmailKind
from campaign.domain.pdf_documents import PdfKind
from campaign.services.campaigns import mail_texts, pages, versions
from campaign.services.opening import preview_links
from campaign.services.opening.previewed_emails import emails_of
from campaign.web.context import now, runtime
from campaign.web.languages import current_language, negotiated, path_to
from campaign.web.public import pdf_views
from campaign.web.public.blueprint import blueprint
from campaign.web.public.form_host import IN_A_PREVIEW
from campaign.web.public.forms import blank_form
from campaign.web.public.letter import draw_letter
from campaign.web.public.page_cache import CachedPage
from campaign.web.publisher import publisher


@blueprint.get("/preview/<token>")
def draft(token: str) -> Response:
    """The page as it will be, with its form."""
    page = _draft(token)
    body = draw_letter(
        CachedPage(page, ()),
        blank_form(page),
        form_host=replace(IN_A_PREVIEW, token=token),
        is_open=True,
    )
    return make_response(body)


@blueprint.post("/preview/<token>/sign")
def sign_draft(token: str) -> Response:
    """Whatever the form's buttons send: nothing of it is read, and nothing stored."""
    page = _draft(token)
    return make_response(render_template("public/draft_signed.html", page=page, token=token))


@blueprint.get("/preview/<token>/emails")
def draft_emails(token: str) -> Response:
    """What one signature will send: to its supporter, and to each official."""
    page = _draft(token)
    language = current_language()
    with runtime().database.reading() as session:
        own_words = {
            kind: mail_texts.own_words(session, page.head.id, kind, language)
            for kind in (EmailKind.CONFIRMATION, EmailKind.THANKS)
        }
    emails = emails_of(
        page,
        language=language,
        publisher=publisher(),
        context=runtime().mail_context,
        own_words=own_words,
    )
    return make_response(render_template("public/draft_emails.html", page=page, token=token, emails=emails))


@blueprint.get("/preview/<token>/letter.pdf")
def draft_letter_pdf(token: str) -> Response:
    """The letter as PDF, with who signed first."""
    return _pdf(token, PdfKind.LETTER)


@blueprint.get("/preview/<token>/sheet.pdf")
def draft_sheet_pdf(token: str) -> Response:
    """The sheet for signing by hand."""
    return _pdf(token, PdfKind.SHEET)


def _pdf(token: str, kind: PdfKind) -> Response:
    head = _draft(token).head
    again = "draft_letter_pdf" if kind is PdfKind.LETTER else "draft_sheet_pdf"
    return pdf_views.pdf_of(
        head,
        kind,
        language=current_language(),
        check_again=path_to(again, token=token),
        back=path_to("draft", token=token),
    )


def _draft(token: str) -> CampaignPage:
    """The draft in the reader's language; NotFoundError when the link shows none."""
    negotiated(default="en")
    with runtime().database.reading() as session:
        slug = preview_links.draft_behind(session, token, now=now())
        page = pages.page_in_any_state(session, slug, language=current_language())
        g.preview_published = versions.published_languages(session, page.head.id)
    g.preview_token = token
    return page


def preview_token() -> str | None:
    """The secret of the preview that is being drawn; None on every other page."""
    return cast(str | None, g.get("preview_token"))


@blueprint.record
def _for_templates(state: BlueprintSetupState) -> None:
    names: dict[str, Any] = {
        "preview_token": preview_token,
        "published_languages": lambda: g.get("preview_published", ()),
    }
    state.app.jinja_env.globals.update(names)

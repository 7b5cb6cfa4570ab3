"""The organizers' own words in the emails that ask to confirm and that thank, with a preview of each."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask import Response, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse
from wtforms.fields import TextAreaField

from campaign.domain.mail_texts import LONGEST_WORDS, read_own_words
from campaign.domain.outbox import EmailKind
from campaign.domain.roles import Permission
from campaign.errors import NotFoundError
from campaign.services.campaigns import campaigns, mail_texts
from campaign.services.signatures import mail_previews
from campaign.services.updates import drafts, mails
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.desk_form import DeskForm, Reads
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.updates.forms import keys
from campaign.web.security import sandboxed

KINDS = (EmailKind.CONFIRMATION, EmailKind.THANKS)


class OwnEmailsForm(DeskForm):
    """A field for each of the two emails in each language of the letter."""

    languages: Sequence[str] = ()

    def words(self) -> Mapping[tuple[EmailKind, str], str]:
        """What was typed, by email and language."""
        return {
            (kind, code): self.text(f"{kind}_{key}")
            for kind in KINDS
            for code, key in keys(self.languages)
            if self[f"{kind}_{key}"].data is not None
        }


@blueprint.get("/campaigns/<slug>/emails")
@needs(Permission.CHANGE)
def own_emails(slug: str) -> str:
    """What is added to the emails, and how they look."""
    return _page(slug)


@blueprint.post("/campaigns/<slug>/emails")
@needs(Permission.CHANGE)
def change_own_emails(slug: str) -> AnyResponse | tuple[str, int]:
    """Store it; what breaks a rule comes back as it was typed."""
    with runtime().database.reading() as session:
        languages = drafts.languages(session, campaigns.by_slug(session, slug))
    form = _form(languages)()

    def change(session: Session) -> None:
        public_url = runtime().settings.web.public_url
        mail_texts.change(session, slug, form.words(), public_url=public_url, actor=actor(), now=now())

    if not form.carry_out(change):
        return _page(slug, refused=form), form.status
    return redirect(url_for("organizer.own_emails", slug=slug, done="saved"), 303)


@blueprint.get("/campaigns/<slug>/emails/<any('confirmation', 'thanks'):kind>/<language>")
@needs(Permission.CHANGE)
def own_email(slug: str, kind: str, language: str) -> Response:
    """One of the two in a language, as it arrives, alone and locked in."""
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        if language not in drafts.languages(session, campaign):
            raise NotFoundError("This letter has no text in that language.")
        rendered = mail_previews.preview(
            session,
            campaign.id,
            EmailKind(kind),
            language,
            name=mails.SAMPLE_NAME,
            context=runtime().mail_context,
            now=now(),
        )
    return sandboxed(rendered.html or "")


def _form(languages: Sequence[str]) -> type[OwnEmailsForm]:
    public_url = runtime().settings.web.public_url
    fields: dict[str, Any] = {"languages": tuple(languages)}
    for kind in KINDS:
        reader = Reads(partial(read_own_words, kind=kind, public_url=public_url))
        for _, key in keys(languages):
            fields[f"{kind}_{key}"] = TextAreaField(validators=[reader])
    return type("OwnEmailsFormInLanguages", (OwnEmailsForm,), fields)


def _page(slug: str, *, refused: OwnEmailsForm | None = None) -> str:
    with runtime().database.reading() as session:
        campaign = campaigns.by_slug(session, slug)
        languages = drafts.languages(session, campaign)
        stored = mail_texts.stored(session, campaign.id)
    values = {
        f"{kind}_{key}": stored.get((kind, code), "") for kind in KINDS for code, key in keys(languages)
    }
    return render_template(
        "organizer/own_emails.html",
        campaign=campaign,
        form=refused or _form(languages).filled(values),
        language_keys=keys(languages),
        longest={kind.value: most for kind, most in LONGEST_WORDS.items()},
        public_url=runtime().settings.web.public_url,
        written_in=languages,
    )

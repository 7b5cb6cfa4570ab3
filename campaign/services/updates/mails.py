"""What an update says to one reader: rendered once for each language, and filled in."""

from collections.abc import Hashable, Mapping

from sqlalchemy.orm import Session

from campaign.documents.mail_markdown import mail_body
from campaign.domain.outbox import EmailKind
from campaign.domain.publisher import Publisher
from campaign.domain.tokens import TokenPurpose
from campaign.domain.updates import NAME_PLACE, UpdateText
from campaign.i18n import path_prefix
from campaign.mail.render import Rendered
from campaign.services.campaigns import versions
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.patterns import filled, place
from campaign.services.compose.quiet_words import quiet_words
from campaign.services.installation import publisher as publishers
from campaign.services.signatures.link_tokens import Links
from campaign.services.updates.drafts import UpdateShown
from campaign.store.tables import Campaign

# Where the link that ends the news leads to in a preview and in a test: to a page that knows no such link.
NO_TOKEN = "this-is-a-test"  # noqa: S105 - no secret

# Whom a preview greets: nobody's name, in no language in particular.
SAMPLE_NAME = "Ada Lovelace"


# What the links of each may do; by the last one mail programs end such emails for their reader.
PURPOSES: Mapping[EmailKind, tuple[TokenPurpose, ...]] = {
    EmailKind.UPDATE: (TokenPurpose.UNFOLLOW,),
    EmailKind.AFFIRMATION: (TokenPurpose.AFFIRM, TokenPurpose.UNSUBSCRIBE),
}


class UpdateWriter:
    """Writes the emails of one update; what is the same for all its readers it looks up once."""

    def __init__(
        self,
        session: Session,
        campaign: Campaign,
        texts: Mapping[str, UpdateText],
        *,
        asks_wording: int | None = None,
        context: MailContext,
    ) -> None:
        self.kind = EmailKind.UPDATE if asks_wording is None else EmailKind.AFFIRMATION
        self.purposes = PURPOSES[self.kind]
        self._wording = asks_wording
        self._context = context
        self._campaign = campaign
        self._texts = texts
        self.publisher: Publisher = publishers.current(session, default=context.default_publisher)
        self.is_quiet = campaign.quiet_at is not None
        self.quiet_publisher = context.quiet_publisher
        self._titles = {
            language: versions.title_in(session, campaign, language)
            for language in {*texts, campaign.language}
        }
        self._bodies = {language: mail_body(text.body) for language, text in texts.items()}

    def language_for(self, language: str) -> str:
        """The language a reader gets it in: their own where it was written in it, else the campaign's."""
        return language if language in self._texts else self._campaign.language

    def no_links(self) -> Links:
        """Links that lead to pages which know of none: for a preview and a test."""
        return dict.fromkeys(self.purposes, NO_TOKEN)

    def write(self, language: str, *, name: str, links: Links) -> Rendered:
        """The email to one reader, in a language it was written in."""
        body = self._bodies[language]
        return filled(
            self._context,
            self.kind,
            links,
            {"name": name},
            publisher=self.publisher,
            slug=self._campaign.slug,
            campaign_title=self._titles[language],
            language=language,
            accent=self._campaign.accent,
            subject=self._texts[language].subject,
            body_html=body.html.replace(NAME_PLACE, place("name")),
            body_text=body.text.replace(NAME_PLACE, place("name")),
            **self._of_question(language),
        )

    def quiet(self, language: str) -> Rendered:
        """The email to a reader of a quiet campaign, who reads the update on the page of their signature."""
        return quiet_words(self._context, EmailKind.UPDATE, language=language)

    def _of_question(self, language: str) -> dict[str, Hashable]:
        """What a question says beside the organizers' words."""
        if self._wording is None:
            return {}
        page_url = f"{self._context.public_url}{path_prefix(language)}/c/{self._campaign.slug}"
        return {"wording": self._wording, "changes_url": f"{page_url}/changes"}

    def end_url(self, links: Links) -> str:
        """The address by which mail programs end such emails for their reader."""
        ends = self.purposes[-1]
        return f"{self._context.public_url}/{ends}/{links[ends]}"


def as_it_arrives(
    session: Session, shown: UpdateShown, language: str, *, name: str, context: MailContext
) -> Rendered:
    """An update in one language as a reader of this name gets it, but for a link that works."""
    campaign = session.get_one(Campaign, shown.campaign_id)
    only = {language: shown.texts[language]}
    writer = UpdateWriter(session, campaign, only, asks_wording=shown.asks_wording, context=context)
    return writer.write(language, name=name, links=writer.no_links())

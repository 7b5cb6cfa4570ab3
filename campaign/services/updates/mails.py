"""What an update says to one reader: rendered once for each language, and filled in."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from campaign.documents.mail_markdown import mail_body
from campaign.domain.outbox import EmailKind
from campaign.domain.publisher import Publisher
from campaign.domain.tokens import TokenPurpose
from campaign.domain.updates import NAME_PLACE, UpdateText
from campaign.mail.render import Rendered
from campaign.services import publisher as publishers
from campaign.services.campaigns import versions
from campaign.services.compose.mail_context import MailContext
from campaign.services.compose.patterns import filled, place
from campaign.services.compose.quiet_words import quiet_words
from campaign.store.tables import Campaign

# Where the link that ends the news leads to in a preview and in a test: to a page that knows no such link.
NO_TOKEN = "this-is-a-test"  # noqa: S105 - no secret

# Whom a preview greets: nobody's name, in no language in particular.
SAMPLE_NAME = "Ada Lovelace"


class UpdateWriter:
    """Writes the emails of one update; what is the same for all its readers it looks up once."""

    def __init__(
        self,
        session: Session,
        campaign: Campaign,
        texts: Mapping[str, UpdateText],
        *,
        context: MailContext,
    ) -> None:
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

    def write(self, language: str, *, name: str, token: str) -> Rendered:
        """The email to one reader, in a language it was written in."""
        body = self._bodies[language]
        return filled(
            self._context,
            EmailKind.UPDATE,
            {TokenPurpose.UNFOLLOW: token},
            {"name": name},
            publisher=self.publisher,
            slug=self._campaign.slug,
            campaign_title=self._titles[language],
            language=language,
            accent=self._campaign.accent,
            subject=self._texts[language].subject,
            body_html=body.html.replace(NAME_PLACE, place("name")),
            body_text=body.text.replace(NAME_PLACE, place("name")),
        )

    def quiet(self, language: str) -> Rendered:
        """The email to a reader of a quiet campaign, who reads the update on the page of their signature."""
        return quiet_words(self._context, EmailKind.UPDATE, language=language)

    def unfollow_url(self, token: str) -> str:
        """The address by which mail programs end the news for their reader."""
        return f"{self._context.public_url}/{TokenPurpose.UNFOLLOW}/{token}"


def as_it_arrives(
    session: Session, campaign_id: int, language: str, text: UpdateText, *, name: str, context: MailContext
) -> Rendered:
    """An update in one language as a reader of this name gets it, but for a link that works."""
    campaign = session.get_one(Campaign, campaign_id)
    writer = UpdateWriter(session, campaign, {language: text}, context=context)
    return writer.write(language, name=name, token=NO_TOKEN)

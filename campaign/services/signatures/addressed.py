"""Campaigns as writing their messages needs them: who is written to, and the letter's title."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.digest import DigestMode
from campaign.domain.official import Channel, channel_of, message_channel
from campaign.domain.outbox import EmailKind
from campaign.services.campaigns import mail_texts, versions
from campaign.store.tables import Campaign, Official


@dataclass(frozen=True)
class OfficialAddressed:
    """One official of a letter, with the channel that a message to them is stored with."""

    id: int
    name: str
    email: str | None
    is_digested: bool
    channel: Channel


@dataclass(frozen=True)
class CampaignAddressed:
    """One campaign with its officials by their ids."""

    id: int
    slug: str
    accent: str | None
    language: str
    officials: Mapping[int, OfficialAddressed]
    is_quiet: bool = False


class AddressedCampaigns:
    """The campaigns of one round, each read once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._campaigns: dict[int, CampaignAddressed] = {}
        self._titles: dict[tuple[int, str], str] = {}
        self._thanks_words: dict[tuple[int, str], tuple[str, ...]] = {}

    def campaign(self, campaign_id: int) -> CampaignAddressed:
        """A campaign and whom its letter is for."""
        if campaign_id not in self._campaigns:
            row = self._session.get_one(Campaign, campaign_id)
            officials = self._session.execute(
                select(
                    Official.id, Official.name, Official.email, Official.digest_mode, Official.channel
                ).where(Official.campaign_id == campaign_id)
            )
            self._campaigns[campaign_id] = CampaignAddressed(
                row.id,
                row.slug,
                row.accent,
                row.language,
                {
                    official.id: OfficialAddressed(
                        official.id,
                        official.name,
                        official.email,
                        official.digest_mode is DigestMode.ALIKE,
                        message_channel(channel_of(official.channel, official.email)),
                    )
                    for official in officials
                },
                is_quiet=row.quiet_at is not None,
            )
        return self._campaigns[campaign_id]

    def title(self, campaign_id: int, language: str) -> str:
        """The letter's title in a language."""
        key = (campaign_id, language)
        if key not in self._titles:
            row = self._session.get_one(Campaign, campaign_id)
            self._titles[key] = versions.title_in(self._session, row, language)
        return self._titles[key]

    def thanks_words(self, campaign_id: int, language: str) -> tuple[str, ...]:
        """What the organizers add to the mail of thanks in a language."""
        key = (campaign_id, language)
        if key not in self._thanks_words:
            self._thanks_words[key] = mail_texts.own_words(
                self._session, campaign_id, EmailKind.THANKS, language
            )
        return self._thanks_words[key]

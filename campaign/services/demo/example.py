"""The example campaign: what a newcomer sees first."""

import json
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from sqlalchemy.orm import Session

from campaign.documents.read_letter.read import read_letter
from campaign.domain.actor import Actor
from campaign.domain.roles import Role
from campaign.i18n import LANGUAGES, SOURCE_LANGUAGE
from campaign.services.accounts import organizers
from campaign.services.campaigns import campaigns, letters, translations
from campaign.services.officials import directory
from campaign.services.officials.directory import OfficialDetails

NAME = "human-rights-first"


@dataclass(frozen=True)
class FirstLogin:
    """The login made for a newcomer; the password is known nowhere else."""

    email: str
    password: str


def set_up(session: Session, *, actor: Actor, now: datetime) -> FirstLogin | None:
    """Bring in the example campaign, open, if there is none of any kind; the first login, if there is nobody.

    Its letter comes with a published translation in every other language of the platform.

    All its officials have addresses on reserved domains, which no mail can reach.
    """
    facts = json.loads(_shipped("json"))
    if not campaigns.all_campaigns(session):
        letter = read_letter(_shipped("txt"), name=f"{NAME}.txt")
        letters.import_letter(session, letter, slug=facts["slug"], publish=True, actor=actor, now=now)
        for name, address in facts["officials"].items():
            details = OfficialDetails(email=address)
            directory.change_by_name(session, facts["slug"], name, details, actor=actor, now=now)
        for language in LANGUAGES:
            if language != SOURCE_LANGUAGE:
                _translate(session, facts["slug"], language, actor=actor, now=now)
    if organizers.any_exist(session):
        return None
    password = organizers.new_password()
    organizer = organizers.add(
        session, facts["organizer"], role=Role.OWNER, password=password, actor=actor, now=now
    )
    return FirstLogin(organizer.email, password)


def letter_file(language: str) -> tuple[bytes, str]:
    """The example's letter in a language of the platform as a file, and what it is called."""
    ending = "txt" if language == SOURCE_LANGUAGE else f"{language}.md"
    return _shipped(ending), f"{NAME}.{ending}"


def _translate(session: Session, slug: str, language: str, *, actor: Actor, now: datetime) -> None:
    name = f"{language}.md"
    letter = read_letter(_shipped(name), name=f"{NAME}.{name}")
    translations.import_version(
        session, letter, slug=slug, language=language, publish=True, actor=actor, now=now
    )


def _shipped(ending: str) -> bytes:
    return files("campaign").joinpath("examples", f"{NAME}.{ending}").read_bytes()

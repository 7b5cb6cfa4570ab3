"""Which new passwords are taken: long enough, not common, and not made of what anybody knows of the site."""

from collections.abc import Collection, Iterator
from email.utils import parseaddr

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaign.domain.passwords import check_password, easy_to_guess, normalized, words_of
from campaign.settings import Settings
from campaign.store.tables import Campaign, InitialSignatory

# Score 4 of zxcvbn (Wheeler, USENIX Security 2016): beyond what can be guessed at a hash in months.
ENOUGH_GUESSES = 10**10
# What follows only makes a password stronger, and zxcvbn's time grows with the square of the length.
JUDGED_LENGTH = 72
# The newest campaigns and so many signatories of theirs: the words somebody who guesses would try first.
CAMPAIGNS = 50
SIGNATORIES = 500


def check_new_password(
    session: Session, password: str, *, email: str, site: Collection[str] = frozenset()
) -> None:
    """RefusedError when a password cannot be taken for this account; `site` is what the site is called."""
    known = frozenset(word for text in (*_public_texts(session), *site) for word in words_of(text))
    check_password(password, email=email, known=known)
    if _guesses(normalized(password), {*known, *words_of(email)}) < ENOUGH_GUESSES:
        raise easy_to_guess()


def site_names(settings: Settings) -> tuple[str, ...]:
    """What the site is called: its host, and the names its mails come from."""
    mail = settings.mail
    senders = (parseaddr(sender) for sender in (mail.from_address, mail.supporter_from_address) if sender)
    return (settings.web.public_host, *(part for sender in senders for part in sender))


def _public_texts(session: Session) -> Iterator[str]:
    """Addresses and titles of campaigns, and the organizations that signed first."""
    newest = select(Campaign.id, Campaign.slug, Campaign.title).order_by(Campaign.id.desc()).limit(CAMPAIGNS)
    campaigns = session.execute(newest).all()
    for campaign in campaigns:
        yield campaign.slug
        yield campaign.title
    yield from filter(
        None,
        session.scalars(
            select(InitialSignatory.organization)
            .where(InitialSignatory.campaign_id.in_([campaign.id for campaign in campaigns]))
            .order_by(InitialSignatory.id)
            .limit(SIGNATORIES)
        ),
    )


def _guesses(password: str, known: Collection[str]) -> int:
    """How many guesses somebody needs who knows common passwords, names, keyboards and the `known` words."""
    # Its lists take 14 MB, which only a process needs in which somebody chooses a password.
    from zxcvbn import zxcvbn

    return int(zxcvbn(password[:JUDGED_LENGTH], user_inputs=sorted(known))["guesses"])

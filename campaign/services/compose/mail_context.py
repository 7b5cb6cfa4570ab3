"""What mails about signatures are written with."""

from dataclasses import dataclass, field

from campaign.domain.publisher import NOBODY, Publisher
from campaign.domain.reply_addresses import ReplyAddresses
from campaign.mail.render import Renderer


@dataclass(frozen=True)
class MailContext:
    """What is the same in every mail of an installation, and the key that supporters are told apart by.

    `default_publisher` signs mails to supporters until an owner has written on the desk who publishes.
    Emails of quiet campaigns are from `quiet_sender`, whoever that is.
    """

    address_key: bytes = field(repr=False)
    renderer: Renderer
    public_url: str
    replies: ReplyAddresses
    default_publisher: Publisher = NOBODY
    quiet_sender: str = "No reply"

    @property
    def quiet_publisher(self) -> Publisher:
        """Whom emails of quiet campaigns are from."""
        return Publisher(name=self.quiet_sender)

    @property
    def replies_come_here(self) -> bool:
        """Whether offices answer to addresses of ours, and never see a supporter's."""
        return bool(self.replies.domain)

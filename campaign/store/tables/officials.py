"""Officials: whom a letter is written to or copied to."""

from datetime import date, datetime

from sqlalchemy import JSON, Boolean, ForeignKey, LargeBinary, String, Text, UniqueConstraint, false
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from campaign.domain.digest import USUAL_THRESHOLD, DigestMode
from campaign.domain.office_answers import Stance
from campaign.domain.official import Channel, OfficialPauseCause, OfficialRole
from campaign.store.tables.base import Base, UtcDateTime, word


class Official(Base):
    """A person in an office, in the letter's order; each reached by a channel of their own.

    `longest_message` is how many characters of a supporter's own words the office takes; None for as many as
    the form does.

    While `paused_at` is set nothing is sent. With a `pause_cause` the system did it: until `paused_until`, or
    until an organizer has looked. Reports from before `resumed_at` count no more.

    `channel` is how messages reach them, None for email where there is an address and paper where not;
    `web_form` the address of the office's own form. Who gives a postal code that begins with one of
    `postal_codes` lives in their `district`. `review_on` is when an organizer wants to look whether all this
    is still true. `reached_at` is when the first message is known to have arrived with who holds the office,
    `heard_at` when the first answer of theirs came, which is known even when the answer itself was erased.

    `digested_on` is the last local day whose digest is done, be it that there was none to send.
    """

    __tablename__ = "official"
    __table_args__ = (UniqueConstraint("campaign_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"))
    position: Mapped[int]
    role: Mapped[OfficialRole] = mapped_column(word(OfficialRole))
    name: Mapped[str] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    office: Mapped[str | None] = mapped_column(Text)
    address: Mapped[list[str]] = mapped_column(JSON)
    salutation: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(String(254))
    time_zone: Mapped[str | None] = mapped_column(String(64))
    hourly_rate: Mapped[int | None]
    sending_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sending_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    daily_limit: Mapped[int | None]
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paused_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pause_cause: Mapped[OfficialPauseCause | None] = mapped_column(word(OfficialPauseCause))
    pause_note: Mapped[str | None] = mapped_column(Text)
    resumed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    digest_mode: Mapped[DigestMode] = mapped_column(
        word(DigestMode), default=DigestMode.NEVER, server_default=sql("'never'")
    )
    digest_threshold: Mapped[int] = mapped_column(default=USUAL_THRESHOLD, server_default=sql("50"))
    digested_on: Mapped[date | None]
    longest_message: Mapped[int | None]
    channel: Mapped[Channel | None] = mapped_column(word(Channel))
    web_form: Mapped[str | None] = mapped_column(Text)
    district: Mapped[str | None] = mapped_column(Text)
    postal_codes: Mapped[list[str]] = mapped_column(JSON, default=list, server_default=sql("'[]'"))
    review_on: Mapped[date | None]
    reached_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    heard_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OfficeAnswer(Base):
    """What an office answered, on one ask or on the letter as a whole, as organizers entered it.

    `ask_id` is what the ask is known by in all versions of the letter. `holder` is who held the office then.
    Only what `is_public` stands on the letter's page.
    """

    __tablename__ = "office_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("official.id", ondelete="CASCADE"), index=True)
    ask_id: Mapped[int | None] = mapped_column(ForeignKey("ask.id", ondelete="CASCADE"))
    stance: Mapped[Stance] = mapped_column(word(Stance))
    answered_on: Mapped[date]
    evidence: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)
    holder: Mapped[str] = mapped_column(Text)
    is_public: Mapped[bool] = mapped_column(Boolean)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class HandOver(Base):
    """What was handed over to an office or posted to it, and when; `what` is the organizers' own words.

    With `is_refused` the office did not take it, and `refusal` is what it said. `picture` is a receipt or a
    photo, drawn anew from its pixels as JPEG; `picture_tag` names its content.
    """

    __tablename__ = "hand_over"

    id: Mapped[int] = mapped_column(primary_key=True)
    official_id: Mapped[int] = mapped_column(ForeignKey("official.id", ondelete="CASCADE"), index=True)
    handed_on: Mapped[date]
    what: Mapped[str] = mapped_column(Text)
    place: Mapped[str | None] = mapped_column(Text)
    receiver: Mapped[str | None] = mapped_column(Text)
    is_refused: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    refusal: Mapped[str | None] = mapped_column(Text)
    picture: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    picture_tag: Mapped[str | None] = mapped_column(String(16))
    holder: Mapped[str] = mapped_column(Text)
    is_public: Mapped[bool] = mapped_column(Boolean)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)

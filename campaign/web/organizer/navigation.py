"""Where one can go within a campaign: sections as tabs, and the pages of the section that is open."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from campaign.domain.roles import Permission
from campaign.i18n import to_translate


@dataclass(frozen=True)
class DeskPage:
    """One page of a campaign by the name of its route, which takes nothing but `slug`.

    `also` are the routes that show the same page again, or one below it.
    """

    endpoint: str
    label: str
    permissions: tuple[Permission, ...]
    also: frozenset[str] = frozenset()

    def shows(self, endpoint: str) -> bool:
        """Whether a route belongs to this page."""
        return endpoint == self.endpoint or endpoint in self.also


@dataclass(frozen=True)
class Section:
    """Pages that belong together; a tab leads to the first of them that its reader may see."""

    label: str
    pages: tuple[DeskPage, ...]


@dataclass(frozen=True)
class Tab:
    """A section as one organizer sees it."""

    label: str
    pages: tuple[DeskPage, ...]
    is_open: bool


def _page(
    endpoint: str,
    label: str,
    *also: str,
    permission: Permission = Permission.LOOK,
    and_too: tuple[Permission, ...] = (),
) -> DeskPage:
    named = frozenset(f"organizer.{name}" for name in also)
    return DeskPage(f"organizer.{endpoint}", label, (permission, *and_too), named)


_OF_THE_OPENING = ("make_preview", "send_test_email", "open_now", "set_opening_time")
_OF_SPOT_CHECKS = (
    *("propose_spot_check", "announce_spot_check", "draw_spot_check", "abandon_spot_check"),
    "add_witness",
)
SECTIONS = (
    Section(
        to_translate("Overview"),
        (
            _page("campaign", to_translate("Overview"), "closing_page", "close_campaign"),
            _page("statistics", to_translate("Statistics"), "report_page", "order_report"),
            _page("spot_checks", to_translate("Checks from outside"), *_OF_SPOT_CHECKS),
            _page("opening", to_translate("Before opening"), *_OF_THE_OPENING),
        ),
    ),
    Section(
        to_translate("Letter"),
        (
            _page("edit_letter", to_translate("The text"), "save_letter"),
            _page("edit_signatories", to_translate("First signatories"), "save_signatories"),
            _page("translations", to_translate("Translations"), "translation"),
            _page("progress", to_translate("Goal and changes"), "change_progress", "add_note"),
            _page("appearance", to_translate("Look and embedding"), "change_appearance"),
        ),
    ),
    Section(
        to_translate("Officials"),
        (
            _page(
                "officials",
                to_translate("Officials"),
                "official",
                "print_messages",
                "next_digest",
                "delivery_pack",
                "order_pack",
            ),
            _page("replies", to_translate("Answers"), "reply", "decide_reply"),
        ),
    ),
    Section(
        to_translate("Supporters"),
        (
            _page(
                "supporters",
                to_translate("Supporters"),
                "supporter",
                "supporter_words",
                "correct_supporter",
                "store_correction",
                "invalidations",
                "preview_invalidation",
                permission=Permission.PEOPLE,
            ),
            _page("words", to_translate("What people wrote"), permission=Permission.PEOPLE),
            _page("quotes", to_translate("Quotes"), permission=Permission.PEOPLE),
            _page("moderation", to_translate("To be checked"), permission=Permission.PEOPLE),
            _page(
                "imports",
                to_translate("Paper and lists"),
                *("import_table", "upload_import", "type_import", "check_import"),
                permission=Permission.PEOPLE,
                and_too=(Permission.CHANGE,),
            ),
            _page("export", to_translate("Export"), "download", "fetch_file", permission=Permission.PEOPLE),
        ),
    ),
    Section(
        to_translate("Updates"),
        (
            _page(
                "updates",
                to_translate("Updates"),
                *("update", "save_update", "test_update", "ask_update", "approve_update"),
                *("steer_update", "delete_update"),
                permission=Permission.CHANGE,
            ),
            _page(
                "own_emails",
                to_translate("Your words in emails"),
                "change_own_emails",
                permission=Permission.CHANGE,
            ),
        ),
    ),
    Section(to_translate("Queue"), (_page("campaign_queue", to_translate("Queue")),)),
)


def tabs(endpoint: str, may: Callable[[Permission], bool]) -> Iterator[Tab]:
    """The sections of which somebody may see a page, with those pages."""
    for section in SECTIONS:
        pages = tuple(page for page in section.pages if all(map(may, page.permissions)))
        if pages:
            yield Tab(section.label, pages, any(page.shows(endpoint) for page in section.pages))

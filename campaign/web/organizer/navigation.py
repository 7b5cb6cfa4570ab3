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
    permission: Permission
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


def _page(endpoint: str, label: str, *also: str, permission: Permission = Permission.LOOK) -> DeskPage:
    named = frozenset(f"organizer.{name}" for name in also)
    return DeskPage(f"organizer.{endpoint}", label, permission, named)


SECTIONS = (
    Section(
        to_translate("Overview"),
        (_page("campaign", to_translate("Overview"), "closing_page", "close_campaign"),),
    ),
    Section(
        to_translate("Letter"),
        (
            _page("translations", to_translate("Translations"), "translation"),
            _page("progress", to_translate("Goal and changes"), "change_progress", "add_note"),
            _page("appearance", to_translate("Look and embedding"), "change_appearance"),
        ),
    ),
    Section(
        to_translate("Officials"),
        (
            _page("officials", to_translate("Officials"), "official", "print_messages"),
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
                "invalidations",
                "preview_invalidation",
                permission=Permission.CHANGE,
            ),
            _page("export", to_translate("Export"), permission=Permission.EXPORT),
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
        pages = tuple(page for page in section.pages if may(page.permission))
        if pages:
            yield Tab(section.label, pages, any(page.shows(endpoint) for page in section.pages))

"""What of a web page is the letter, and what is the page around it."""

import re
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from campaign.documents.read_letter.words.patterns import words_in

UNSEEN = words_in(
    """
    script style noscript template head svg math iframe object embed canvas video audio select
    option datalist textarea input button
    """
)
_AROUND = frozenset(["nav", "footer", "aside", "form", "dialog", "menu"])
_AROUND_ROLES = frozenset(["navigation", "banner", "contentinfo", "search", "complementary", "dialog"])
_AROUND_CLASSES = words_in(
    """
    share sharing social addtoany cookie cookies breadcrumb breadcrumbs skip sidebar related
    newsletter subscribe comments menu nav navbar navigation pagination pager footer donate donation
    consent skiplink tags
    """
)
_MAIN = frozenset(["article", "main"])
_LEAST_SHARE = 0.4


class PageParts:
    """The main part of a page, and the parts around it, weighed in one walk over the page."""

    def __init__(self, root: Any) -> None:
        self._words: dict[Any, int] = {}
        self._total = self._weigh(root)
        articles = [element for element in self._words if element.tag in _MAIN]
        best = max(articles, key=self._words.__getitem__, default=None)
        is_most = best is not None and self._words[best] >= _LEAST_SHARE * self._total
        self.main = best if is_most else None

    def is_around(self, element: Any) -> bool:
        """Whether an element is marked as no part of the text, and holds too little of the page to be it."""
        return (
            element in self._words
            and element.tag not in _MAIN
            and (self._words[element] < _LEAST_SHARE * self._total)
        )

    def _weigh(self, root: Any) -> int:
        """Characters of text a reader sees, roughly: of the page, and of each part that may matter."""
        total = navs = 0
        unseen = None
        begun: list[tuple[Any, int, int]] = []
        for event, element in etree.iterwalk(root, events=("start", "end")):
            tag = element.tag
            if event == "start":
                if unseen is None and tag in UNSEEN:
                    unseen = element
                navs += tag == "nav"
                if unseen is None:
                    total += len((element.text or "").strip())
                    if tag in _MAIN or tag == "header" or _is_marked(element):
                        begun.append((element, total - len((element.text or "").strip()), navs))
            else:
                if begun and begun[-1][0] is element:
                    _, at, navs_before = begun.pop()
                    if tag != "header" or navs > navs_before or _is_marked(element):
                        self._words[element] = total - at
                if element is unseen:
                    unseen = None
                if unseen is None:
                    total += len((element.tail or "").strip())
        return total


def _is_marked(element: Any) -> bool:
    if element.tag in ("html", "body"):
        return False
    classes = f"{element.get('class', '')} {element.get('id', '')}".lower()
    return (
        element.tag in _AROUND
        or element.get("role", "") in _AROUND_ROLES
        or element.get("aria-hidden") == "true"
        or bool(classes.strip() and _AROUND_CLASSES & set(re.split(r"[^a-z]+", classes)))
    )

"""The supporter's pages: the letter, signing it, and what the links in mails open."""

from campaign.web.public import (
    about,
    accessibility,
    count,
    count_log,
    embedding,
    hand_overs,
    inbox,
    letter,
    links,
    manage,
    names,
    own_words,
    pdf_views,
    proof_of_work,
    sharing,
    signing,
)
from campaign.web.public.blueprint import blueprint

__all__ = [
    "about",
    "accessibility",
    "blueprint",
    "count",
    "count_log",
    "embedding",
    "hand_overs",
    "inbox",
    "letter",
    "links",
    "manage",
    "names",
    "own_words",
    "pdf_views",
    "proof_of_work",
    "sharing",
    "signing",
]

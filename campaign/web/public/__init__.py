"""The supporter's pages: the letter, signing it, and what the links in mails open."""

from campaign.web.public import (
    about,
    accessibility,
    count,
    count_log,
    draft,
    embedding,
    inbox,
    letter,
    links,
    manage,
    names,
    office_check,
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
    "draft",
    "embedding",
    "inbox",
    "letter",
    "links",
    "manage",
    "names",
    "office_check",
    "own_words",
    "pdf_views",
    "proof_of_work",
    "sharing",
    "signing",
]

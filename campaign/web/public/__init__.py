"""The supporter's pages: the letter, signing it, and what the links in mails open."""

from campaign.web.public import letter, links, own_words, papers, sharing, signing
from campaign.web.public.blueprint import blueprint

__all__ = ["blueprint", "letter", "links", "own_words", "papers", "sharing", "signing"]

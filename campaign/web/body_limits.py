"""How much of a body is read before anybody looks at it, by the address it is sent to."""

import re

from campaign.web.app import LARGEST_FORM
from campaign.web.inbound import LARGEST_POST
from campaign.web.organizer.campaigns.forms import LARGEST_FORM as LARGEST_UPLOAD
from campaign.web.public.office_files import LARGEST_CHECK
from campaign.web.webhooks import LARGEST_BODY

_BY_PREFIX = (
    ("/webhooks/sendgrid/inbound", LARGEST_POST),
    ("/webhooks/", LARGEST_BODY),
    ("/organizer/", LARGEST_UPLOAD),
)
# In any language.
_CHECK = re.compile(r"(/[a-z-]{2,8})?/check")


def largest_body(path: str) -> int:
    """The most bytes that a post to this path may have; each view may ask for less."""
    if _CHECK.fullmatch(path):
        return LARGEST_CHECK
    return next((most for prefix, most in _BY_PREFIX if path.startswith(prefix)), LARGEST_FORM)

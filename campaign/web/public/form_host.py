"""Where the signing form stands: on the letter's own page, or in a frame on another site."""

from dataclasses import dataclass

from flask import Response, g

from campaign.domain.campaign_page import CampaignPage
from campaign.web.public.blueprint import blueprint
from campaign.web.security import may_be_framed


@dataclass(frozen=True)
class FormHost:
    """The pages of one way through signing, by the names of their routes.

    `template` draws the page with the form, which `page` leads to; `layout` is around the pages that follow.
    `token` is the secret of a draft's preview, whose address names no campaign.
    """

    template: str
    layout: str
    page: str
    send_in: str
    show_messages: str
    choose_group: str
    check_your_inbox: str
    token: str | None = None

    def at(self, slug: str) -> dict[str, str]:
        """What the addresses of these pages take."""
        return {"token": self.token} if self.token else {"slug": slug}


ON_ITS_PAGE = FormHost(
    template="public/letter.html",
    layout="layouts/public.html",
    page="letter",
    send_in="send_in",
    show_messages="show_messages",
    choose_group="choose_group",
    check_your_inbox="check_your_inbox",
)
IN_A_FRAME = FormHost(
    template="public/embed.html",
    layout="layouts/embed.html",
    page="embed",
    send_in="send_in_from_frame",
    show_messages="show_messages_in_frame",
    choose_group="choose_group_in_frame",
    check_your_inbox="check_your_inbox_in_frame",
)
# Every button of a draft's form leads to the answer that nothing was stored.
IN_A_PREVIEW = FormHost(
    template="public/draft.html",
    layout="layouts/public.html",
    page="draft",
    send_in="sign_draft",
    show_messages="sign_draft",
    choose_group="sign_draft",
    check_your_inbox="sign_draft",
)


def allow_framing(form_host: FormHost, page: CampaignPage) -> None:
    """Let the answer to this request, whatever becomes of it, stand where the campaign allows it to."""
    if form_host is IN_A_FRAME:
        g.framed_by = page.embed_sites


@blueprint.after_request
def _framed(response: Response) -> Response:
    return may_be_framed(response, g.framed_by) if "framed_by" in g else response

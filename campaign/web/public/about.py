"""Who publishes here, who is behind the mail that leaves here, and how to complain about it."""

from collections.abc import Mapping

from flask import Response, make_response, render_template
from markupsafe import Markup

from campaign.documents.markdown import markdown_to_html
from campaign.domain.campaign import CampaignState
from campaign.domain.outbox import EmailKind
from campaign.domain.retention import PERSONAL_DATA_DAYS
from campaign.i18n import SOURCE_LANGUAGE
from campaign.mail.from_addresses import FromAddresses
from campaign.services.campaigns import campaigns
from campaign.services.installation import publisher as publishers
from campaign.web.context import runtime
from campaign.web.languages import negotiated
from campaign.web.public.blueprint import blueprint
from campaign.web.public.responses import revalidated

AN_HOUR = 60 * 60  # seconds


@blueprint.get("/about")
def about() -> Response:
    """Who stands behind these pages, and what happens to what people enter."""
    language = negotiated(default=SOURCE_LANGUAGE)
    with runtime().database.reading() as session:
        notices = publishers.privacy_notices(session)
        letters = [
            one
            for one in campaigns.all_campaigns(session)
            if one.state is not CampaignState.DRAFT and one.retention.purged_at is None
        ]
    notice_language = _language_of_notice(notices, language)
    page = render_template(
        "public/about.html",
        notice=Markup(markdown_to_html(notices[notice_language])) if notice_language else "",  # noqa: S704
        notice_language=notice_language,
        # Of the others, the usual number of days holds.
        own_terms=[one for one in letters if one.retention.days != PERSONAL_DATA_DAYS],
        keeping_names=[one for one in letters if one.retention.keep_public_names],
    )
    return revalidated(make_response(page))


@blueprint.get("/about-our-mail")
def about_our_mail() -> Response:
    """The page that every mail to a supporter points to."""
    negotiated(default="en")
    settings = runtime().settings
    senders = FromAddresses(settings.mail.from_address, settings.mail.supporter_from_address)
    page = render_template(
        "public/about_our_mail.html",
        to_officials=senders.of(EmailKind.MESSAGE),
        to_supporters=senders.of(EmailKind.THANKS),
    )
    return revalidated(make_response(page), seconds=AN_HOUR)


def _language_of_notice(notices: Mapping[str, str], language: str) -> str:
    """The reader's language where there is a notice in it, else English, else any; empty without a notice."""
    wanted = (language, SOURCE_LANGUAGE, *sorted(notices))
    return next((code for code in wanted if code in notices), "")

"""An office in the letter's JSON: what the page says of it, and nothing more."""

from datetime import date
from typing import Any

from campaign.domain.campaign_page import CampaignPage, OfficialShown
from campaign.web.languages import address_of


def office_document(page: CampaignPage, official: OfficialShown, today: date) -> dict[str, Any]:
    """How an office is reached, what it answered, what it was handed, and for how long nothing is known.

    `answers` holds both what organizers entered (with a `stance`) and what they say of answers by email.
    """
    contact = page.contacts.get(official.id)
    reached_on = contact.reached_on(today) if contact else None
    return {
        "role": official.role,
        "name": official.name,
        "title": official.title,
        "office": official.office,
        "district": official.district,
        "channel": official.channel,
        "web_form": official.web_form,
        "answers": _answers(page, official),
        "handed_over": [
            {
                "on": handed.handed_on.isoformat(),
                "what": handed.what,
                "holder": handed.holder,
                "place": handed.place,
                "refused": handed.is_refused,
                "refusal": handed.refusal,
                "picture": (
                    address_of("hand_over_picture", slug=page.head.slug, tag=handed.picture_tag)
                    if handed.picture_tag
                    else None
                ),
            }
            for handed in page.hand_overs
            if handed.official_id == official.id
        ],
        "reached_on": reached_on.isoformat() if reached_on else None,
        "days_without_known_answer": contact.days_silent(today) if contact else None,
    }


def _answers(page: CampaignPage, official: OfficialShown) -> list[dict[str, Any]]:
    entered = [
        {
            "on": answer.answered_on.isoformat(),
            "ask": answer.ask,
            "stance": answer.stance,
            "text": answer.note,
            "evidence": answer.evidence,
            "holder": answer.holder,
        }
        for answer in page.office_answers
        if answer.official_id == official.id
    ]
    by_email = [
        {"on": answer.received_at.date().isoformat(), "text": answer.summary}
        for answer in page.answers
        if answer.official_id == official.id
    ]
    return [*entered, *by_email]

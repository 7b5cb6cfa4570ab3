"""Every component in every state on one page, for whoever changes how pages look; on no public address."""

from datetime import UTC, date, datetime
from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from campaign.domain.campaign import CampaignState
from campaign.domain.campaign_page import AskShown, CampaignHead, CampaignPage, LetterShown, SignatoryShown
from campaign.domain.charts import bars
from campaign.domain.colour import DEFAULT_ACCENT, PALETTE, accent_of, style_of
from campaign.domain.drawing import ChanceSource
from campaign.domain.letter import Addressee, SignatoryKind
from campaign.domain.quotes import QuoteShown
from campaign.domain.spot_check import PickState, SpotCheckResult, SpotCheckState
from campaign.services.spot_checks.reading import SpotCheckShown
from campaign.web import static
from campaign.web.context import runtime
from campaign.web.public.forms import FilledForm

blueprint = Blueprint("styleguide", __name__, url_prefix="/styleguide")

SCHEMES = ("system", "light", "dark")
# Names as supporters have them: one word, two directions, four scripts, and one that is far too long.
_ORGANIZATION, _PERSON = SignatoryKind.ORGANIZATION, SignatoryKind.PERSON
NAMES = (
    SignatoryShown(_ORGANIZATION, "Ada Pell", "Chair", "Friends of the Ondra", None, initial=True),
    SignatoryShown(_ORGANIZATION, None, None, "ئوندرا دەرياسى جەمئىيىتى", None, initial=True),
    SignatoryShown(_PERSON, "རྡོ་རྗེ།", None, None, "IN", initial=False),
    SignatoryShown(_PERSON, "林心如", "教授", None, "TW", initial=False),
    SignatoryShown(_PERSON, "رانا ئىدرىس", None, None, "TR", initial=False),
    SignatoryShown(_PERSON, "N. Q.", None, None, "FR", initial=False),
    SignatoryShown(
        _PERSON,
        "Wolfeschlegelsteinhausenbergerdorff-Llanfairpwllgwyngyllgogerych",
        "Keeper of Gauges and Deputy Chair of the Committee for Wells",
        "Union of the Valley’s Fishers",
        None,
        initial=False,
    ),
)

# Two directions, and under each as much of a name as its writer said.
QUOTES = (
    QuoteShown("My well is dry since May.\nWe fetch water from the next village.", "en", "Rana Idris", None),
    QuoteShown("دەريا قۇرۇپ كەتتى.", "ug", "ر. ئى.", "TR"),
    QuoteShown("The fish are gone.", "en", None, None),
)
_NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
_PICKS = {PickState.LEFT: 6, PickState.ANSWERED: 120, PickState.ASKED: 60, PickState.ON_PAPER: 14}

# Forms sent in and confirmed of ten days, one of them without any.
_STARTED = (40, 310, 180, 95, 0, 60, 44, 71, 120, 8)
_CONFIRMED = (31, 270, 150, 80, 0, 48, 40, 60, 90, 1)


@blueprint.before_request
def only_on_this_machine() -> None:
    """Nothing is here for anybody else."""
    if not runtime().settings.web.is_local:
        abort(404)


@blueprint.get("")
def styleguide() -> str:
    """The page; its address says in which scheme, direction and colour."""
    scheme = request.args.get("scheme", SCHEMES[0])
    accent = PALETTE.get(request.args.get("accent", ""), DEFAULT_ACCENT)
    return render_template(
        "styleguide.html",
        scheme=scheme if scheme in SCHEMES else SCHEMES[0],
        schemes=SCHEMES,
        towards="rtl" if request.args.get("direction") == "rtl" else "ltr",
        chosen=accent.removeprefix("#"),
        palette={name: accent_of(colour) for name, colour in PALETTE.items()},
        pages=[_page(0, None), _page(1, 500), _page(12480, 20000), _page(25000, 20000)],
        closed=_page(12480, None, state=CampaignState.CLOSED),
        signatories=NAMES,
        quoted=QUOTES,
        spot_checks=_spot_checks(),
        now=_NOON,
        started=bars(_STARTED),
        confirmed=bars(_CONFIRMED, top=bars(_STARTED).top),
        blank=FilledForm({}),
        wrong=FilledForm(
            {"wrong_name": "", "wrong_email": "rana@", "wrong_words": "Stop the works."},
            errors={
                "wrong_name": "Enter your name.",
                "wrong_email": "Enter an email address like name@example.org.",
                "wrong_words": "This has 5,200 characters. Shorten it to 5,000 or fewer.",
                "wrong_password": "A password needs at least 15 characters.",
                "wrong_file": "Choose a file with the letter.",
                "wrong_kind": "Choose a kind of file.",
                "wrong_way": "Choose how messages go.",
            },
        ),
    )


@blueprint.get("/<scheme>-<accent>.css")
def style(scheme: str, accent: str) -> Response:
    """The style sheet as a device that prefers this scheme would read it."""
    if scheme not in SCHEMES or accent not in {colour.removeprefix("#") for colour in PALETTE.values()}:
        abort(404)
    text = static.style_text() + style_of(f"#{accent}")
    if scheme != SCHEMES[0]:
        holds = "all" if scheme == "dark" else "not all"
        for query in ("(prefers-color-scheme: dark)", "(prefers-color-scheme:dark)"):
            text = text.replace(query, holds)
        text += f":root{{color-scheme:{scheme}}}"
    return Response(text, content_type=static.TYPES[".css"])


def _spot_checks() -> list[SpotCheckShown]:
    """One in each state."""
    drawn = {"value": "ab" * 32, "drawn_on": date(2026, 3, 4), "closes_on": date(2026, 3, 18)}
    over = {"ended_on": date(2026, 3, 19)}
    return [
        _spot_check(SpotCheckState.COMMITTED, source=ChanceSource.OTHER, source_name="The Saturday lottery"),
        _spot_check(SpotCheckState.ASKING, **drawn),
        _spot_check(
            SpotCheckState.PUBLISHED, **drawn, **over, result=SpotCheckResult.of(_PICKS, yes=118, no=2)
        ),
        _spot_check(SpotCheckState.ABANDONED, **over, reason="We named the wrong lottery."),
    ]


def _spot_check(state: SpotCheckState, **changes: Any) -> SpotCheckShown:
    values: dict[str, Any] = {
        **{"number": 1, "state": state, "size": 12_600, "root": bytes(32), "wanted": 200},
        **{"source": ChanceSource.DRAND, "source_name": "26592412", "known_at": _NOON, "committed_at": _NOON},
        **dict.fromkeys(("value", "seed", "drawn_on", "closes_on", "ended_on", "reason", "result")),
    }
    return SpotCheckShown(**{**values, **changes})


def _page(signed: int, goal: int | None, *, state: CampaignState = CampaignState.OPEN) -> CampaignPage:
    return CampaignPage(
        head=CampaignHead(0, "save-the-river", "Save the River Ondra", state, "en", 1, signed),
        summary="A dam would end a river that forty villages drink from.",
        goal=goal,
        closes_at=datetime(2030, 3, 4, tzinfo=UTC) if goal else None,
        letter=LetterShown(
            id=0,
            language="en",
            title="Save the River Ondra",
            page_on=None,
            dated_on=date(2026, 3, 4),
            addressees=(
                Addressee("Mara Lindqvist", "Minister for Waters", ("12 Quay Street", "Port Ondra")),
            ),
            subject="The dam at Upper Ondra",
            salutation="Dear Minister Lindqvist,",
            introduction=("We are forty villages along one river. We ask you to:",),
            conclusion=("We wait for your answer.",),
            closing="Yours faithfully,",
        ),
        asks=(
            AskShown(1, 1, "Start with the gauges below the weir.", "Publish every measurement since 2020."),
            AskShown(2, 2, None, "Pay those who lost their wells."),
        ),
        officials=(),
        initial_signatories=(),
        languages=("en",),
    )

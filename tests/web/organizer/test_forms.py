"""Every form of the desk, with everything in it wrong at once, and sent from where it must not come."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from lxml.html import FormElement

from campaign.domain.roles import Role
from campaign.runtime import Runtime
from campaign.web.organizer.site.forms import NOTICES
from tests.browsing import Browser
from tests.web.organizer.conftest import DRAFT
from tests.web.organizer.form_pages import HERE, controls, everything, page_with, pages
from tests.web.organizer.test_guard import routes

LogIn = Callable[[Role], Browser]
NOISE = bytes(range(256)) * 40


@dataclass(frozen=True)
class Case:
    """A form, and what breaks the rules of the fields named."""

    at: str
    action: str
    wrong: Mapping[str, Any]
    right: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.action} {' '.join(self.wrong)}"

    def about(self, ids: Mapping[str, int | str]) -> "Case":
        """The same with the numbers of rows that are there."""
        return replace(self, at=self.at.format(**ids), action=self.action.format(**ids))


def case(at: str, action: str, right: Mapping[str, Any] | None = None, **wrong: Any) -> Case:
    return Case(at, action, wrong, right or {})


# A key that anybody may encrypt to.
RECIPIENT = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"

RESET = "/organizer/reset/{reset}"
INVITATION = "/organizer/invitation/{invitation}"
OPENING = f"/organizer/campaigns/{DRAFT}/opening"
CASES = [
    case("/organizer/login", "/login", email=" ", password=""),
    case("/organizer/confirm-password", "/confirm-password", password="not the password at all"),
    case(
        "/organizer/account",
        "/account/password",
        password="not the password at all",
        new_password="short",
        new_password_again="shorter",
    ),
    case("/organizer/account/second-factor", "/account/second-factor", code="000000"),
    case(RESET, RESET, new_password="short", new_password_again="shorter"),
    case(INVITATION, INVITATION, new_password="short", new_password_again="shorter"),
    case("/organizer/forgotten", "/forgotten", email=" "),
    case("/organizer/people/invite", "/people/invite", email="nobody@", role="boss"),
    case("/organizer/people/{person}", "/rights", role="boss"),
    case("/organizer/account", "/account/language", language="tlh"),
    case("/organizer/campaigns/new", "/campaigns/new", letter=NOISE),
    case("/organizer/campaigns/new", "/campaigns/new", pasted=" "),
    case("/organizer/campaigns/new", "/new/copy", source="Not A Name", slug="Not A Name"),
    case(
        "/organizer/campaigns/new",
        "/lines",
        slug="Not A Name",
        language="tlh",
        role="hero",
        first_line="first",
        last_line="²",
    ),
    case(
        HERE,
        "/when",
        hourly_rate="many",
        time_zone="Mars",
        sending_from="soon",
        sending_until="then",
        daily_limit="0",
    ),
    case(HERE, "/when", {"sending_from": "2026-12-02T09:00"}, sending_until="2026-12-01T09:00"),
    case(HERE, "/retention", retention_days="7"),
    case(
        f"{HERE}/progress",
        "/progress",
        goal="many",
        closes_at="soon",
        closes_zone="Mars",
        summary_en="word " * 61,
        outcome_en="word " * 401,
        summary_ug="word " * 61,
        outcome_ug="word " * 401,
    ),
    case(f"{HERE}/progress", "/progress", closes_at="2020-12-01T09:00"),
    case(f"{HERE}/progress", "/progress/note", text=" "),
    case(OPENING, "/opening/time", opens_at="soon", opens_zone="Mars"),
    case("/organizer/first-steps", "/first-steps/name", name="www.river.example"),
    case(
        "/organizer/site",
        "/organizer/site",
        name="www.river.example",
        legal_address="word " * 101,
        contact="nobody@",
        time_zone="Mars",
        mark=NOISE,
        **dict.fromkeys(NOTICES.values(), "word " * 4001),
    ),
    case(
        f"{HERE}/letter",
        "/letter",
        **dict.fromkeys(("title", "subject", "salutation", "closing"), "l" * 301),
        **dict.fromkeys(("introduction", "conclusion"), "t" * 20_001),
        **dict.fromkeys(("dated_on", "page_on"), "soon"),
        size="huge",
        **{"ask_title-1": "l" * 301, "ask_text-1": "t" * 20_001},
    ),
    case(f"{HERE}/letter", "/letter", {"size": "correction", "ask_title-1": ""}, **{"ask_text-1": " "}),
    case(
        f"{HERE}/letter/signatories",
        "/signatories",
        **{
            "organization-new1": "o" * 201,
            "name-new1": "www.river.example",
            "title-new1": "t" * 201,
            "position-new1": "first",
        },
    ),
    case(
        f"{HERE}/letter/signatories",
        "/signatories",
        {"kind-new1": "person", "title-new1": "Poet"},
        **{"name-new1": ""},
    ),
    case(f"{HERE}/look", "/look", {"palette": "other"}, colour="reddish", sites="http://river.example"),
    case(f"{HERE}/translations", "/translations", language="tlh", letter=NOISE),
    case(f"{HERE}/translations", "/translations", pasted=" "),
    case(
        f"{HERE}/officials/{{official}}",
        "/officials/{official}",
        hourly_rate="-1",
        longest_message="7",
        time_zone="Venus",
        sending_from="soon",
        sending_until="then",
        daily_limit="none",
    ),
    case(f"{HERE}/officials/{{official}}", "/officials/{official}/digest", digest="sometimes"),
    case(
        f"{HERE}/officials/{{official}}",
        "/officials/{official}/digest",
        {"digest": "above"},
        threshold="none",
    ),
    case(
        f"{HERE}/officials/{{official}}",
        "/answers",
        stance="shrugged",
        answered_on="soon",
        evidence="javascript:alert(1)",
        note="word " * 500,
    ),
    case(
        f"{HERE}/officials/{{official}}",
        "/hand-overs",
        what="",
        handed_on="2999-01-01",
        place="p" * 201,
        receiver="r" * 201,
        refusal="r" * 2001,
        picture=NOISE,
    ),
    case(
        f"{HERE}/officials",
        "/officials",
        **{
            "position-new1": "first",
            "name-new1": "n" * 201,
            "title-new1": "t" * 201,
            "office-new1": "o" * 201,
            "email-new1": "nobody@",
            "web_form-new1": "javascript:1",
            "address-new1": "a line\n" * 11,
            "salutation-new1": "Dear " * 50,
            "district-new1": "d" * 201,
            "postal_codes-new1": "94110, &",
            "review_on-new1": "soon",
        },
    ),
    case(f"{HERE}/officials", "/officials/file", officials=b"Who,Where\nMara,Ondra\n"),
    case(
        f"{HERE}/supporters",
        "/supporters",
        sought="nobody@",
        since="soon",
        until="1066-10-14",
        source="s" * 81,
        state="no state",
        visibility="nothing",
        official="nobody",
        words="some",
        updates="some",
        language="l" * 21,
        country="c" * 21,
    ),
    case(f"{HERE}/supporters/{{signature}}", "/remove", reason=""),
    case(f"{HERE}/supporters/{{signature}}", "/remove", reason="it was rana@mail.example"),
    case(f"{HERE}/supporters/{{signature}}/correct", "/correct", name="=1+1", reason=""),
    case(
        f"{HERE}/invalidations",
        "/invalidations/preview",
        domain="nobody",
        network="192.0.2.0",
        since="soon",
        until="then",
        state="withdrawn",
        reason="see rana@mail.example",
    ),
    case(f"{HERE}/invalidations", "/invalidations/preview", domain=""),
    case(
        f"{HERE}/export",
        "/export",
        format="exe",
        preset="nothing",
        audience="nobody",
        state="withdrawn",
        since="soon",
        until="then",
        language="tlh",
        country="Mars",
        official="none",
        passphrase="short",
        recipient="age1nothing",
        name="n" * 81,
    ),
    case(f"{HERE}/export", "/export", {"passphrase": "p" * 12}, recipient=RECIPIENT),
    case(f"{HERE}/imports", "/imports", table=b"Name\n", source="the moon"),
    case(
        f"{HERE}/imports/sheet",
        "/imports/sheet",
        **{
            "name-0": "www.river.example",
            "email-0": "nobody@",
            "organization-0": "o" * 201,
            "postal_code-0": "1" * 21,
            "country-0": "Mars",
            "signed_on-0": "soon",
        },
    ),
    case(f"{HERE}/imports/sheet", "/imports/sheet", **{"name-0": ""}),
    case(f"{HERE}/imports/{{import}}", "/imports/{import}", **{"column-0": "nothing"}, note="n" * 501),
    case(f"{HERE}/export", "/files/{file}/fetch", passphrase="short", recipient="age1nothing"),
    case(f"{HERE}/replies/{{reply}}", "/replies/{reply}", {"decision": "publish"}, summary="word " * 500),
    case(
        f"{HERE}/updates/{{update}}",
        "/updates/{update}",
        subject_en="word " * 30,
        body_en="![a picture](https://pictures.example/1.png)",
        subject_ug="Dear {{name}}",
        body_ug="Dear {{reader}}",
        language="tlh",
        country="XX",
        official="nobody",
        signed_from="soon",
        signed_until="then",
        hourly_rate="many",
    ),
    case(
        f"{HERE}/emails",
        "/emails",
        confirmation_en="Dear {{name}}",
        thanks_en="See www.elsewhere.com",
        confirmation_ug="word " * 90,
        thanks_ug="word " * 400,
    ),
    case(f"{HERE}/close", "/close", outcome="word " * 401),
    case(
        "/organizer/campaigns/mill/spot-checks",
        "/spot-checks",
        wanted="many",
        source="dice",
        source_name="s" * 201,
        known_at="soon",
        zone="Mars",
    ),
    case(
        "/organizer/campaigns/mill/spot-checks",
        "/spot-checks",
        {"source": "other", "known_at": "2026-12-01T09:00"},
        source_name="",
    ),
    case(f"{HERE}/spot-checks", "/value", published="heads"),
    case(f"{HERE}/spot-checks", "/give-up", reason=""),
    case(f"{HERE}/spot-checks", "/witnesses", name=" ", public_key="ssh-rsa AAAA"),
    case(f"{HERE}/supporters/{{signature}}", "/{signature}/first", position="first"),
    case("/organizer/suppressions", "/suppressions/find", address="nobody"),
    case("/organizer/suppressions", "/suppressions", address="nobody", note="ask rana@mail.example"),
]
# A box to tick, and one of several colours, can only be right.
NEVER_WRONG = {
    "alerts",
    "palette",
    "people",
    "keep_public_names",
    "ask",
    "is_public",
    "role",
    "channel",
    "remove",
    "chosen",
    "kind",
    "withheld",
    "withhold",
    "for_identification",
    "begins_update",
}
NEVER_WRONG |= {"columns", "own_words", "updates", "named", "is_refused", "asks_to_confirm", "agreed"}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=str(case), marks=[pytest.mark.slow] * (at % 9 > 0))
        for at, case in enumerate(CASES)
    ],
)
def test_every_error_is_told_at_once_and_at_its_field_and_nothing_typed_is_lost(
    furnished: Flask, ids: dict[str, int | str], logged_in: LogIn, case: Case
) -> None:
    case = case.about(ids)
    browser = Browser(furnished) if case.action == "/login" else logged_in(Role.OWNER)
    page = browser.send(page_with(browser, case.at, case.action), case.action, **case.right, **case.wrong)
    assert page.status == 422
    assert page.title.startswith("Error: ")
    summary = page.tree.get_element_by_id("problem")
    assert page.tree.xpath("string((//main//*[@role or self::h1])[1]/@id)") == "problem"
    assert (summary.get("role"), summary.get("tabindex")) == ("alert", "-1")
    assert "autofocus" in summary.attrib
    links = {urlsplit(link.get("href")).fragment: link.text_content() for link in summary.findall(".//a")}
    form = page.form(case.action)
    for name in case.wrong:
        control = controls(form)[name][0]
        sentence = links.pop(control.get("id"))
        tied = control.xpath("ancestor::fieldset")[0] if control.get("type") == "radio" else control
        if tied is control:
            assert control.get("aria-invalid") == "true", name
        described = [page.tree.get_element_by_id(one) for one in tied.get("aria-describedby").split()]
        assert sentence in [one.text_content() for one in described], name
    assert not links, "an error of a field that was right"
    typed = dict(form.form_values())
    for name, value in {**case.right, **case.wrong}.items():
        if is_shown_again(form, name):
            assert typed[name].removeprefix("\n") == value, name
    kept = "Everything you typed is still here." in summary.text_content()
    assert kept == (not form.xpath(".//input[@type='password' or @type='file'][not(@readonly)]"))


@pytest.mark.slow
def test_every_error_is_told_in_the_language_of_the_page(ids: dict[str, int | str], logged_in: LogIn) -> None:
    for number, case in enumerate(case.about(ids) for case in CASES):
        if number % 10 == 0:  # so many looks at people in one session would ask for the password
            english, french = logged_in(Role.OWNER), logged_in(Role.OWNER)
            french.language = "fr"
        if case.action != "/login":
            said = [told(browser, case) for browser in (english, french)]
            assert not said[0] & said[1], case


def told(browser: Browser, case: Case) -> set[str]:
    """The sentences of the summary when a form comes back."""
    page = browser.send(page_with(browser, case.at, case.action), case.action, **case.right, **case.wrong)
    return {link.text_content() for link in page.tree.get_element_by_id("problem").findall(".//a")}


def is_shown_again(form: FormElement, name: str) -> bool:
    """Whether a field shows whatever was sent: no password or file, and nothing that was not to choose."""
    control = controls(form).get(name, [None])[0]
    return (
        control is not None
        and control.tag != "select"
        and control.get("type") not in {"password", "file", "radio"}
    )


def endpoint(app: Flask, form: FormElement) -> str:
    """The route that a form is sent to."""
    return str(app.url_map.bind("127.0.0.1").match(urlsplit(form.action).path, "POST")[0])


@pytest.mark.slow
def test_no_form_of_the_desk_is_left_out_here(
    furnished: Flask, ids: dict[str, int | str], logged_in: LogIn
) -> None:
    logged_in(Role.OWNER)  # a second session, so that there is one to end
    browser = logged_in(Role.OWNER)
    login = Browser(furnished).get("/organizer/login")
    opened = [
        Browser(furnished).get(path.format(**ids)) for path in (RESET, INVITATION, "/organizer/forgotten")
    ]
    forms = {
        endpoint(furnished, form): form
        for page in (login, *opened, *pages(browser, ids))
        for form in page.tree.forms
        if form.method.upper() == "POST"
    }
    posted = {rule.endpoint for rule, method, _ in routes(furnished) if method == "POST"}
    # Offered once a second factor is set: test_second_factor.py presses it.
    posted -= {"organizer.renew_recovery_codes", "organizer.remove_second_factor"}
    # Offered while more names are reported than a page shows: test_reported_names.py presses it.
    posted -= {"organizer.drop_reports"}
    # Offered on a site with a name: test_passkeys.py presses these.
    posted -= {"organizer.add_passkey", "organizer.remove_passkey"}
    # Offered once a letter has changed in substance: journeys/test_affirming.py presses it.
    posted -= {"organizer.begin_question"}
    # Offered for what waits for a second person: test_spot_checks.py and journeys/test_quotes.py press these.
    posted -= {"organizer.announce_spot_check", "organizer.take_back_spot_check"}
    posted -= {"organizer.ask_to_quote", "organizer.call_off_quote"}
    # Offered for whoever is shown first: journeys/test_shown_first.py presses it.
    posted -= {"organizer.undo_first"}
    assert set(forms) == posted
    tried: dict[str, set[str]] = {name: set(NEVER_WRONG) for name in posted}
    browser = logged_in(Role.OWNER)  # so many looks at people in one session ask for the password
    for case in (case.about(ids) for case in CASES):
        page = login if case.action == "/login" else page_with(browser, case.at, case.action)
        tried[endpoint(furnished, page.form(case.action))] |= set(case.wrong)
    for name, form in forms.items():
        # Of the list of officials each row has the same fields.
        fields = {re.sub("-([0-9]+|new1)$", "", field) for field in controls(form)}
        assert fields <= {re.sub("-([0-9]+|new1)$", "", field) for field in tried[name]}, name
        assert not controls(form) or "novalidate" in form.attrib, name


def test_a_button_with_a_word_that_is_none_of_ours_changes_nothing_and_says_so(
    ids: dict[str, int | str], runtime: Runtime, logged_in: LogIn
) -> None:
    browser = logged_in(Role.OWNER)
    for at, action, fields in (
        ("/organizer/campaigns/mill", "/state", {"state": "draft"}),
        (HERE, "/held-forms", {"decision": "burn"}),
        (HERE, "/held-forms", {"decision": "delete", "network": "192.0.2.0"}),
        (HERE, "/held-forms", {"decision": "delete", "until": "soon"}),
        (f"{HERE}/translations/ug", "/ug", {"state": "burnt"}),
        (f"{HERE}/translations/ug", "/ug", {"state": "reviewed", "number": "first"}),
        ("/organizer/queue", "/queue/{email}", {"decision": "forget"}),
        ("/organizer/queue/all?decision=retry", "/all", {"decision": "retry", "up_to": "all"}),
        (f"{HERE}/progress", "/remove-note", {"entry": "9" * 30}),
        (
            f"{HERE}/officials/{{official}}",
            "/answers",
            {"stance": "acted", "answered_on": "2026-11-01", "ask": "9" * 5_000},
        ),
    ):
        page = browser.get(at.format(**ids))
        before = everything(runtime)
        answer = browser.send(page, action.format(**ids), **fields)
        assert answer.status == 422, action
        assert answer.tree.xpath("string(//main//p)"), action
        assert everything(runtime) == before, action

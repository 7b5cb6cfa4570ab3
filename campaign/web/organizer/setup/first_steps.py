"""The guide to the first steps, for who owns a desk that is new."""

from dataclasses import replace

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from campaign.domain.first_steps import FirstSteps, Step, StepState, first_steps
from campaign.domain.installation_checks import HealthStatus
from campaign.domain.outbox import OutboxState
from campaign.domain.roles import Permission
from campaign.services.campaigns import campaigns
from campaign.services.doctor import report
from campaign.services.installation import publisher as publishers
from campaign.services.installation.publisher import PublisherDetails
from campaign.services.setup import guide, trial_email
from campaign.store.database import Session
from campaign.web.context import now, runtime
from campaign.web.organizer.guard import actor, blueprint, needs
from campaign.web.organizer.setup.checking import look_again
from campaign.web.organizer.setup.forms import PublisherNameForm, SetupActionForm, StepForm
from campaign.web.organizer.trial import send_trial

_ARRIVED = frozenset({OutboxState.ACCEPTED, OutboxState.DELIVERED})
_RECORDS = frozenset({"spf", "dkim", "dmarc"})


@blueprint.get("/first-steps")
@needs(Permission.SITE)
def guide_page() -> str:
    """The five steps, the next one open."""
    return _page()


@blueprint.post("/first-steps")
@needs(Permission.SITE)
def say_step() -> AnyResponse:
    """Skip a step, say that it is done, or take it up again."""
    form = StepForm()
    form.require()
    step, state = Step(form.text("step")), StepState(form.text("state"))
    with runtime().database.transaction() as session:
        guide.say(session, step, state, actor=actor(), now=now())
    return _on()


@blueprint.post("/first-steps/name")
@needs(Permission.SITE)
def name_publisher() -> AnyResponse | tuple[str, int]:
    """Store who publishes; all else that was said of the publisher stays."""
    form = PublisherNameForm()
    default = runtime().default_publisher

    def change(session: Session) -> None:
        who = publishers.current(session, default=default)
        details = PublisherDetails(
            name=form.text("name"),
            legal_address=who.legal_address,
            contact=who.contact,
            time_zone=who.time_zone or "",
            privacy_notices=publishers.privacy_notices(session),
        )
        publishers.change(session, details, default=default, actor=actor(), now=now())

    if not form.carry_out(change, field="name"):
        return _page(form), form.status
    return _on()


@blueprint.post("/first-steps/test-email")
@needs(Permission.SITE)
def send_first_test_email() -> AnyResponse | tuple[str, int]:
    """Send an email to whoever asks."""
    form = SetupActionForm(key="test")
    if not form.carry_out(send_trial):
        return _page(), form.status
    return _on("test-sent")


@blueprint.post("/first-steps/records")
@needs(Permission.SITE)
def check_records() -> AnyResponse:
    """Ask the DNS now what the sender's domain says."""
    SetupActionForm().require()
    look_again()
    return _on("checked")


def steps_of(session: Session) -> FirstSteps:
    """How far the guide is."""
    trial = trial_email.shown(session)
    found = report.kept(session)
    stays_here = runtime().settings.mail.provider == "local"
    records = [check.status for check in found.checks if check.name in _RECORDS]
    found_done = {
        Step.NAME: publishers.current(session, default=runtime().default_publisher).is_named,
        Step.TEST_EMAIL: trial is not None and trial.state in _ARRIVED,
        # Where no email leaves the machine, nobody has been asked.
        Step.DNS: not stays_here and bool(records) and set(records) == {HealthStatus.OK},
        Step.LETTER: bool(campaigns.all_campaigns(session)),
    }
    return first_steps(guide.said(session), found_done)


def _page(refused: PublisherNameForm | None = None) -> str:
    with runtime().database.reading() as session:
        who = publishers.current(session, default=runtime().default_publisher)
        steps = steps_of(session)
        found = report.kept(session)
        trial = trial_email.shown(session)
    mail = runtime().settings.mail
    return render_template(
        "organizer/first_steps.html",
        steps=steps,
        form=refused or PublisherNameForm.filled({"name": who.name}),
        sender=mail.from_address,
        supporter_sender=mail.supporter_from_address,
        mail_stays_here=mail.provider == "local",
        found=replace(found, checks=[check for check in found.checks if check.name in _RECORDS]),
        trial=trial,
    )


def _on(done: str | None = None) -> AnyResponse:
    return redirect(url_for("organizer.guide_page", done=done), 303)

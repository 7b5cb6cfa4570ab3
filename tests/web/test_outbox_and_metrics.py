"""What only this machine may see: the local outbox, and the figures for Prometheus."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from flask.testing import FlaskClient
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector
from sqlalchemy import select

from campaign.domain.campaign_page import CampaignPage
from campaign.domain.events import DeliveryReport, EventKind
from campaign.domain.outbox import EmailKind, PauseCause
from campaign.mail.email import Email, TextFile
from campaign.runtime import Runtime
from campaign.services.feedback import events
from campaign.services.outbox import provider_pauses
from campaign.store.tables import OutboxEmail
from campaign.web import create_app, metrics
from campaign.web.local_outbox import with_links
from campaign.worker import loop
from tests.conftest import Clock
from tests.queueing import enqueue

MAIL = Email(
    public_id="a" * 32,
    kind="confirmation",
    to_address="rana@mail.example",
    to_name="Rana Ídris",
    subject="Please confirm: ünïcode <b>",
    text="Open http://127.0.0.1:8000/confirm/abc to go on.\n<script>",
    html="<p>Open <a href='http://127.0.0.1:8000/confirm/abc'>this</a></p>",
)


def test_a_sent_mail_can_be_read_and_its_link_followed(client: FlaskClient, runtime: Runtime) -> None:
    assert "Nothing has been sent yet." in client.get("/outbox").text
    runtime.provider.send(MAIL, now=datetime(2026, 11, 23, tzinfo=UTC))
    assert "Please confirm: ünïcode &lt;b&gt;" in client.get("/outbox").text
    text = client.get(f"/outbox/{MAIL.public_id}").text
    assert '<a href="http://127.0.0.1:8000/confirm/abc">' in text
    assert "&lt;script&gt;" in text
    assert "Rana Ídris" in text
    html = client.get(f"/outbox/{MAIL.public_id}/html")
    assert html.headers["Content-Security-Policy"].startswith("sandbox ")
    assert "allow-scripts" not in html.headers["Content-Security-Policy"]
    assert html.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_sent_mail_can_be_saved_with_what_is_attached(client: FlaskClient, runtime: Runtime) -> None:
    manifest = TextFile("manifest.json", "application/json", "{}\n")
    runtime.provider.send(replace(MAIL, files=(manifest,)), now=datetime(2026, 11, 23, tzinfo=UTC))
    assert f'href="/outbox/{MAIL.public_id}/saved"' in client.get(f"/outbox/{MAIL.public_id}").text
    saved = client.get(f"/outbox/{MAIL.public_id}/saved")
    assert saved.headers["Content-Disposition"].startswith("attachment; ")
    assert saved.headers["Cache-Control"] == "no-store"
    (attached,) = message_from_bytes(saved.data, policy=policy.default).iter_attachments()
    assert attached.get_filename() == "manifest.json"
    assert client.get(f"/outbox/{'b' * 32}/saved").status_code == 404


def test_only_mails_can_be_read_there(client: FlaskClient, runtime: Runtime) -> None:
    runtime.settings.outbox_folder.mkdir(parents=True)
    (runtime.settings.instance / "secret.eml").write_text("Subject: secret\n\nsecret")
    for name in ("..%2Fsecret", "../secret", "b" * 32, "secret_key", "%00"):
        assert client.get(f"/outbox/{name}").status_code == 404


def test_mails_are_paged_newest_first(client: FlaskClient, runtime: Runtime) -> None:
    import os

    for number in range(60):
        mail = Email(
            public_id=f"{number:032x}", kind="thanks", to_address="a@b.example", subject=f"No. {number}!",
            text="x", html="x",
        )  # fmt: skip
        runtime.provider.send(mail, now=datetime(2026, 11, 23, tzinfo=UTC))
        os.utime(runtime.settings.outbox_folder / f"{number:032x}.eml", (number, number))
    first, second = client.get("/outbox").text, client.get("/outbox?page=2").text
    assert first.index("No. 59!") < first.index("No. 10!")
    assert "No. 9!" not in first
    assert "No. 9!" in second
    assert client.get("/outbox?page=nonsense").status_code == 200


def test_nobody_reads_the_outbox_of_an_installation_that_others_reach(
    make_runtime: Callable[..., Runtime], clock: Clock
) -> None:
    public = create_app(make_runtime(public_url="https://letters.example"), clock=clock).test_client()
    for path in ("/outbox", f"/outbox/{MAIL.public_id}"):
        assert public.get(path, base_url="https://letters.example").status_code == 404


def test_nobody_reads_the_outbox_from_another_machine_even_where_no_public_address_is_set(
    client: FlaskClient, runtime: Runtime
) -> None:
    runtime.provider.send(MAIL, now=datetime(2026, 11, 23, tzinfo=UTC))
    for path in ("/outbox", f"/outbox/{MAIL.public_id}", f"/outbox/{MAIL.public_id}/html"):
        assert client.get(path).status_code == 200
        assert client.get(path, environ_overrides={"REMOTE_ADDR": "203.0.113.9"}).status_code == 404
        assert client.get(path, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404


def test_figures_are_for_this_machine_or_for_who_has_the_token(
    make_runtime: Callable[..., Runtime], clock: Clock
) -> None:
    client = create_app(make_runtime(metrics_token="t" * 20), clock=clock).test_client()
    away = {"REMOTE_ADDR": "203.0.113.9"}
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
    assert client.get("/metrics", environ_overrides=away).status_code == 403
    wrong = {"Authorization": "Bearer ü"}
    assert client.get("/metrics", environ_overrides=away, headers=wrong).status_code == 403
    right = {"Authorization": f"Bearer {'t' * 20}"}
    assert "campaign_workers 0.0\n" in client.get("/metrics", environ_overrides=away, headers=right).text


@pytest.mark.both_databases
def test_every_figure_is_written_as_prometheus_reads_it(
    client: FlaskClient, runtime: Runtime, page: CampaignPage, clock: Clock
) -> None:
    official = page.officials[0].id
    enqueue(runtime.database, clock(), 30, official_id=official)
    enqueue(runtime.database, clock(), kind=EmailKind.CONFIRMATION, to_address="rana@mail.example")
    assert loop.drain(runtime, clock=clock) == 4
    with runtime.database.transaction() as session:
        [first] = session.scalars(
            select(OutboxEmail.public_id).where(OutboxEmail.state == "accepted").limit(1)
        )
        events.store(session, [DeliveryReport("e-1", first, EventKind.DEFERRED, clock(), "451")], now=clock())
        events.process(session, now=clock())
        provider_pauses.pause_failing(
            session, "local", cause=PauseCause.UNAUTHORIZED, reason='401: "no"', now=clock()
        )
    clock.forward(minutes=20)

    answer = client.get("/metrics")
    assert answer.status_code == 200, answer.text
    text = answer.text
    found = figures(text)
    assert value(found, "campaign_outbox_emails", kind="message", state="queued") == 27
    assert value(found, "campaign_outcomes_total", provider="local", outcome="accepted") == 4
    assert value(found, "campaign_reports_total", report="deferred") == 1
    assert value(found, "campaign_outbox_deferred") == 1
    assert value(found, "campaign_doubts") == 0
    assert value(found, "campaign_outbox_oldest_due_seconds") == 1200
    # Paced by design: at noon the next token comes some three minutes after the first three messages, a
    # quarter of that sooner or later by chance.
    assert 980 < value(found, "campaign_outbox_oldest_ready_seconds") < 1200
    assert value(found, "campaign_provider_paused", provider="local", cause="unauthorized") == 1
    assert value(found, "campaign_alerts", kind="key_refused") == 1
    assert value(found, "campaign_alerts", kind="doubt") == 0
    assert value(found, "campaign_pace_tokens", official=str(official)) == 3
    assert "example" not in text


def test_a_word_with_every_awkward_sign_in_it_stays_one_label() -> None:
    class AwkwardWords(Collector):
        def collect(self) -> Iterator[GaugeMetricFamily]:
            family = GaugeMetricFamily("x", "One\nline", labels=["a"])
            family.add_metric(['back\\slash "quoted"\nline'], 1)
            yield family

    text = metrics.as_text(AwkwardWords()).decode()
    assert text.splitlines()[-1] == 'x{a="back\\\\slash \\"quoted\\"\\nline"} 1.0'


def test_nothing_of_the_process_that_happens_to_answer_is_told(client: FlaskClient) -> None:
    answer = client.get("/metrics")
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(answer.text))
    assert {family.name: family.type for family in families} == {
        "campaign_signatures": "gauge",
        "campaign_forms_waiting": "gauge",
        "campaign_outbox_emails": "gauge",
        "campaign_outbox_oldest_due_seconds": "gauge",
        "campaign_outbox_oldest_ready_seconds": "gauge",
        "campaign_doubts": "gauge",
        "campaign_outbox_deferred": "gauge",
        "campaign_outcomes": "counter",
        "campaign_reports": "counter",
        "campaign_process_deaths": "counter",
        "campaign_workers": "gauge",
        "campaign_provider_paused": "gauge",
        "campaign_alerts": "gauge",
        "campaign_pace_tokens": "gauge",
    }
    assert client.get("/metrics").text == answer.text


Sample = tuple[str, frozenset[tuple[str, str]]]


def figures(text: str) -> dict[Sample, float]:
    """Every sample by its name and labels, as Prometheus reads them."""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    by_name = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert len(by_name) == len(samples)
    return by_name


def value(found: dict[Sample, float], name: str, **labels: str) -> float:
    return found[name, frozenset(labels.items())]


def test_links_are_found_in_a_text_and_the_rest_is_kept() -> None:
    text = "See http://a.example/x?y=1 and\nhttps://b.example."
    parts = with_links(text)
    assert "".join(piece for piece, _ in parts) == text
    assert [piece for piece, is_link in parts if is_link] == ["http://a.example/x?y=1", "https://b.example."]

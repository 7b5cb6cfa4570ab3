"""What a domain's records are worth: SPF, DKIM and DMARC as mailboxes read them."""

from collections.abc import Sequence

import pytest

from campaign.domain.installation_checks import HealthStatus
from campaign.domain.sender_records import (
    dkim_finding,
    dmarc_finding,
    organizational_domain,
    records_to_copy,
    spf_finding,
)

OK, WARN, FAIL = HealthStatus.OK, HealthStatus.WARN, HealthStatus.FAIL
HERE = "letters.example.org"
KEY = "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3"


@pytest.mark.parametrize(
    ("texts", "by_sendgrid", "status"),
    [
        (["v=spf1 include:sendgrid.net ~all"], True, OK),
        (["verification=abc", "v=spf1 a:mx.example.org -all"], False, OK),
        (["V=SPF1 redirect=_spf.example.org"], False, OK),
        (["v=spf1 a ~all"], True, WARN),
        (["v=spf1 a ?all"], False, WARN),
        (["v=spf10 ~all"], False, FAIL),
        ([], False, FAIL),
        (["v=spf1 -all", "v=spf1 a -all"], False, FAIL),
        (["v=spf1 +all"], False, FAIL),
        (["v=spf1 all"], False, FAIL),
        (["v=spf1 " + " ".join(f"include:{n}.example" for n in range(11)) + " ~all"], False, FAIL),
        (None, False, WARN),
    ],
)
def test_spf(texts: Sequence[str] | None, by_sendgrid: bool, status: HealthStatus) -> None:
    assert spf_finding(HERE, texts, by_sendgrid=by_sendgrid).status is status


@pytest.mark.parametrize(
    ("found", "is_sure", "status"),
    [
        ({"s1": [KEY], "s2": []}, True, OK),
        ({"s1": [], "s2": [KEY]}, False, OK),
        ({"s1": ["p=MIGf"]}, True, OK),
        ({"s1": ["v=DKIM1; p="]}, True, FAIL),
        ({"s1": [], "s2": []}, True, FAIL),
        ({"s1": [], "s2": []}, False, WARN),
        ({"s1": ["something else"]}, True, FAIL),
        ({"s1": None, "s2": None}, True, WARN),
    ],
)
def test_dkim(found: dict[str, Sequence[str] | None], is_sure: bool, status: HealthStatus) -> None:
    assert dkim_finding(HERE, found, is_sure=is_sure).status is status


@pytest.mark.parametrize(
    ("own", "above", "status"),
    [
        (["v=DMARC1; p=reject"], [], OK),
        (["v=DMARC1;p=quarantine; rua=mailto:x@example.org"], [], OK),
        ([], ["v=DMARC1; p=reject"], OK),
        (["v=DMARC1; p=none"], ["v=DMARC1; p=reject"], WARN),
        (["v=DMARC1; p=perhaps"], [], FAIL),
        (["v=DMARC1; p=none", "v=DMARC1; p=reject"], [], FAIL),
        ([], [], FAIL),
        (None, [], WARN),
        ([], None, WARN),
    ],
)
def test_dmarc(own: Sequence[str] | None, above: Sequence[str] | None, status: HealthStatus) -> None:
    assert dmarc_finding(HERE, own, above).status is status


def test_what_to_copy_keeps_what_is_there() -> None:
    spf, dmarc = records_to_copy(HERE, ["v=spf1 mx -all"], by_sendgrid=True, smtp_host="smtp.example.org")
    assert spf.value == "v=spf1 include:sendgrid.net mx -all"
    assert (dmarc.host, dmarc.kind) == (f"_dmarc.{HERE}", "TXT")
    new, _ = records_to_copy(HERE, None, by_sendgrid=False, smtp_host="smtp.example.org")
    assert new.value == "v=spf1 a:smtp.example.org ~all"
    again, _ = records_to_copy(HERE, [new.value], by_sendgrid=False, smtp_host="smtp.example.org")
    assert again.value == new.value


def test_the_organization_s_own_domain_is_what_somebody_registered() -> None:
    assert organizational_domain("mail.letters.example.co.uk") == "example.co.uk"
    assert organizational_domain("example.org") == "example.org"

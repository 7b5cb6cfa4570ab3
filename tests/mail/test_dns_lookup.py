"""Questions to the DNS, put to a server on loopback."""

import pytest

from campaign.mail.dns_lookup import DnsTexts
from tests import stub_dns


def test_records_come_as_they_are_long_ones_in_one_piece() -> None:
    long = "v=DKIM1; p=" + "A" * 500
    with stub_dns.answering({"example.org": ["v=spf1 -all", "other"], "s1.example.org": [long]}) as port:
        texts = DnsTexts(["127.0.0.1"], port=port)
        assert sorted(texts("example.org") or ()) == ["other", "v=spf1 -all"]
        assert texts("s1.example.org") == [long]


def test_a_name_without_records_and_one_that_is_not_there_have_none() -> None:
    with stub_dns.answering({"empty.example.org": []}) as port:
        texts = DnsTexts(["127.0.0.1"], port=port)
        assert list(texts("empty.example.org") or ()) == []
        assert texts("nowhere.example.org") == ()


@pytest.mark.slow
def test_silence_and_refusal_are_no_answer_and_end_in_time() -> None:
    with stub_dns.silent() as port:
        assert DnsTexts(["127.0.0.1"], port=port, seconds=0.2)("example.org") is None
    assert DnsTexts(["127.0.0.1"], port=9, seconds=0.2)("example.org") is None
    assert DnsTexts(["127.0.0.1"], port=9, seconds=0.2)("..") is None

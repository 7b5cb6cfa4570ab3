"""What a sender's domain says in the DNS of who may send in its name: SPF, DKIM, DMARC, read and judged.

Records are texts as a resolver gave them; None is a question that nobody answered.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from publicsuffixlist import PublicSuffixList

from campaign.domain.installation_checks import Finding, fail, ok, warn
from campaign.i18n import to_translate

Texts = Sequence[str] | None

SENDGRID_SPF = "include:sendgrid.net"
# SendGrid's own; and where the sender's provider is not known, those that mail servers are set up with.
SENDGRID_SELECTORS = ("s1", "s2")
USUAL_SELECTORS = ("default", "mail", "dkim", "s1", "selector1", "selector2", "google", "k1")
# Of the mechanisms that ask again, a reader follows ten and no more (RFC 7208, section 4.6.4).
MOST_LOOKUPS = 10
_ASKS_AGAIN = ("include:", "a:", "mx:", "exists:", "redirect=", "ptr")


@dataclass(frozen=True)
class DnsRecord:
    """A record to copy into the settings of a domain."""

    host: str
    kind: str
    value: str


def spf_finding(domain: str, texts: Texts, *, by_sendgrid: bool) -> Finding:
    """Whether mailboxes learn which servers may send for a domain."""
    if texts is None:
        return _unanswered(domain)
    records = _spf_records(texts)
    if not records:
        return fail(
            to_translate("%(domain)s has no SPF record. Add the one that your email provider gives you."),
            domain=domain,
        )
    if len(records) > 1:
        return fail(
            to_translate("%(domain)s has several SPF records, so none of them counts. Make one of them."),
            domain=domain,
        )
    terms = records[0].lower().split()
    if "+all" in terms or "all" in terms:
        return fail(
            to_translate("The SPF record of %(domain)s lets everybody send in its name. End it with ~all."),
            domain=domain,
        )
    if sum(term.lstrip("+-~?").startswith(_ASKS_AGAIN) for term in terms) > MOST_LOOKUPS:
        return fail(
            to_translate("The SPF record of %(domain)s is too long: mailboxes read ten steps of it."),
            domain=domain,
        )
    if by_sendgrid and not any("sendgrid" in term for term in terms):
        return warn(
            to_translate(
                "The SPF record of %(domain)s does not name SendGrid. That is fine only if SendGrid has"
                " authenticated the domain."
            ),
            domain=domain,
        )
    if not any(term in {"-all", "~all"} or term.startswith("redirect=") for term in terms):
        return warn(
            to_translate("The SPF record of %(domain)s does not say who may not send. End it with ~all."),
            domain=domain,
        )
    return ok(to_translate("%(domain)s says which servers may send for it."), domain=domain)


def dkim_finding(domain: str, by_selector: Mapping[str, Texts], *, is_sure: bool) -> Finding:
    """Whether mailboxes can check the signature on our email; `is_sure` when the right name was asked for."""
    keys = [text for texts in by_selector.values() for text in texts or () if _is_key(text)]
    if any(_key_of(text) for text in keys):
        return ok(to_translate("%(domain)s has a key by which mailboxes check our signature."), domain=domain)
    if keys:
        return fail(
            to_translate("The DKIM key of %(domain)s has been revoked. Add a new one."), domain=domain
        )
    if all(texts is None for texts in by_selector.values()):
        return _unanswered(domain)
    if is_sure:
        return fail(
            to_translate(
                "%(domain)s has no DKIM key under the name that is used for signing. Add the record that your"
                " email provider gives you."
            ),
            domain=domain,
        )
    return warn(
        to_translate(
            "No DKIM key of %(domain)s was found under the usual names. Ask your email provider whether it"
            " signs, and under which name."
        ),
        domain=domain,
    )


def dmarc_finding(domain: str, own: Texts, of_organization: Texts) -> Finding:
    """Whether mailboxes are told what to do with email that only pretends to come from a domain."""
    if own is None:
        return _unanswered(domain)
    records = _dmarc_records(own) or _dmarc_records(of_organization or ())
    if not records:
        if of_organization is None:
            return _unanswered(domain)
        return fail(
            to_translate("%(domain)s has no DMARC record, so large providers may refuse our email. Add one."),
            domain=domain,
        )
    if len(records) > 1:
        return fail(to_translate("%(domain)s has several DMARC records. Keep one of them."), domain=domain)
    policy = _tags(records[0]).get("p", "").lower()
    if policy in {"quarantine", "reject"}:
        return ok(to_translate("%(domain)s protects its name against forged email."), domain=domain)
    if policy == "none":
        return warn(
            to_translate(
                "The DMARC record of %(domain)s only watches. Once email arrives, let it say p=quarantine."
            ),
            domain=domain,
        )
    return fail(to_translate("The DMARC record of %(domain)s cannot be read. Write it anew."), domain=domain)


def records_to_copy(domain: str, spf: Texts, *, by_sendgrid: bool, smtp_host: str) -> tuple[DnsRecord, ...]:
    """The SPF and DMARC records that a domain should have; the key for DKIM comes from the provider."""
    term = SENDGRID_SPF if by_sendgrid else f"a:{smtp_host}"
    present = _spf_records(spf or ())
    terms = present[0].split() if len(present) == 1 else ["v=spf1", "~all"]
    if term.lower() not in [one.lower() for one in terms]:
        terms.insert(1, term)
    return (
        DnsRecord(domain, "TXT", " ".join(terms)),
        DnsRecord(f"_dmarc.{domain}", "TXT", "v=DMARC1; p=quarantine"),
    )


def organizational_domain(domain: str) -> str:
    """The domain that somebody registered, whose DMARC record holds below it too."""
    return _suffixes().privatesuffix(domain) or domain


def _unanswered(domain: str) -> Finding:
    return warn(
        to_translate("Nobody could be asked about %(domain)s. Check that this machine reaches the internet."),
        domain=domain,
    )


def _spf_records(texts: Sequence[str]) -> list[str]:
    return [text for text in texts if text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")]


def _dmarc_records(texts: Sequence[str]) -> list[str]:
    return [text for text in texts if text.replace(" ", "").upper().startswith("V=DMARC1")]


def _is_key(text: str) -> bool:
    tags = _tags(text)
    return "p" in tags and tags.get("v", "DKIM1").upper() == "DKIM1"


def _key_of(text: str) -> str:
    return _tags(text)["p"].replace(" ", "")


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";") if "=" in part)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()

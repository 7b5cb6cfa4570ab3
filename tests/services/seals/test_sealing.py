"""What a form still says once it is sealed."""

from dataclasses import fields

from campaign.domain.signature import Capacity, Visibility
from campaign.domain.signing import SignatureForm
from campaign.services.seals import keys, sealing


def test_beside_the_address_nothing_of_a_sealed_form_tells_who_signs_or_what_they_wrote() -> None:
    key = keys.new_key()
    filled = SignatureForm(
        name="Rana Idris",
        email="rana@mail.example",
        capacity=Capacity.ORGANIZATION,
        organization="Valley Choir",
        role="Chair",
        country="SE",
        postal_code="114 55",
        visibility=Visibility.SEALED,
        updates=True,
        officials=(4,),
        asks=(2,),
        subject="Our wells",
        words="My grandmother drank from it.",
        words_for={4: "To you alone."},
        source="newsletter",
        consent_wording="News, please.",
        secret_hash="ab" * 32,
    )
    sealed = sealing.sealed(filled, key.recipient)
    empty = SignatureForm(name="", email="")
    said = {one.name for one in fields(sealed) if getattr(sealed, one.name) != getattr(empty, one.name)}
    assert said == {"email", "visibility", "secret_hash", "sealed", "sealed_to"}
    opened = sealing.opened(sealed.sealed or "", key.identity or "") or {}
    assert (opened["name"], opened["words"]) == ("Rana Idris", "My grandmother drank from it.")
    assert sealing.opened(sealed.sealed or "", keys.new_key().identity or "") is None

from campaign.domain.tokens import new_token, token_hash


def test_a_token_has_256_bits_and_is_stored_only_as_its_hash() -> None:
    token = new_token()
    assert len(token) == 43
    assert token not in token_hash(token)
    assert new_token() != token

"""For whom a signature speaks: its signer, or an organization that signs with them."""

from campaign.domain.signature import Capacity
from campaign.store.tables import Signature


def change_kind(signature: Signature, capacity: Capacity) -> None:
    """Let a signature, held by the caller, speak for somebody else: the one place where that changes."""
    signature.capacity = capacity

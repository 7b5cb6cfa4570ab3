"""What servers say when they refuse: the mailbox is not there, or anything else."""

import pytest

from campaign.domain.rejections import is_no_such_mailbox
from tests.waiting import little_work

GONE = [
    ("5.1.1", "smtp; 550 5.1.1 user unknown"),
    ("5.1.1", "nothing anybody knows"),
    ("5.0.0", "smtp; 550 No such user here"),
    ("5.0.0", "550 Unrouteable address"),
    ("5.3.0", "550 5.3.0 <a@b.example>... User unknown"),
    ("5.5.0", "550 5.5.0 Requested action not taken: mailbox unavailable"),
    ("5.7.1", "550 5.7.1 No such recipient!"),
    ("", "550-5.1.1 The email account that you tried to reach does\n550-5.1.1 not exist. Check it."),
    ("5.1.10", "550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found"),
    ("5.4.4", "x-postfix; Host or domain name not found"),
    ("5.0.0", "550 Invalid recipient - https://help.example/spam-policy"),
    ("5.2.1", "550 5.2.1 This mailbox is disabled"),
    ("5.0.0", "550 Empfänger unbekannt"),
    ("5.0.0", "550 Adresse d au moins un destinataire invalide"),
    ("5.0.0", "550 buzón no encontrado"),
    ("5.0.0", "550 收件人不存在"),
    ("5.0.0", "550 Пользователь не найден"),
]
TURNED_AWAY = [
    ("5.0.0", "smtp; 554 Message rejected: content looks like spam"),
    ("5.0.0", "smtp; 550 no"),
    ("5.0.0", ""),
    ("5.1.0", "550 5.1.0 rejected"),
    ("5.1.1", "550 5.1.1 rejected: listed at a blocklist"),
    ("5.1.1", "554 5.1.1 message rejected by local policy"),
    ("5.1.1", "552 5.1.1 mailbox is full"),
    ("5.2.1", "550 5.2.1 the account that you tried to reach is over quota"),
    ("5.2.2", "552 5.2.2 mailbox full"),
    ("5.3.4", "552 5.3.4 message size exceeds fixed limit"),
    ("5.4.1", "550 5.4.1 recipient address rejected: access denied"),
    ("5.7.1", "550 5.7.1 authentication required"),
    ("5.1.8", "553 5.1.8 sender address rejected: domain not found"),
    ("4.4.7", "smtp; 450 4.1.1 user unknown"),
    ("5.1.1", "450 user unknown, try again later"),
    ("5.0.0", "550 user temporarily disabled"),
    ("5.0.0", "550 Postfach ist voll"),
    ("5.0.0", "550 boîte du destinataire pleine"),
    ("5.0.0", "550 邮箱已满"),
    ("5.0.0", "550 垃圾邮件"),
    ("5.0.0", "550 ящик переполнен"),
]


@pytest.mark.parametrize(("status", "words"), GONE)
def test_an_address_is_dead_when_words_or_a_telling_code_say_so(status: str, words: str) -> None:
    assert is_no_such_mailbox(words, status=status)


@pytest.mark.parametrize(("status", "words"), TURNED_AWAY)
def test_spam_size_policy_a_full_mailbox_and_a_code_for_anything_condemn_nobody(
    status: str, words: str
) -> None:
    assert not is_no_such_mailbox(words, status=status)


def test_long_words_are_judged_at_once() -> None:
    with little_work(1):
        for words in ("user " * 900_000, "no such " * 900_000, "5.1.1 " * 900_000, "adresse d " * 900_000):
            is_no_such_mailbox(words)

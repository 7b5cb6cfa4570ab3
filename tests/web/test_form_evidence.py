"""What a form's circumstances say: a rush of forms alike from one place waits for a look, and nobody else."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from campaign.runtime import Runtime
from campaign.store.tables import SigningForm
from tests.conftest import Clock


@pytest.fixture(autouse=True)
def some_time_after_the_page_was_made(clock: Clock) -> None:
    clock.forward(minutes=5)


def suspected(runtime: Runtime) -> list[bool]:
    with runtime.database.reading() as session:
        return list(session.scalars(select(SigningForm.is_suspected).order_by(SigningForm.id)))


def send_many(post: Callable[..., TestResponse], number: int, message: Callable[[int], str]) -> None:
    for each in range(number):
        sent = post(email=f"p{each}@mail.example", officials="1", message=message(each))
        assert sent.status_code == 303


@pytest.mark.slow
def test_two_hundred_people_behind_one_address_who_send_one_text_are_no_suspects(
    post: Callable[..., TestResponse], runtime: Runtime
) -> None:
    send_many(post, 200, lambda _: "Please save the river.")
    assert suspected(runtime) == [False] * 200


def test_a_program_that_sends_one_text_without_end_from_one_place_waits_for_a_look(
    post: Callable[..., TestResponse], runtime: Runtime
) -> None:
    send_many(post, 310, lambda _: "Please save the river.")
    assert suspected(runtime)[:300] == [False] * 300
    assert suspected(runtime)[301:] == [True] * 9


@pytest.mark.slow
def test_as_many_who_say_something_of_their_own_or_nothing_are_no_suspects(
    post: Callable[..., TestResponse], runtime: Runtime
) -> None:
    send_many(post, 310, lambda each: f"My well number {each} is dry." if each % 2 else "")
    assert not any(suspected(runtime))

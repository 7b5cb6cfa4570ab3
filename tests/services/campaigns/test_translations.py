"""The letter in other languages: who reads which version, and what becomes of asks and messages."""

from dataclasses import replace
from datetime import datetime

import pytest

from campaign.domain.actor import COMMAND_LINE
from campaign.domain.campaign import TRANSLATION_MOVES, TranslationState
from campaign.errors import ConflictError, NotFoundError, RefusedError
from campaign.runtime import Runtime
from campaign.services.audit import audit_log
from campaign.services.campaigns import campaigns, letters, translations
from campaign.services.officials import directory
from campaign.services.officials.directory import OfficialDetails
from tests import make

pytestmark = pytest.mark.slow_on_postgresql


def move(runtime: Runtime, number: int, state: TranslationState, *, now: datetime) -> None:
    with runtime.database.transaction() as session:
        translations.set_state(session, make.SLUG, "ug", number, state, actor=COMMAND_LINE, now=now)


def uyghur(runtime: Runtime) -> translations.TranslationShown:
    with runtime.database.reading() as session:
        return translations.find_translation(session, campaigns.by_slug(session, make.SLUG), "ug")


def test_readers_get_a_translation_only_once_it_is_reviewed_and_published(
    runtime: Runtime, now: datetime
) -> None:
    before = make.campaign(runtime, now=now)
    make.translate(runtime, "ug", publish=False, now=now)
    assert make.page(runtime, language="ug").letter.language == "en"
    with pytest.raises(ConflictError):
        move(runtime, 1, TranslationState.PUBLISHED, now=now)
    move(runtime, 1, TranslationState.REVIEWED, now=now)
    assert make.page(runtime, language="ug").letter.language == "en"
    move(runtime, 1, TranslationState.PUBLISHED, now=now)
    page = make.page(runtime, language="ug")
    assert page.title.startswith("3 تەشكىلات")
    assert page.letter.dated_on == before.letter.dated_on
    assert page.languages == ("en", "ug")
    assert page.head.version > before.head.version
    assert [len(page.initial_signatories), len(page.officials)] == [3, 3]
    move(runtime, 1, TranslationState.REVIEWED, now=now)
    assert make.page(runtime, language="ug").letter.language == "en"
    with runtime.database.reading() as session:
        done = [entry.action for entry in audit_log.entries(session, before=None, limit=4)]
    assert done == [
        "translation.reviewed",
        "translation.published",
        "translation.reviewed",
        "letter.import",
    ]


def test_an_ask_stressed_in_a_translation_reaches_the_official_in_the_original_s_words(
    runtime: Runtime, now: datetime
) -> None:
    make.campaign(runtime, now=now)
    make.translate(runtime, "ug", now=now)
    page = make.page(runtime, language="ug")
    assert [ask.id for ask in page.asks] == [ask.id for ask in make.page(runtime).asks]
    make.sign_and_confirm(
        runtime,
        page,
        now=now,
        name="ئايگۈل",
        language="ug",
        officials=(page.officials[0].id,),
        asks=(page.asks[1].id,),
        words="قۇدۇقىمىز قۇرۇپ كەتتى.",
    )
    (message,) = make.emails(runtime, kind="message")
    assert message.language == "en"
    assert message.subject == "The dam at Upper Ondra"
    for part in ("Dear Minister Lindqvist,", "- Stop the works.", "قۇدۇقىمىز قۇرۇپ كەتتى."):
        assert part in message.text
    assert page.asks[1].heading not in message.text
    confirmation, thanks = make.emails(runtime, kind="confirmation") + make.emails(runtime, kind="thanks")
    assert thanks.language == "ug"
    assert page.title in thanks.subject
    assert f"/ug/c/{make.SLUG}" in thanks.text
    assert confirmation.language == "ug"


def test_a_corrected_original_is_read_at_once_and_its_translations_say_that_it_changed(
    runtime: Runtime, now: datetime
) -> None:
    asks = make.campaign(runtime, now=now).asks
    make.translate(runtime, "ug", now=now)
    corrected = replace(make.LETTER, title="{{signatory_count}} groups for the River Ondra", signatories=())
    with runtime.database.transaction() as session:
        translations.import_version(
            session, corrected, slug=make.SLUG, language="en", actor=COMMAND_LINE, now=now
        )
    page = make.page(runtime)
    assert page.head.title == "3 groups for the River Ondra"
    assert [ask.id for ask in page.asks] == [ask.id for ask in asks]
    translated = make.page(runtime, language="ug")
    assert translated.original
    assert translated.original.changed_since
    assert uyghur(runtime).source_changed
    make.translate(runtime, "ug", publish=False, now=now)
    assert (uyghur(runtime).number, uyghur(runtime).shown_number) == (2, 1)
    assert not uyghur(runtime).source_changed
    with pytest.raises(ConflictError):
        move(runtime, 1, TranslationState.REVIEWED, now=now)


def test_what_does_not_match_the_original_is_refused(runtime: Runtime, now: datetime) -> None:
    make.campaign(runtime, now=now)
    short = replace(make.TRANSLATED["ug"], asks=make.TRANSLATED["ug"].asks[:2])
    for letter, language, sentence in (
        (short, "ug", "2 in this letter, 3 in the original"),
        (make.TRANSLATED["ug"], "tlh", "The platform doesn’t support tlh"),
    ):
        with pytest.raises(RefusedError, match=sentence), runtime.database.transaction() as session:
            translations.import_version(
                session, letter, slug=make.SLUG, language=language, actor=COMMAND_LINE, now=now
            )
    with pytest.raises(NotFoundError), runtime.database.reading() as session:
        letters.stored_letter(session, make.SLUG, language="ug")


def test_a_translation_and_its_original_stand_side_by_side(runtime: Runtime, now: datetime) -> None:
    make.campaign(runtime, now=now)
    make.translate(runtime, "zh-Hant", publish=False, now=now)
    with runtime.database.reading() as session:
        parts = translations.side_by_side(session, make.SLUG, "zh-Hant")
    assert [(part.original, part.translation) for part in parts if part.ask == 3] == [
        ("Pay those who lost their wells.", "請補償失去水井的人。")
    ]


def test_every_step_of_a_translation_has_a_way_back() -> None:
    for state, following in TRANSLATION_MOVES.items():
        for after in following:
            assert state in TRANSLATION_MOVES[after] or state is TranslationState.DRAFT


def test_a_corrected_salutation_greets_whom_the_letter_greets_unless_organizers_said_otherwise(
    runtime: Runtime, now: datetime
) -> None:
    make.campaign(runtime, now=now)

    def correct(salutation: str) -> list[str | None]:
        with runtime.database.transaction() as session:
            translations.import_version(
                session,
                replace(make.LETTER, salutation=salutation),
                slug=make.SLUG,
                language="en",
                actor=COMMAND_LINE,
                now=now,
            )
        return [official.salutation for official in make.page(runtime).officials[:2]]

    assert correct("Dear Madam Minister,") == ["Dear Madam Minister,", "Dear Director Ines Okafor,"]
    with runtime.database.transaction() as session:
        details = OfficialDetails(salutation="Dear Mara,")
        directory.change_by_name(session, make.SLUG, "Mara Lindqvist", details, actor=COMMAND_LINE, now=now)
    assert correct("Dear Minister,") == ["Dear Mara,", "Dear Director Ines Okafor,"]

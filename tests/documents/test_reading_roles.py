"""Every line of a letter has a role; a person can correct it, and the letter is read so."""

import inspect
from dataclasses import replace

import pytest

from campaign.documents.read_letter import looks, surroundings, weights
from campaign.documents.read_letter.read import read_letter, read_with_roles
from campaign.documents.read_letter.roles import LetterRole, as_role_file
from campaign.errors import RefusedError
from tests.documents.labelled import LAYOUTS, compared, labelled_letters

LETTER = """\
Dear Harbour Board,

Since the storm the north quay has been closed, and nobody says until when.

Open it before the autumn.

Yours sincerely,

Quay Street Traders
Net Menders' Circle
"""


@pytest.mark.parametrize(
    "layout", [pytest.param(layout, marks=[pytest.mark.slow] * (layout != "plain")) for layout in LAYOUTS]
)
def test_labelled_letters_of_many_languages_are_divided_as_their_labels_say(layout):
    wrong, lines, broken = 0, 0, []
    for name, rows in labelled_letters().items():
        found, right, pairs = compared(rows, layout)
        lines += len(pairs)
        wrong += sum(label is not line.role for line, label in pairs)
        if replace(found, warnings=()) != replace(right, warnings=()):
            broken.append(name)
    assert wrong <= 0.03 * lines, broken
    assert len(broken) <= 0.1 * len(labelled_letters()), broken


def test_a_letter_read_with_its_own_roles_is_the_same_letter():
    read = read_with_roles(LETTER.encode())
    again = read_with_roles(LETTER.encode(), roles=as_role_file(read.roles))
    assert again.roles == read.roles
    assert replace(again.letter, warnings=()) == replace(read.letter, warnings=())


def test_a_corrected_role_changes_what_its_line_is():
    roles = as_role_file(read_with_roles(LETTER.encode()).roles)
    corrected = roles.replace("5\ttext\tOpen", "5\task\tOpen").replace("10\tsignatory\t", "10\tsignatory +\t")
    letter = read_with_roles(LETTER.encode(), roles=corrected).letter
    assert [ask.text for ask in letter.asks] == ["Open it before the autumn."]
    assert [signatory.organization for signatory in letter.signatories] == [
        "Quay Street Traders Net Menders' Circle"
    ]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda roles: roles.replace("\ttext\t", "\tprose\t"), "“prose” in the row of line 3 is no role"),
        (lambda roles: roles + "11\tnote\tOne more\n", "another letter"),
        (lambda roles: roles.replace("3\ttext", "4\ttext"), "line 3 differs"),
    ],
)
def test_roles_that_are_not_of_this_letter_are_refused_in_a_sentence(change, said):
    roles = as_role_file(read_with_roles(LETTER.encode()).roles)
    with pytest.raises(RefusedError) as refused:
        read_with_roles(LETTER.encode(), roles=change(roles))
    assert said in refused.value.sentence


def test_where_another_reading_is_close_a_warning_names_the_line():
    text = LETTER.replace("Yours sincerely,\n\n", "The quays and their people\n\n")
    warnings = [
        warning for warning in read_letter(text.encode()).warnings if "nearly as likely" in warning.sentence
    ]
    assert warnings
    assert all(1 <= warning.line <= 10 for warning in warnings)


def test_an_answer_below_the_letter_is_left_out_with_a_warning():
    text = LETTER + "\n===\n\nDear Menders,\n\nWe hear you, and we are sorry for the delay.\n\nThe Board\n"
    letter = read_letter(text.encode())
    assert len(letter.signatories) == 2
    assert any("We hear you" in warning.sentence for warning in letter.warnings)


def test_a_letter_quoted_in_a_mail_is_read_without_its_marks():
    quoted = "On Tue, 12 Mar 2024 at 09:12, Lou Brandt <lou@quay.example> wrote:\n\n" + "".join(
        f"> {line}\n" if line else ">\n" for line in LETTER.splitlines()
    )
    letter = read_letter(quoted.encode())
    assert replace(letter, warnings=()) == replace(read_letter(LETTER.encode()), warnings=())


def test_every_role_has_its_weights_and_every_weight_a_feature_that_blocks_show():
    in_path = {role for roles in weights.ROLES.values() for role in roles}
    assert in_path | {LetterRole.FOOTNOTE} == set(LetterRole)
    assert in_path == set(weights.WEIGHTS)
    source = inspect.getsource(looks) + inspect.getsource(surroundings)
    features = {feature for table in weights.WEIGHTS.values() for feature in table}
    assert {
        feature for feature in features if f'"{feature}"' not in source and f"{feature}=" not in source
    } == set()

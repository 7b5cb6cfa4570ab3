"""What speaks for and against each role: the one table that the reader weighs a letter with.

A block of a letter has features, each from 0 to 1 (`looks` says what they mean). The score of a role is its
`bias` and the sum of features times weights. The best division of the letter is the path of roles with the
highest sum of scores, of `FOLLOWS` for each pair of neighbours and of `MOVES` for each step from one phase to
the next. Two points are a clear preference, six are close to certainty.
"""

from enum import IntEnum

from campaign.documents.read_letter.roles import LetterRole


class Phase(IntEnum):
    """The stretches of a letter, in the order in which they come."""

    HEAD = 0
    GREETING = 1
    BODY = 2
    ASKS = 3
    CONCLUSION = 4
    TAIL = 5
    BELOW = 6


ROLES = {
    Phase.HEAD: (
        LetterRole.FURNITURE,
        LetterRole.LEDE,
        LetterRole.TITLE,
        LetterRole.PAGE_DATE,
        LetterRole.DATE,
        LetterRole.SENDER,
        LetterRole.ADDRESSEE,
        LetterRole.SUBJECT,
        LetterRole.COPIED_HEADING,
        LetterRole.COPIED,
        LetterRole.BLIND_COPY,
    ),
    Phase.GREETING: (LetterRole.SALUTATION,),
    Phase.BODY: (LetterRole.SUBJECT, LetterRole.TEXT, LetterRole.LEAD),
    Phase.ASKS: (LetterRole.LEAD, LetterRole.ASK, LetterRole.ASK_TEXT),
    Phase.CONCLUSION: (LetterRole.CONCLUSION,),
    Phase.TAIL: (
        LetterRole.CLOSING,
        LetterRole.DATE,
        LetterRole.ADDRESSEE,
        LetterRole.LIST_HEADING,
        LetterRole.SIGNATORY,
        LetterRole.NOTE,
        LetterRole.COPIED_HEADING,
        LetterRole.COPIED,
        LetterRole.BLIND_COPY,
        LetterRole.FURNITURE,
    ),
    Phase.BELOW: (LetterRole.ANSWER,),
}

# Which phase may follow which, and what the step costs. A letter may begin in any of the first three.
MOVES = {
    (Phase.HEAD, Phase.GREETING): 0.0,
    (Phase.HEAD, Phase.BODY): -2.0,
    (Phase.GREETING, Phase.BODY): 0.0,
    (Phase.GREETING, Phase.ASKS): -1.0,
    (Phase.GREETING, Phase.TAIL): -6.0,
    (Phase.BODY, Phase.ASKS): 0.0,
    (Phase.BODY, Phase.TAIL): 0.0,
    (Phase.ASKS, Phase.CONCLUSION): 0.0,
    (Phase.ASKS, Phase.TAIL): 0.0,
    (Phase.CONCLUSION, Phase.TAIL): 0.0,
    (Phase.TAIL, Phase.BELOW): 0.0,
}
BEGINS = {Phase.HEAD: 0.0, Phase.GREETING: 0.0, Phase.BODY: -2.0}
ENDS = {Phase.HEAD: -12.0, Phase.GREETING: -8.0}

# What only begins with a label of its own.
OPENED_BY = {
    LetterRole.COPIED_HEADING: "copy_alone",
    LetterRole.COPIED: "copy_label",
    LetterRole.BLIND_COPY: "blind_label",
    LetterRole.ANSWER: "answer_begins",
}

# What may follow what within the phases; None stands for any role that has no row of its own.
FOLLOWS: dict[tuple[LetterRole | None, LetterRole], float] = {
    (LetterRole.COPIED_HEADING, LetterRole.COPIED): 1.0,
    (LetterRole.COPIED, LetterRole.COPIED): 1.5,
    (LetterRole.BLIND_COPY, LetterRole.BLIND_COPY): 0.0,
    (None, LetterRole.ASK_TEXT): -9.0,
    (LetterRole.ASK, LetterRole.ASK_TEXT): 0.0,
    (LetterRole.ASK_TEXT, LetterRole.ASK_TEXT): 0.0,
    (LetterRole.TEXT, LetterRole.ASK): -1.5,
    (LetterRole.LEAD, LetterRole.ASK): 1.0,
    (LetterRole.SALUTATION, LetterRole.ASK): -2.0,
    (LetterRole.LEAD, LetterRole.TEXT): -1.0,
    (LetterRole.LEAD, LetterRole.ASK_TEXT): -9.0,
    (LetterRole.ASK, LetterRole.LEAD): -1.0,
    (LetterRole.ASK_TEXT, LetterRole.LEAD): -1.0,
    (LetterRole.LEDE, LetterRole.TEXT): -2.5,
    (LetterRole.LEDE, LetterRole.LEAD): -4.0,
    (LetterRole.LEDE, LetterRole.LEDE): 0.3,
    (LetterRole.ADDRESSEE, LetterRole.LEDE): -2.5,
    (LetterRole.SUBJECT, LetterRole.LEDE): -3.0,
    (LetterRole.ADDRESSEE, LetterRole.ADDRESSEE): 0.5,
    (LetterRole.ADDRESSEE, LetterRole.TEXT): -1.0,
    (LetterRole.ADDRESSEE, LetterRole.TITLE): -4.0,
    (LetterRole.ADDRESSEE, LetterRole.SENDER): -2.0,
    (LetterRole.DATE, LetterRole.DATE): -3.0,
    (LetterRole.SALUTATION, LetterRole.SALUTATION): -1.0,
    (LetterRole.SUBJECT, LetterRole.SUBJECT): -4.0,
    (LetterRole.TITLE, LetterRole.LEDE): -0.5,
    (LetterRole.CLOSING, LetterRole.CLOSING): -2.0,
    (LetterRole.CLOSING, LetterRole.SIGNATORY): 1.0,
    (LetterRole.CLOSING, LetterRole.LIST_HEADING): 0.5,
    (LetterRole.CLOSING, LetterRole.NOTE): -1.0,
    (LetterRole.LIST_HEADING, LetterRole.SIGNATORY): 1.0,
    (LetterRole.LIST_HEADING, LetterRole.NOTE): -1.5,
    (LetterRole.LIST_HEADING, LetterRole.LIST_HEADING): -1.0,
    (LetterRole.LIST_HEADING, LetterRole.CLOSING): -4.0,
    (LetterRole.SIGNATORY, LetterRole.CLOSING): -4.0,
    (LetterRole.SIGNATORY, LetterRole.SIGNATORY): 0.5,
    (LetterRole.TEXT, LetterRole.SIGNATORY): -1.5,
    (LetterRole.CONCLUSION, LetterRole.SIGNATORY): -1.5,
    (LetterRole.ASK, LetterRole.SIGNATORY): -2.0,
    (LetterRole.ASK_TEXT, LetterRole.SIGNATORY): -2.0,
    (LetterRole.NOTE, LetterRole.CLOSING): -4.0,
    (LetterRole.NOTE, LetterRole.NOTE): 0.5,
    (LetterRole.NOTE, LetterRole.SIGNATORY): -1.0,
    (LetterRole.COPIED_HEADING, LetterRole.SIGNATORY): -8.0,
    (LetterRole.COPIED, LetterRole.SIGNATORY): -6.0,
    (LetterRole.COPIED, LetterRole.NOTE): -0.5,
    (LetterRole.COPIED, LetterRole.CLOSING): -6.0,
    (LetterRole.COPIED, LetterRole.TEXT): -4.0,
    (LetterRole.SIGNATORY, LetterRole.ADDRESSEE): -8.0,
    (LetterRole.NOTE, LetterRole.ADDRESSEE): -8.0,
    (LetterRole.DATE, LetterRole.ADDRESSEE): 0.0,
    (LetterRole.CLOSING, LetterRole.ADDRESSEE): -1.5,
}
# The same role goes on where no blank line parts two blocks, and rarely changes there.
SAME_WITHOUT_GAP = 0.6
CHANGE_WITHOUT_GAP = -0.4

WEIGHTS: dict[LetterRole, dict[str, float]] = {
    LetterRole.FURNITURE: {
        "bias": -2.5, "prose": -1.5, "sentence": -0.5, "page_word": 7.0, "long": -3.0, "way": 6.0,
        "mail_head": 9.0, "no_words": 5.0,
    },
    LetterRole.LEDE: {
        "bias": -0.8, "opens_as_letter": -1.0, "above_salutation": 1.2, "page_word": -2.0, "prose": 2.2,
        "presents": 4.0, "letter_word": 0.5, "name": -1.5, "date": -3.0, "salutation": -6.0, "level": -1.0,
        "address": -1.5, "text_before": -0.2, "in_run": 0.5, "short": -1.0, "person": -1.5,
        "sign_heading": -3.0,
    },
    LetterRole.TITLE: {
        "bias": -1.6, "level": 4.0, "strong": 2.0, "letter_word": 3.0, "capitals": 1.5, "top": 1.2,
        "long": -3.0, "prose": -1.5, "address": -2.0, "date": -5.0, "text_before": -4.0,
        "to_somebody": -6.0, "sentence": -0.5, "subject_label": -6.0, "page_word": -3.0, "marker": -3.0,
        "salutation": -4.0, "copy_label": -6.0, "contact": -3.0, "letterhead": -2.5, "sign_heading": -3.0,
        "presents": -2.0, "byline": -2.0, "way": -4.0, "first_apart": 2.5, "opens_as_letter": 1.5,
        "in_address": -2.5, "postal": -2.0, "honorific": -1.5, "above_salutation": 1.2, "ask_heading": -1.0,
    },
    LetterRole.PAGE_DATE: {
        "bias": -4.0, "page_date": 9.0, "text_before": -3.0,
    },
    LetterRole.DATE: {
        "bias": -4.0, "date": 8.0, "page_date": -2.0, "in_run": -1.5,
    },
    LetterRole.SENDER: {
        "bias": -1.8, "from_label": 7.0, "contact": 3.0, "postal": 1.0, "byline": 3.0, "prose": -1.5,
        "long": -2.5, "level": -2.0, "text_before": -4.0, "date": -3.0, "letterhead": 2.5,
        "salutation": -4.0, "above_date": 1.0, "short": 0.3, "letter_word": -1.0, "name": 0.3,
        "subject_label": -4.0, "copy_label": -4.0, "to_label": -4.0,
    },
    LetterRole.ADDRESSEE: {
        "bias": -2.2, "address": 3.0, "to_label": 6.0, "to_somebody": 5.0, "postal": 1.5, "prose": -3.0,
        "long": -4.0, "date": -5.0, "text_before": -2.0, "near_address": 1.0, "in_address": 1.5,
        "sentence": -2.0, "name": 0.5, "salutation": -3.0, "letter_word": -1.5, "subject_label": -6.0,
        "copy_label": -6.0, "page_word": -3.0, "contact": -1.0, "way": -6.0, "capitals": -0.5,
        "above_date": -1.2, "letterhead": -2.0, "byline": -2.0, "organization": -0.5, "level": -2.5,
    },
    LetterRole.SUBJECT: {
        "bias": -4.5, "in_address": -2.5, "postal": -3.0, "subject_label": 10.0, "before_salutation": 3.2,
        "after_salutation": 3.2, "apart": 1.5, "stands_out": 2.0, "prose": -3.0, "long": -4.0,
        "address": -3.0, "comma": -3.0, "name": -0.5, "sentence": -2.5, "marker": -3.0, "colon": -3.0,
        "closing_word": -4.0, "leads": -3.0, "person": -2.0, "letter_word": -1.2, "text_before": -0.5,
    },
    LetterRole.SALUTATION: {
        "bias": -5.0, "salutation": 13.0, "salutation_maybe": 7.0, "prose": -1.0, "long": -4.0,
        "text_before": -0.5, "marker": -6.0,
    },
    LetterRole.TEXT: {
        "bias": 0.0, "prose": 2.2, "sentence": 0.6, "name": -1.2, "salutation": -6.0, "date": -2.5,
        "closing_word": -4.0, "sign_heading": -3.0, "copy_label": -4.0, "run_led": -1.5, "leads": 0.3,
        "subject_label": -4.0, "names_around": -1.0, "contact": -2.0, "page_word": -3.0, "cells": -1.0,
        "text_below": 0.6, "address": -0.8, "run_goes_on": -0.5, "letter_word": 0.0, "presents": -1.0,
        "to_label": -4.0, "bracketed": -1.0, "person": -1.0, "way": -3.0,
    },
    LetterRole.LEAD: {
        "bias": -2.5, "prose": 2.2, "sentence": 0.4, "leads": 1.6, "above_run": 3.2, "ask_heading": 2.5,
        "colon": 0.8, "name": -1.0, "sign_heading": -4.0, "salutation": -6.0, "reasons": -3.0,
    },
    LetterRole.ASK: {
        "bias": -5.0, "in_run": 4.0, "run_led": 3.5, "run_asks": 3.0, "run_names": -6.5,
        "run_reasons": -5.5, "run_sentences": 1.2, "run_announced": 1.5, "run_titled": 2.0,
        "run_goes_on": 0.5, "sign_heading": -4.0, "date": -4.0, "salutation": -6.0,
    },
    LetterRole.ASK_TEXT: {
        "bias": -3.6, "inside_run": 7.0, "colon": -1.0, "above_run": -1.5, "prose": 1.2, "run_names": -6.0,
        "conclusion_words": -2.0, "closing_word": -5.0, "sign_heading": -5.0, "date": -4.0,
        "copy_label": -6.0, "inside_last": 2.0, "name": -0.5,
    },
    LetterRole.CONCLUSION: {
        "bias": 0.0, "prose": 2.2, "sentence": 0.6, "conclusion_words": 2.0, "name": -1.2,
        "names_around": -1.0, "closing_word": -4.0, "sign_heading": -3.0, "date": -2.5, "copy_label": -4.0,
        "salutation": -6.0, "contact": -2.0, "page_word": -3.0, "cells": -1.0, "text_below": 0.6,
        "run_led": -1.5, "bracketed": -1.0, "inside_run": -1.5, "run_goes_on": -3.0, "person": -1.0,
        "inside_last": -1.0,
    },
    LetterRole.CLOSING: {
        "bias": -5.5, "closing_word": 10.0, "closing_sentence": 13.0, "closing_place": 6.5,
        "names_follow": 1.5, "long": -2.0, "text_below": -2.0, "marker": -4.0,
    },
    LetterRole.LIST_HEADING: {
        "bias": -3.8, "sign_heading": 6.5, "inline_list": 6.0, "sign_root": 3.0, "names_follow": 2.0,
        "colon": 1.5, "stands_out": 2.0, "prose": -2.5, "long": -3.0, "text_below": -1.5, "apart": 0.5,
        "marker": -2.0, "cells": -4.0, "closing_word": -2.0, "leads": -2.0, "person": -2.0, "date": -3.0,
        "copy_label": -6.0, "unlike_list": 1.5, "bracketed": -2.0, "sentence": -1.0, "region": 5.0,
    },
    LetterRole.SIGNATORY: {
        "bias": -1.4, "name": 2.2, "person": 0.8, "organization": 0.4, "names_around": 2.0, "cells": 1.0,
        "names_in_row": 3.5, "prose": -2.8, "sentence": -1.5, "long": -1.5, "date": -4.0,
        "sign_heading": -5.0, "closing_word": -5.0, "copy_label": -7.0, "text_below": -2.5, "contact": -5.0,
        "afterword": -4.0, "page_word": -2.5, "bracketed": -3.0, "colon": -4.0, "leads": -2.0,
        "run_asks": -2.0, "call_to_sign": -5.0, "salutation": -4.0, "run_names": 2.0, "role": 0.8,
        "url": -2.5, "dated_end": 2.0, "reference": -3.0, "sign_root": -2.5, "no_words": -4.0,
        "region": -3.0,
    },
    LetterRole.NOTE: {
        "bias": -2.6, "prose": 2.4, "sentence": 1.4, "afterword": 5.0, "contact": 6.0, "bracketed": 4.5,
        "call_to_sign": 6.0, "text_below": -1.0, "name": -1.0, "names_around": -0.4, "url": 3.0,
        "closing_word": -3.0, "page_word": 1.0, "copy_label": -6.0, "sign_heading": -2.0, "reference": 3.0,
        "in_run": -0.4, "no_words": 4.0,
    },
    LetterRole.COPIED_HEADING: {
        "bias": 0.0, "copy_alone": 9.0,
    },
    LetterRole.COPIED: {
        "bias": -1.0, "copy_label": 9.0, "copy_alone": -4.0, "name": 2.2, "names_around": 1.5,
        "person": 0.6, "role": 0.8, "address": 0.8, "prose": -3.0, "sentence": -1.0, "sign_heading": -4.0,
        "salutation": -8.0, "contact": -2.0, "long": -0.2, "date": -4.0, "postal": 0.5, "afterword": -4.0,
        "bracketed": -2.0, "page_word": -3.0, "level": -2.0, "call_to_sign": -5.0, "no_words": -4.0,
        "subject_label": -12.0, "to_label": -8.0,
    },
    LetterRole.BLIND_COPY: {
        "bias": 0.0, "blind_label": 12.0, "name": 1.0, "prose": -3.0, "date": -6.0, "salutation": -8.0,
        "subject_label": -12.0, "to_label": -12.0, "level": -4.0,
    },
    LetterRole.ANSWER: {
        "bias": 0.0, "answer_begins": 9.0, "answer_under_way": 3.0,
    },
}  # fmt: skip

# A block is warned about where reading it as something else would cost the whole letter less than this.
CLOSE = 1.6

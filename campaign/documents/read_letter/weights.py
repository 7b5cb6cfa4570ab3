"""What speaks for and against each role: the one table that the reader weighs a letter with.

A block of a letter has features, each from 0 to 1 (`looks` says what they mean). The score of a role is its
`bias` and the sum of features times weights. The best division of the letter is the path of roles with the
highest sum of scores, of `FOLLOWS` for each pair of neighbours and of `MOVES` for each step from one phase to
the next. Two points are a clear preference, six are close to certainty.
"""

from enum import IntEnum

from campaign.documents.read_letter.roles import Role


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
        Role.FURNITURE,
        Role.LEDE,
        Role.TITLE,
        Role.PAGE_DATE,
        Role.DATE,
        Role.SENDER,
        Role.ADDRESSEE,
        Role.SUBJECT,
        Role.COPIED_HEADING,
        Role.COPIED,
        Role.BLIND_COPY,
    ),
    Phase.GREETING: (Role.SALUTATION,),
    Phase.BODY: (Role.SUBJECT, Role.TEXT, Role.LEAD),
    Phase.ASKS: (Role.LEAD, Role.ASK, Role.ASK_TEXT),
    Phase.CONCLUSION: (Role.CONCLUSION,),
    Phase.TAIL: (
        Role.CLOSING,
        Role.DATE,
        Role.ADDRESSEE,
        Role.LIST_HEADING,
        Role.SIGNATORY,
        Role.NOTE,
        Role.COPIED_HEADING,
        Role.COPIED,
        Role.BLIND_COPY,
        Role.FURNITURE,
    ),
    Phase.BELOW: (Role.ANSWER,),
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
    Role.COPIED_HEADING: "copy_alone",
    Role.COPIED: "copy_label",
    Role.BLIND_COPY: "blind_label",
    Role.ANSWER: "answer_begins",
}

# What may follow what within the phases; None stands for any role that has no row of its own.
FOLLOWS: dict[tuple[Role | None, Role], float] = {
    (Role.COPIED_HEADING, Role.COPIED): 1.0,
    (Role.COPIED, Role.COPIED): 0.5,
    (Role.BLIND_COPY, Role.BLIND_COPY): 0.0,
    (None, Role.ASK_TEXT): -9.0,
    (Role.ASK, Role.ASK_TEXT): 0.0,
    (Role.ASK_TEXT, Role.ASK_TEXT): 0.0,
    (Role.TEXT, Role.ASK): -1.5,
    (Role.LEAD, Role.ASK): 1.0,
    (Role.SALUTATION, Role.ASK): -2.0,
    (Role.LEAD, Role.TEXT): -1.0,
    (Role.LEAD, Role.ASK_TEXT): -9.0,
    (Role.ASK, Role.LEAD): -1.0,
    (Role.ASK_TEXT, Role.LEAD): -1.0,
    (Role.LEDE, Role.TEXT): -2.5,
    (Role.LEDE, Role.LEAD): -4.0,
    (Role.LEDE, Role.LEDE): 0.3,
    (Role.ADDRESSEE, Role.LEDE): -2.5,
    (Role.SUBJECT, Role.LEDE): -3.0,
    (Role.ADDRESSEE, Role.ADDRESSEE): 0.5,
    (Role.ADDRESSEE, Role.TEXT): -1.0,
    (Role.ADDRESSEE, Role.TITLE): -2.0,
    (Role.ADDRESSEE, Role.SENDER): -2.0,
    (Role.DATE, Role.DATE): -3.0,
    (Role.SALUTATION, Role.SALUTATION): -1.0,
    (Role.SUBJECT, Role.SUBJECT): -4.0,
    (Role.TITLE, Role.LEDE): -0.5,
    (Role.CLOSING, Role.CLOSING): -2.0,
    (Role.CLOSING, Role.SIGNATORY): 1.0,
    (Role.CLOSING, Role.LIST_HEADING): 0.5,
    (Role.CLOSING, Role.NOTE): -1.0,
    (Role.LIST_HEADING, Role.SIGNATORY): 1.0,
    (Role.LIST_HEADING, Role.NOTE): -1.5,
    (Role.LIST_HEADING, Role.LIST_HEADING): -1.0,
    (Role.LIST_HEADING, Role.CLOSING): -4.0,
    (Role.SIGNATORY, Role.CLOSING): -4.0,
    (Role.SIGNATORY, Role.SIGNATORY): 0.5,
    (Role.TEXT, Role.SIGNATORY): -1.5,
    (Role.CONCLUSION, Role.SIGNATORY): -1.5,
    (Role.ASK, Role.SIGNATORY): -2.0,
    (Role.ASK_TEXT, Role.SIGNATORY): -2.0,
    (Role.NOTE, Role.CLOSING): -4.0,
    (Role.NOTE, Role.NOTE): 0.5,
    (Role.NOTE, Role.SIGNATORY): -1.0,
    (Role.COPIED_HEADING, Role.SIGNATORY): -8.0,
    (Role.COPIED, Role.SIGNATORY): -4.0,
    (Role.COPIED, Role.NOTE): -0.5,
    (Role.COPIED, Role.CLOSING): -6.0,
    (Role.COPIED, Role.TEXT): -4.0,
    (Role.SIGNATORY, Role.ADDRESSEE): -8.0,
    (Role.NOTE, Role.ADDRESSEE): -8.0,
    (Role.DATE, Role.ADDRESSEE): 0.0,
    (Role.CLOSING, Role.ADDRESSEE): -1.5,
}
# The same role goes on where no blank line parts two blocks, and rarely changes there.
SAME_WITHOUT_GAP = 0.6
CHANGE_WITHOUT_GAP = -0.4

WEIGHTS: dict[Role, dict[str, float]] = {
    Role.FURNITURE: {
        "bias": -2.5, "prose": -1.5, "sentence": -0.5, "page_word": 7.0, "long": -3.0, "way": 6.0,
        "mail_head": 9.0, "no_words": 5.0,
    },
    Role.LEDE: {
        "bias": -0.8, "opens_as_letter": -1.0, "above_salutation": 1.2, "page_word": -2.0, "prose":
        2.2, "presents": 4.0, "letter_word": 0.5, "name": -1.5, "date": -3.0, "salutation": -6.0,
        "level": -1.0, "address": -1.5, "text_before": -0.2, "in_run": 0.5, "short": -1.0, "person":
        -1.5, "sign_heading": -3.0,
    },
    Role.TITLE: {
        "bias": -1.6, "level": 4.0, "strong": 2.0, "letter_word": 3.0, "capitals": 1.5, "top": 1.2,
        "long": -3.0, "prose": -1.5, "address": -2.0, "date": -5.0, "text_before": -4.0,
        "to_somebody": -6.0, "sentence": -0.5, "subject_label": -6.0, "page_word": -3.0, "marker":
        -3.0, "salutation": -4.0, "copy_label": -6.0, "contact": -3.0, "letterhead": -2.5,
        "sign_heading": -3.0, "presents": -2.0, "byline": -2.0, "way": -4.0, "first_apart": 2.5,
        "opens_as_letter": 1.5, "in_address": -2.5, "postal": -2.0, "honorific": -1.5,
        "above_salutation": 1.2, "ask_heading": -1.0,
    },
    Role.PAGE_DATE: {
        "bias": -4.0, "page_date": 9.0, "text_before": -3.0,
    },
    Role.DATE: {
        "bias": -4.0, "date": 8.0, "page_date": -2.0, "in_run": -1.5,
    },
    Role.SENDER: {
        "bias": -1.8, "from_label": 7.0, "contact": 3.0, "postal": 1.0, "byline": 3.0, "prose":
        -1.5, "long": -2.5, "level": -2.0, "text_before": -4.0, "date": -3.0, "letterhead": 2.5,
        "salutation": -4.0, "above_date": 1.0, "short": 0.3, "letter_word": -1.0, "name": 0.3,
        "subject_label": -4.0, "copy_label": -4.0, "to_label": -4.0,
    },
    Role.ADDRESSEE: {
        "bias": -2.2, "address": 3.0, "to_label": 6.0, "to_somebody": 5.0, "postal": 1.5, "prose":
        -3.0, "long": -4.0, "date": -5.0, "text_before": -2.0, "near_address": 1.0, "in_address":
        1.5, "sentence": -2.0, "name": 0.5, "salutation": -3.0, "letter_word": -1.5,
        "subject_label": -6.0, "copy_label": -6.0, "page_word": -3.0, "contact": -1.0, "way": -6.0,
        "capitals": -0.5, "above_date": -1.2, "letterhead": -2.0, "byline": -2.0, "organization":
        -0.5, "level": -2.5,
    },
    Role.SUBJECT: {
        "bias": -4.5, "subject_label": 10.0, "before_salutation": 3.2, "after_salutation": 3.2,
        "apart": 1.5, "stands_out": 2.0, "prose": -3.0, "long": -4.0, "address": -3.0, "comma":
        -3.0, "name": -0.5, "sentence": -2.5, "marker": -3.0, "colon": -3.0, "closing_word": -4.0,
        "leads": -3.0, "person": -2.0, "letter_word": -1.2, "text_before": -0.5,
    },
    Role.SALUTATION: {
        "bias": -5.0, "salutation": 13.0, "salutation_maybe": 7.0, "prose": -1.0, "long": -4.0,
        "text_before": -0.5, "marker": -6.0,
    },
    Role.TEXT: {
        "bias": 0.0, "prose": 2.2, "sentence": 0.6, "name": -1.2, "salutation": -6.0, "date": -2.5,
        "closing_word": -4.0, "sign_heading": -3.0, "copy_label": -4.0, "run_led": -1.5, "leads":
        0.3, "subject_label": -4.0, "names_around": -1.0, "contact": -2.0, "page_word": -3.0,
        "cells": -1.0, "text_below": 0.6, "address": -0.8, "run_goes_on": -0.5, "letter_word": 0.0,
        "presents": -1.0, "to_label": -4.0, "bracketed": -1.0, "person": -1.0, "way": -3.0,
    },
    Role.LEAD: {
        "bias": -2.5, "prose": 2.2, "sentence": 0.4, "leads": 2.8, "above_run": 2.0, "ask_heading":
        2.5, "colon": 0.8, "name": -1.0, "sign_heading": -4.0, "salutation": -6.0, "reasons": -3.0,
    },
    Role.ASK: {
        "bias": -5.0, "in_run": 4.0, "run_led": 3.5, "run_asks": 3.0, "run_names": -6.5,
        "run_reasons": -5.5, "run_sentences": 1.2, "run_announced": 1.5, "run_titled": 2.0,
        "run_goes_on": 0.5, "sign_heading": -4.0, "date": -4.0, "salutation": -6.0,
    },
    Role.ASK_TEXT: {
        "bias": -3.6, "inside_run": 7.0, "colon": -1.0, "above_run": -1.5, "prose": 1.2,
        "run_names": -6.0, "conclusion_words": -2.0, "closing_word": -5.0, "sign_heading": -5.0,
        "date": -4.0, "copy_label": -6.0, "inside_last": 2.0, "name": -0.5,
    },
    Role.CONCLUSION: {
        "bias": 0.0, "prose": 2.2, "sentence": 0.6, "conclusion_words": 2.0, "name": -1.2,
        "names_around": -1.0, "closing_word": -4.0, "sign_heading": -3.0, "date": -2.5,
        "copy_label": -4.0, "salutation": -6.0, "contact": -2.0, "page_word": -3.0, "cells": -1.0,
        "text_below": 0.6, "run_led": -1.5, "bracketed": -1.0, "inside_run": -1.5, "run_goes_on":
        -3.0, "person": -1.0, "inside_last": -1.0,
    },
    Role.CLOSING: {
        "bias": -5.5, "closing_word": 10.0, "closing_sentence": 13.0, "closing_place": 6.5,
        "names_follow": 1.5, "long": -2.0, "text_below": -2.0, "marker": -4.0,
    },
    Role.LIST_HEADING: {
        "bias": -3.8, "sign_heading": 6.5, "inline_list": 6.0, "sign_root": 3.0, "names_follow":
        2.0, "colon": 1.5, "stands_out": 2.0, "prose": -2.5, "long": -3.0, "text_below": -1.5,
        "apart": 0.5, "marker": -2.0, "cells": -4.0, "closing_word": -2.0, "leads": -2.0, "person":
        -2.0, "date": -3.0, "copy_label": -6.0, "unlike_list": 1.5, "bracketed": -2.0, "sentence":
        -1.0,
    },
    Role.SIGNATORY: {
        "bias": -1.4, "name": 2.2, "person": 0.8, "organization": 0.4, "names_around": 2.0, "cells":
        1.0, "names_in_row": 3.5, "prose": -2.8, "sentence": -1.5, "long": -1.5, "date": -4.0,
        "sign_heading": -5.0, "closing_word": -5.0, "copy_label": -7.0, "text_below": -2.5,
        "contact": -5.0, "afterword": -4.0, "page_word": -2.5, "bracketed": -3.0, "colon": -4.0,
        "leads": -2.0, "run_asks": -2.0, "call_to_sign": -5.0, "salutation": -4.0, "run_names": 2.0,
        "role": 0.8, "url": -2.5, "dated_end": 2.0, "reference": -3.0, "sign_root": -2.5,
        "no_words": -4.0,
    },
    Role.NOTE: {
        "bias": -2.6, "prose": 2.4, "sentence": 1.4, "afterword": 5.0, "contact": 6.0, "bracketed":
        4.5, "call_to_sign": 6.0, "text_below": -1.0, "name": -1.0, "names_around": -0.4, "url":
        3.0, "closing_word": -3.0, "page_word": 1.0, "copy_label": -6.0, "sign_heading": -2.0,
        "reference": 3.0, "in_run": -0.4, "no_words": 4.0,
    },
    Role.COPIED_HEADING: {
        "bias": 0.0, "copy_alone": 9.0,
    },
    Role.COPIED: {
        "bias": -1.0, "copy_label": 9.0, "copy_alone": -4.0, "name": 2.2, "names_around": 1.5,
        "person": 0.6, "address": 0.8, "prose": -3.0, "sentence": -1.0, "sign_heading": -4.0,
        "salutation": -8.0, "contact": -2.0, "long": -1.0, "date": -4.0, "postal": 0.5, "afterword":
        -4.0, "bracketed": -2.0, "page_word": -3.0, "level": -2.0, "call_to_sign": -5.0,
        "no_words": -4.0, "subject_label": -12.0, "to_label": -8.0,
    },
    Role.BLIND_COPY: {
        "bias": 0.0, "blind_label": 12.0, "name": 1.0, "prose": -3.0, "date": -6.0, "salutation":
        -8.0, "subject_label": -12.0, "to_label": -12.0, "level": -4.0,
    },
    Role.ANSWER: {
        "bias": 0.0, "answer_begins": 9.0, "answer_under_way": 3.0,
    },
}  # fmt: skip

# A block is warned about where reading it as something else would cost the whole letter less than this.
CLOSE = 1.6

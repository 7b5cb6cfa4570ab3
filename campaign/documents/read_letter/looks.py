"""What each block of a letter looks like: the features that the table of weights speaks of."""

import re
from itertools import accumulate

from campaign.documents.read_letter.addressees import POSTAL, reads_as_address
from campaign.documents.read_letter.affiliations import is_organization, is_person, is_role
from campaign.documents.read_letter.anchors import (
    closing_by_its_place,
    closing_words,
    copies_begin,
    greets,
    heads_inline_list,
    is_signatory_heading,
)
from campaign.documents.read_letter.ask_runs import AskRun, ask_runs, demands, leads
from campaign.documents.read_letter.lines import display_width
from campaign.documents.read_letter.paragraphs import Paragraph
from campaign.documents.read_letter.sentences import ends_sentence
from campaign.documents.read_letter.shapes import capitals_share, date_line, is_prose, name_likeness, reads_as_name
from campaign.documents.read_letter.words.afterwords import AFTERWORD, CONTACT, CONTACT_ALONE, NOTES_HEADING
from campaign.documents.read_letter.words.closings import CLOSING_SENTENCE
from campaign.documents.read_letter.words.demands import ASK_HEADING, CONCLUSION
from campaign.documents.read_letter.words.labels import (
    BLIND_COPY_LABEL,
    BYLINE,
    COPY_ALONE,
    FROM_LABEL,
    PAGE_DATE_LABEL,
    SUBJECT_LABEL,
    TO_LABEL,
    TO_SOMEBODY,
)
from campaign.documents.read_letter.words.people import HONORIFIC
from campaign.documents.read_letter.words.signatures import SIGN_ROOT
from campaign.documents.read_letter.words.titles import LETTER_NOUN, LETTER_WORDS, OPENS_AS_LETTER
from campaign.documents.read_letter.words.web_pages import (
    BOILERPLATE,
    CALL_TO_SIGN,
    MAIL_HEAD,
    PRESENTS,
    SENT_BY,
)

Look = dict[str, float]
_URL = re.compile(r"https?://\S+|www\.\S+")
_REFERENCE = re.compile(
    r"https?://|[“\"'‘«][^”\"»]{6,}[,.]?[”\"'’»].{0,60}\(?.{0,20}(?:19|20)\d\d|^\(.{0,24}(?:19|20)\d\d\)$"
)
_MARKUP = re.compile(r"!\[[^\]]*\]\([^)]*\)|<!--.*-->|\[[^\]]{0,40}\]\(#[^)]*\)")
_ANSWERS = re.compile(
    r"(?:(?:the |our )?(?:reply|response|answer) (?:from|of|by|to)\b|(?:statement|letter) in (?:reply|response)\b|"
    r"réponse (?:de|du|à)\b|respuesta (?:de|del|a)\b|antwort (?:der|des|von)\b|(?:官方)?(?:回复|回覆|答复|答覆)).{0,80}$",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\d{1,4}\+? (?:\w+ ){0,3}(?:organi[sz]ations|groups|individuals|ngos|signatories)\b", re.IGNORECASE
)
_MAILBOX = re.compile(r"[\w.+-]+@[\w-]+\.\w")
_TIME = re.compile(r"\d:\d\d")
_NAMES_APART = re.compile(r"\s*[;；、]\s*|\s{2,}|\u3000")
_HAN_NAMES = re.compile(r"(?:[\u4e00-\u9fff]{2,4}[\s\u3000]+){2,}[\u4e00-\u9fff]{2,4}(?:\s*[（(].*)?")
# Only the beginning of a letter is searched for the words of addresses.
_DEEPEST_HEAD = 90
# In a list as long as this the words of names tell nothing that their shapes do not.
_DEEPEST_WORDS = 400


def looks_of(blocks: list[Paragraph], language: str | None) -> list[Look]:
    """The features of every block, in order."""
    looks = [_own(block, index, language) for index, block in enumerate(blocks)]
    _add_neighbours(blocks, looks)
    begin = next((at for at, look in enumerate(looks) if "salutation" in look), None)
    if begin and any(look.get("prose", 0) >= 1 for look in looks[begin + 1 :]):
        for look in looks[:begin]:
            look["above_salutation"] = 1.0
    _add_answer(looks, blocks)
    begin = (begin if begin is not None else _first(looks, "prose") or 0) + 1
    _add_ask_runs(blocks, looks, begin)
    return looks


def _add_answer(looks: list[Look], blocks: list[Paragraph]) -> None:
    """Where a second letter begins below the end of the first one."""
    ended = False
    first = next((at for at, look in enumerate(looks) if "salutation" in look), len(looks))
    for at, look in enumerate(looks):
        if at <= first + 1:
            continue
        ended = ended or bool(look.keys() & {"closing_word", "sign_heading", "closing_sentence"})
        if not ended or ("salutation" not in look and not _ANSWERS.match(blocks[at].text.strip("*_ "))):
            continue
        start = at - 1 if "no_words" in looks[at - 1] else at
        looks[start]["answer_begins"] = 1.0
        for below in looks[start:]:
            below["answer_under_way"] = 1.0
        return


def _first(looks: list[Look], feature: str) -> int | None:
    return next((at for at, look in enumerate(looks) if look.get(feature, 0) >= 1), None)


def _own(block: Paragraph, index: int, language: str | None) -> Look:
    """What a block shows by itself."""
    text = block.text.strip("*_ ") or block.mark
    width = display_width(text)
    ended = ends_sentence(text)
    cells = block.lines[0].cells
    shown = cells[0] if len(cells) > 2 else block.whole if _is_initial(block) else text
    likeness = name_likeness(shown)
    name = likeness >= 0.75
    look: Look = {"bias": 1.0}

    def add(feature: str, there: object, value: float = 1.0) -> None:
        if there:
            look[feature] = value

    heading = block.level > 0 or (
        not ended and width < 320 and LETTER_NOUN.search(" ".join(text.split()[:6]))
    )
    add("opens_as_letter", not ended and width < 320 and OPENS_AS_LETTER.match(text))
    add("long", width >= (320 if heading else 150) and len(block.lines[0].cells) <= 2)
    add("short", width < 60)
    add("name", likeness, likeness)
    prose = is_prose(text) and not name and len(cells) <= 2 and not (heading and width < 320)
    add("prose", prose)
    if not prose and not name and ended and len(text.split()) >= 5:
        look["prose"] = 0.7
    add("sentence", ended and not name)
    add("level", block.level > 0)
    add("strong", block.strong >= len(block.text) > 0)
    capitals = text.isupper() and len(text.split()) > 3
    add("capitals", capitals)
    add("stands_out", block.level > 0 or block.strong >= len(block.text) > 0 or capitals)
    add("marker", block.marker)
    add("colon", text.endswith((":", "：")))
    add("comma", text.endswith((",", "，", "،")))
    add("cells", any(line.cells for line in block.lines) and "\t" not in text)
    add("page_word", _MARKUP.fullmatch(text))
    add("no_words", not any(character.isalnum() for character in text))
    add("mark_alone", not any(character.isalnum() for character in text))
    if width <= 160:
        _add_labels(look, text, language)
    if width <= 220:
        _add_words(look, block, text, index, name=name)
    add("leads", leads(text))
    add("conclusion_words", CONCLUSION.match(text))
    add("call_to_sign", width < 240 and CALL_TO_SIGN.match(text))
    add("presents", PRESENTS.search(text[-160:]))
    add("bracketed", width < 300 and re.fullmatch(r"[\[(（].*[\])）]", text))
    add("afterword", AFTERWORD.match(text) or CONTACT.match(text) or NOTES_HEADING.fullmatch(text))
    add("url", _URL.search(text) and not block.lines[0].cells)
    add("reference", _REFERENCE.search(text[:400]) and not block.lines[0].cells)
    add("names_in_row", _are_names_in_a_row(text))
    if index < _DEEPEST_HEAD and width <= 160 and "date" not in look:
        add("address", reads_as_address(text) and not ended)
        add("honorific", HONORIFIC.match(text) and not ended)
        add("postal", POSTAL.search(text) and width < 90 and any(c.isdigit() for c in text))
    return look


def _is_initial(block: Paragraph) -> bool:
    """Whether the mark of an item is the first initial of a name, as in “A. Quill”."""
    return block.marker is not None and block.marker.family[-2:-1] in ("A", "I") and len(block.mark) <= 3


def _are_names_in_a_row(text: str) -> bool:
    if _HAN_NAMES.fullmatch(text):
        return True
    parts = [part for part in _NAMES_APART.split(text) if part]
    return len(parts) >= 3 and all(len(part) <= 110 and reads_as_name(part) for part in parts[:40])


def _add_labels(look: Look, text: str, language: str | None) -> None:
    found = date_line(text, language)
    if found:
        rest = len(text) - (found.end - found.start)
        whole = found.end - found.start >= 0.4 * len(text) or rest <= 24
        beside = text[: found.start].split()
        if whole:
            look["date"] = 1.0
        if not whole or (len(beside) >= 3 and found.end >= len(text.rstrip(" .)"))):
            look["dated_end"] = 1.0
        if PAGE_DATE_LABEL.match(text) or BYLINE.match(text) or _TIME.search(text):
            look["page_date"] = 1.0
    for feature, form in (
        ("subject_label", SUBJECT_LABEL),
        ("blind_label", BLIND_COPY_LABEL),
        ("to_label", TO_LABEL),
        ("from_label", FROM_LABEL),
        ("byline", BYLINE),
        ("mail_head", MAIL_HEAD),
        ("way", SENT_BY),
        ("to_somebody", TO_SOMEBODY),
    ):
        if form.match(text):
            look[feature] = 1.0
    if CONTACT_ALONE.fullmatch(text):
        look["contact"] = 1.0
    elif _MAILBOX.search(text):
        look["contact"] = 0.5
    if BOILERPLATE.fullmatch(text):
        look["page_word"] = 0.5 if re.fullmatch(r"(?:[^\W\d]| ){1,12}", text) else 1.0


def _add_words(look: Look, block: Paragraph, text: str, index: int, *, name: bool) -> None:
    line = block.lines[0]
    if COPY_ALONE.fullmatch(text.rstrip(":： ")) or (
        re.fullmatch(r"[^:：]{1,24}[:：]", text) and copies_begin(line)
    ):
        look["copy_alone"] = 1.0
    if copies_begin(line):
        look["copy_label"] = 1.0
    if index < _DEEPEST_WORDS and LETTER_WORDS.search(text):
        look["letter_word"] = 1.0 if LETTER_NOUN.search(text) else 0.8
    if ASK_HEADING.match(text) and len(text) < 80 and not ends_sentence(text.rstrip(":")):
        look["ask_heading"] = 1.0
    if is_signatory_heading(line) or heads_inline_list(line):
        look["sign_heading"] = 1.0
        if heads_inline_list(line):
            look["inline_list"] = 1.0
    elif len(text) < 110 and (SIGN_ROOT.search(text) or _COUNTED.match(text)):
        look["sign_root"] = 1.0
    if index >= _DEEPEST_WORDS:
        return
    if name and len(text) <= 90:
        if is_person(re.split(r"[,|(/–—]|\s-\s", text)[0].strip()) and not is_organization(text):
            look["person"] = 1.0
        elif is_organization(text):
            look["organization"] = 1.0
    if len(text) <= 90 and is_role(text):
        look["role"] = 1.0


def _add_neighbours(blocks: list[Paragraph], looks: list[Look]) -> None:
    """What the blocks around a block say about it."""
    prose = [look.get("prose", 0.0) >= 1 for look in looks]
    last_prose = max((at for at, long in enumerate(prose) if long), default=-1)
    names = [
        look.get("name", 0.0) if "sign_heading" not in look and "closing_word" not in look else 0.0
        for look in looks
    ]
    closed = max((at for at in range(len(blocks)) if closing_words(blocks[at].text.strip("*_ "))), default=0)
    for look in looks[:closed]:
        # What asks to be contacted above the closing belongs to the text.
        for feature in ("afterword", "call_to_sign"):
            look.pop(feature, None)
    for at, passed in enumerate(accumulate(prose, initial=0)):
        if at < len(looks):
            _add_greeting(blocks, looks, at, passed)
    _address_groups(blocks, looks)
    dated = _letterhead_ends(looks)
    passed = 0
    for at, look in enumerate(looks):
        block = blocks[at]
        text = block.text.strip("*_ ") or block.mark
        if at < 4:
            look["top"] = 1.0
        if passed:
            look["text_before"] = min(1.0, passed / 2)
        ahead = sum(prose[at + 1 : at + 4])
        if at < last_prose and ahead:
            look["text_below"] = min(1.0, ahead / 2)
        around = [*names[max(0, at - 3) : at], *names[at + 1 : at + 4]]
        if around:
            look["names_around"] = sum(around) / max(3, len(around))
        following = names[at + 1 : at + 4]
        if following:
            look["names_follow"] = sum(following) / 3
        spaced_below = at + 1 >= len(blocks) or blocks[at + 1].spaced
        if block.spaced and spaced_below:
            look["apart"] = 1.0
        below = [
            looks[next_at] for next_at in range(at + 1, min(at + 3, len(looks))) if not blocks[next_at].spaced
        ]
        _add_closing(blocks, looks, at, text)
        if at < dated and not passed:
            look["above_date"] = 1.0
        near = [*([looks[at - 1]] if at and not block.spaced else []), *below[:1]]
        if any(other.get("address") for other in near):
            look["near_address"] = 1.0
        if look.get("dated_end") and (passed or at >= len(looks) - 3) and not (following and following[0]):
            look.pop("date", None)
        if (
            "above_date" in look
            and look.get("letter_word", 0) < 1
            and any("postal" in other for other in (look, *below))
        ):
            look["letterhead"] = 1.0
        if look.get("name", 0.0) < 0.75 and len(following) > 1 and min(following[:2]) >= 0.75 and passed:
            look["unlike_list"] = 1.0
        if (
            not at
            and "apart" in look
            and "sentence" not in look
            and len(text) <= 110
            and _prose_follows(looks)
        ):
            look["first_apart"] = 1.0
        if (
            at + 1 < len(blocks)
            and bool(block.marker) != bool(blocks[at + 1].marker)
            and following
            and following[0]
        ):
            look["unlike_list"] = 1.0
        passed += prose[at]


def _prose_follows(looks: list[Look]) -> bool:
    return any(look.get("prose", 0) >= 0.7 for look in looks[1:3])


def _address_groups(blocks: list[Paragraph], looks: list[Look]) -> None:
    """Lines that stand together with a street or a form of address are one address."""
    start = 0
    for at in range(1, min(len(blocks), _DEEPEST_HEAD) + 1):
        if (
            at < len(blocks)
            and not blocks[at].spaced
            and "date" not in looks[at]
            and "date" not in looks[at - 1]
        ):
            continue
        group = looks[start:at]
        strong = any(look.keys() & {"postal", "to_somebody"} or look.get("honorific") for look in group)
        if len(group) > 1 and strong and not any(look.get("prose", 0) >= 1 for look in group):
            for look in group:
                look["in_address"] = 1.0
        start = at


def _letterhead_ends(looks: list[Look]) -> int:
    """Where a date stands above the address of whom is written to: what is above it is the sender's."""
    for at, look in enumerate(looks[:20]):
        if "date" in look and "page_date" not in look:
            for below in looks[at + 1 : at + 8]:
                if below.keys() & {"salutation", "date"} or below.get("prose", 0) >= 1:
                    break
                if below.keys() & {"address", "to_label", "to_somebody"}:
                    return at
    return -1


def _add_greeting(blocks: list[Paragraph], looks: list[Look], at: int, passed: int) -> None:
    strength = greets(blocks, at, passed)
    look = looks[at]
    if strength >= 1:
        look["salutation"] = 1.0
    elif strength > 0:
        look["salutation_maybe"] = 1.0
    if strength:
        if at and not looks[at - 1].get("salutation"):
            looks[at - 1]["before_salutation"] = 1.0
    plain = 12 <= len(blocks[at].text) <= 220 and len(blocks[at].text.split()) >= 2
    if at and plain and (looks[at - 1].get("salutation") or looks[at - 1].get("salutation_maybe")):
        following = looks[at + 1] if at + 1 < len(looks) else {}
        if following.get("prose") and not look.get("comma") and not look.get("sentence"):
            look["after_salutation"] = 1.0


def _add_closing(blocks: list[Paragraph], looks: list[Look], at: int, text: str) -> None:
    look = looks[at]
    if closing_words(text):
        look["closing_word"] = 1.0
    elif CLOSING_SENTENCE.match(text) and len(text) < 400:
        look["closing_sentence"] = 1.0
    elif closing_by_its_place(blocks, at):
        look["closing_place"] = 1.0


def _add_ask_runs(blocks: list[Paragraph], looks: list[Look], begin: int) -> None:
    stop = next(
        (
            at
            for at in range(begin, len(looks))
            if looks[at].keys() & {"closing_word", "sign_heading", "copy_label"}
        ),
        len(blocks),
    )
    for run in ask_runs(blocks, begin, stop):
        _add_run(blocks, looks, run)


def _add_run(blocks: list[Paragraph], looks: list[Look], run: AskRun) -> None:
    texts = [blocks[at].text or blocks[at].mark for at in run.heads]
    named = [0.0 if ends_sentence(blocks[at].text) else looks[at].get("name", 0.0) for at in run.heads]
    inside = sum(
        looks[at].get("prose", 0) > 0
        for at in range(run.heads[0], min(run.end, len(looks)))
        if at not in run.heads
    )
    bold = sum(2 < blocks[at].strong < len(blocks[at].text) for at in run.heads)
    titled = run.titled or bold >= 0.6 * len(run.heads) or inside >= 0.6 * len(run.heads)
    measures = {
        "in_run": 1.0 if len(run.heads) > 1 or run.led else 0.4,
        "run_led": run.led,
        "run_reasons": run.reasons,
        "run_announced": run.announced,
        "run_asks": sum(0.6 if capitals_share(text) is None else demands(text) for text in texts) / len(texts),
        "run_names": sum(named) / len(named),
        "run_sentences": sum(map(ends_sentence, texts)) / len(texts),
        "run_titled": float(titled),
    }
    if titled:
        measures["run_names"] *= 0.2
    heads = frozenset(run.heads)
    for at in run.heads:
        looks[at].update({feature: value for feature, value in measures.items() if value})
        if at != run.heads[0]:
            looks[at]["run_goes_on"] = 1.0
    for at in range(run.heads[0], min(run.end, len(looks))):
        if at not in heads:
            looks[at]["inside_run"] = 1.0
            if at > run.heads[-1]:
                looks[at]["inside_last"] = 1.0
            if measures["run_names"]:
                looks[at]["run_names"] = measures["run_names"]
    if run.heads[0]:
        looks[run.heads[0] - 1]["above_run"] = 1.0
        if run.reasons:
            looks[run.heads[0] - 1]["reasons"] = run.reasons

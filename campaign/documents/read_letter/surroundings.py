"""What the blocks around each block of a letter say about it: its place, its neighbours, its list."""

import re
from collections.abc import Sequence
from itertools import accumulate

from campaign.documents.read_letter.anchors import closing_by_its_place, closing_words, greets
from campaign.documents.read_letter.ask_runs import AskRun, ask_runs
from campaign.documents.read_letter.demanding import demands
from campaign.documents.read_letter.paragraphs import Paragraph
from campaign.documents.read_letter.sentences import ends_sentence
from campaign.documents.read_letter.shapes import capitals_share
from campaign.documents.read_letter.words.closings import CLOSING_SENTENCE

Look = dict[str, float]
# Only the beginning of a letter is searched for addresses.
DEEPEST_HEAD = 90
_NOT_IN_ADDRESS = frozenset(
    (
        "letter_word",
        "stands_out",
        "salutation",
        "salutation_maybe",
        "subject_label",
        "copy_label",
        "sentence",
        "colon",
    )
)
_OF_ADDRESS = frozenset(("address", "postal", "role", "honorific"))
_NO_NAMES = frozenset(("sign_heading", "closing_word"))
_ANSWERS = re.compile(
    r"(?:(?:the |our )?(?:reply|response|answer) (?:from|of|by|to)\b|(?:statement|letter) in (?:reply|"
    r"response)\b|"
    r"réponse (?:de|du|à)\b|respuesta (?:de|del|a)\b|antwort (?:der|des|von)\b|(?:官方)?(?:回复|回覆|"
    r"答复|答覆)).{0,80}$",
    re.IGNORECASE,
)


def add_neighbours(blocks: Sequence[Paragraph], looks: list[Look]) -> None:
    """What the blocks around each block say about it."""
    prose = [look.get("prose", 0.0) >= 1 for look in looks]
    names = [0.0 if look.keys() & _NO_NAMES else look.get("name", 0.0) for look in looks]
    _free_what_stands_above_the_closing(blocks, looks)
    for at, passed in enumerate(accumulate(prose, initial=0)):
        if at < len(looks):
            _add_greeting(blocks, looks, at, passed)
    _address_groups(blocks, looks)
    dated = _letterhead_ends(looks)
    for at, passed in enumerate(accumulate(prose, initial=0)):
        if at == len(looks):
            break
        look = looks[at]
        _add_place(look, at, passed, prose)
        _add_names_around(blocks, looks, at, passed, names)
        _add_closing(blocks, looks, at)
        _add_address(blocks, looks, at, above_date=at < dated and not passed)
    _add_opening(blocks, looks)
    _add_answer(blocks, looks)


def _free_what_stands_above_the_closing(blocks: Sequence[Paragraph], looks: list[Look]) -> None:
    """What asks to be contacted, or to sign, above the closing belongs to the text."""
    closed = max((at for at, block in enumerate(blocks) if closing_words(block.text.strip("*_ "))), default=0)
    for look in looks[:closed]:
        look.pop("afterword", None)
        look.pop("call_to_sign", None)


def _add_place(look: Look, at: int, passed: int, prose: Sequence[bool]) -> None:
    if at < 4:
        look["top"] = 1.0
    if passed:
        look["text_before"] = min(1.0, passed / 2)
    if ahead := sum(prose[at + 1 : at + 4]):
        look["text_below"] = min(1.0, ahead / 2)


def _add_names_around(
    blocks: Sequence[Paragraph], looks: list[Look], at: int, passed: int, names: Sequence[float]
) -> None:
    look, block = looks[at], blocks[at]
    following = names[at + 1 : at + 4]
    around = [*names[max(0, at - 3) : at], *following]
    if around:
        look["names_around"] = sum(around) / max(3, len(around))
    if following:
        look["names_follow"] = sum(following) / 3
    next_name = following[0] if following else 0.0
    if block.spaced and (at + 1 == len(blocks) or blocks[at + 1].spaced):
        look["apart"] = 1.0
    if look.get("dated_end") and (passed or at >= len(looks) - 3) and not next_name:
        look.pop("date", None)
    other = next_name and bool(block.marker) != bool(blocks[at + 1].marker)
    above_names = look.get("name", 0.0) < 0.75 and len(following) > 1 and min(following[:2]) >= 0.75
    if other or (above_names and passed and "prose" not in look):
        look["unlike_list"] = 1.0


def _add_address(blocks: Sequence[Paragraph], looks: list[Look], at: int, *, above_date: bool) -> None:
    look = looks[at]
    below = [looks[after] for after in range(at + 1, min(at + 3, len(looks))) if not blocks[after].spaced]
    near = [*(looks[at - 1 : at] if at and not blocks[at].spaced else ()), *below[:1]]
    if any("address" in other for other in near):
        look["near_address"] = 1.0
    if above_date:
        look["above_date"] = 1.0
        if look.get("letter_word", 0) < 1 and any("postal" in other for other in (look, *below)):
            look["letterhead"] = 1.0


def _add_opening(blocks: Sequence[Paragraph], looks: list[Look]) -> None:
    """A line alone at the top of running text is likely its title, whatever it says."""
    first = looks[0] if looks else {}
    above_text = any(look.get("prose", 0) >= 0.7 for look in looks[1:3])
    if "apart" in first and "sentence" not in first and len(blocks[0].text) <= 110 and above_text:
        first["first_apart"] = 1.0
    greeted = next((at for at, look in enumerate(looks) if "salutation" in look), 0)
    if any(look.get("prose", 0) >= 1 for look in looks[greeted + 1 :]):
        for look in looks[:greeted]:
            look["above_salutation"] = 1.0


def _add_answer(blocks: Sequence[Paragraph], looks: list[Look]) -> None:
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


def _address_groups(blocks: Sequence[Paragraph], looks: list[Look]) -> None:
    """Lines that stand together with a street, a rank or a form of address are one address."""
    start = 0
    for at in range(1, min(len(blocks), DEEPEST_HEAD) + 1):
        if at < len(blocks) and _stand_together(blocks, looks, at):
            continue
        group = looks[start:at]
        strong = any(look.keys() & {"postal", "to_somebody", "honorific"} for look in group) or (
            len(group) > 2 and any("role" in look for look in group)
        )
        if len(group) > 1 and strong and not any(look.get("prose", 0) >= 1 for look in group):
            # What stands alone above the salutation, and could be no part of an address, is rather a subject.
            last = group[-1].keys()
            apart = blocks[at - 1].spaced and "before_salutation" in last and not last & _OF_ADDRESS
            for look in group[: -1 if apart else None]:
                look["in_address"] = 1.0
        start = at


def _stand_together(blocks: Sequence[Paragraph], looks: Sequence[Look], at: int) -> bool:
    """Whether no blank line parts two lines, or one parts each line from the next, as in Word."""
    pair = (looks[at - 1], looks[at])
    if any("date" in look for look in pair):
        return False
    if not blocks[at].spaced:
        return True
    single = blocks[at - 1].spaced and (at + 1 == len(blocks) or blocks[at + 1].spaced)
    return single and not any(look.keys() & _NOT_IN_ADDRESS or "short" not in look for look in pair)


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


def _add_greeting(blocks: Sequence[Paragraph], looks: list[Look], at: int, passed: int) -> None:
    strength = greets(blocks, at, passed)
    look = looks[at]
    if strength >= 1:
        look["salutation"] = 1.0
    elif strength > 0:
        look["salutation_maybe"] = 1.0
    if strength and at and not looks[at - 1].get("salutation"):
        looks[at - 1]["before_salutation"] = 1.0
    plain = 12 <= len(blocks[at].text) <= 220 and len(blocks[at].text.split()) >= 2
    if at and plain and (looks[at - 1].get("salutation") or looks[at - 1].get("salutation_maybe")):
        following = looks[at + 1] if at + 1 < len(looks) else {}
        if following.get("prose") and not look.get("comma") and not look.get("sentence"):
            look["after_salutation"] = 1.0


def _add_closing(blocks: Sequence[Paragraph], looks: list[Look], at: int) -> None:
    look, text = looks[at], blocks[at].text.strip("*_ ") or blocks[at].mark
    if closing_words(text):
        look["closing_word"] = 1.0
    elif CLOSING_SENTENCE.match(text) and len(text) < 400:
        look["closing_sentence"] = 1.0
    elif closing_by_its_place(blocks, at):
        look["closing_place"] = 1.0


def add_ask_runs(blocks: list[Paragraph], looks: list[Look], begin: int) -> None:
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
        "run_asks": sum(0.6 if capitals_share(text) is None else demands(text) for text in texts)
        / len(texts),
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

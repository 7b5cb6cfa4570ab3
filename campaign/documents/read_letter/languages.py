"""Which language a text is in, by its script and its most frequent small words."""

import re
from collections import Counter

from campaign.documents.read_letter.words.patterns import words_in

_SCRIPTS = (
    ("arabic", re.compile("[\u0600-\u06ff\u0750-\u077f]")),
    ("han", re.compile("[\u4e00-\u9fff\u3400-\u4dbf]")),
    ("kana", re.compile("[\u3041-\u30ff]")),
    ("tibetan", re.compile("[\u0f40-\u0fbc]")),
    ("cyrillic", re.compile("[\u0400-\u04ff]")),
    ("hangul", re.compile("[\uac00-\ud7a3]")),
    ("latin", re.compile("[A-Za-z\u00c0-\u024f]")),
    ("greek", re.compile("[\u0370-\u03ff]")),
    ("devanagari", re.compile("[\u0900-\u097f]")),
    ("thai", re.compile("[\u0e01-\u0e5b]")),
    ("hebrew", re.compile("[\u05d0-\u05ea]")),
)
_SINGLE = {
    "tibetan": "bo",
    "hangul": "ko",
    "kana": "ja",
    "greek": "el",
    "devanagari": "hi",
    "thai": "th",
    "hebrew": "he",
}
# Letters that Uyghur writes and neither Arabic nor Persian does.
_UYGHUR = re.compile("[ەېۈۆۇۋڭ]")
_PERSIAN = re.compile("[پچگژیک]")
_SIMPLIFIED = frozenset(
    "们这国对时会来为发后说学经过还没进动与关权东员问长门听书车见马语请让认议论设证话该谈变乐义习团护严机构织联释审报总统众应"
)
_TRADITIONAL = frozenset(
    "們這國對時會來為發後說學經過還沒進動與關權東員問長門聽書車見馬語請讓認議論設證話該談變樂義習團護嚴機構織聯釋審報總統眾應"
)
_STOP = {
    "en": words_in(
        "the of and to in that for is we our with on are this by be as have has not from you your will their "
    ),
    "fr": words_in(
        "le la les des et de du en que nous vous est dans pour sur par une un qui au aux ne "
        "pas ce cette sont leur votre "
    ),
    "es": words_in(
        "el la los las de y que en del por para con una un se su sus es no al como nosotros "
        "sobre este esta han más "
    ),
    "de": words_in(
        "der die das und in den von zu mit ist für auf wir nicht des dem ein eine sich sie im "
        "werden als auch ihre "
    ),
    "pt": words_in(
        "o a os as de e que em do da dos das por para com uma um não se na no ao são nós sobre mais seu pelo "
    ),
    "it": words_in(
        "il la i le di e che in del della per con una un non si è gli dei delle al sono alla nel questo noi "
    ),
    "nl": words_in(
        "de het een en van in dat is op te voor met zijn wij niet aan door om ook hun deze ons worden "
    ),
    "tr": words_in("ve bir bu için ile da de olarak olan biz çok daha ne gibi kadar sonra ancak insan tüm "),
    "pl": words_in("i w na z się nie do że jest o to od jak przez dla oraz po które są ich "),
    "sv": words_in("och i att det som en på är av för med den till inte vi har om ett de "),
    "vi": words_in("và của các là cho trong một với những không được người có này chúng tôi "),
    "id": words_in("yang dan di untuk dengan dari pada ini tidak dalam kami akan oleh adalah kepada "),
}
_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE = 60_000


def language_of(text: str) -> str | None:
    """The BCP 47 tag of the language most of the text is in; None where nothing tells."""
    sample = text[:_SAMPLE]
    counts = {script: len(pattern.findall(sample)) for script, pattern in _SCRIPTS}
    # One Han character or syllable says about as much as three letters.
    counts["han"] *= 3
    counts["kana"] *= 3
    counts["hangul"] *= 2
    script = max(counts, key=lambda name: counts[name])
    if not counts[script]:
        return None
    if script == "han":
        return "ja" if counts["kana"] > 0.15 * counts["han"] else _chinese(sample)
    if script == "arabic":
        return _arabic(sample, counts["arabic"])
    if script == "cyrillic":
        return "uk" if re.search("[іїєґ]", sample) else "ru"
    return _latin(sample) if script == "latin" else _SINGLE.get(script)


def _chinese(text: str) -> str:
    simplified = sum(character in _SIMPLIFIED and character not in _TRADITIONAL for character in text)
    traditional = sum(character in _TRADITIONAL and character not in _SIMPLIFIED for character in text)
    return "zh-Hant" if traditional > simplified else "zh-Hans"


def _arabic(text: str, letters: int) -> str:
    if len(_UYGHUR.findall(text)) > 0.06 * letters:
        return "ug"
    return "fa" if len(_PERSIAN.findall(text)) > 0.05 * letters else "ar"


def _latin(text: str) -> str | None:
    counts = Counter(_WORD.findall(text.lower()))
    scores = {language: sum(counts[word] for word in stop) for language, stop in _STOP.items()}
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] >= 2 else None

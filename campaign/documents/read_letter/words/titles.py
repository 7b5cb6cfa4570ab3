"""What letters call themselves."""

import re

LETTER_WORDS = re.compile(
    r"\b(?:letter|statement|appeal|petition|open|joint|call|declaration|resolution|press release|"
    r"submission|lettre|tribune|communiqué|"
    r"déclaration|appel|pétition|carta|declaración|comunicado|llamamiento|pronunciamiento|brief|"
    r"offener|erklärung|appell|aufruf|"
    r"lettera|appello|mektup|письмо|обращение|заявление)\b"
    r"|公开信|公開信|联署|聯署|声明|聲明|呼吁|呼籲|请愿|請願|倡议|倡議|致.{2,30}信|建议书|建議書"
    r"|ئوچۇق خەت|خەت|بايانات|رسالة|بيان|"
    r"نداء|འབོད་སྐུལ|གསལ་བསྒྲགས|ཡི་གེ",
    re.IGNORECASE,
)

LETTER_NOUN = re.compile(
    r"\b(?:letter|statement|appeal|petition|lettre|carta|communiqué|declaración|brief)\b|公开信|公開信|声明|聲明",
    re.IGNORECASE,
)

OPENS_AS_LETTER = re.compile(
    r"(?:an? |the |une? |ein(?:e)? )?(?:(?:open|joint|public|common|solidarity|offener?|"
    r"gemeinsame[rs]?) ){0,2}"
    r"(?:letter|statement|appeal|petition|declaration|manifesto|lettre (?:ouverte|commune)|tribune|"
    r"communiqué|appel|"
    r"déclaration|carta (?:abierta|aberta)|declaración|comunicado|manifiesto|manifesto|nota (?:pública|"
    r"conjunta)|brief|"
    r"erklärung|stellungnahme|aufruf|lettera aperta|appello|open brief|открытое письмо|обращение|заявление)\b"
    r"|.{0,30}(?:公开信|公開信|声明|聲明)$|رسالة مفتوحة|بيان",
    re.IGNORECASE,
)

"""How letters greet whom they address."""

import re

from campaign.documents.read_letter.words.patterns import starts_with

_END = r"(?=[\s,.:;!،：，。]|$)"

# A line that opens with one of these greets somebody, whatever its end.
SALUTATION = starts_with(
    rf"dear{_END}",
    r"to whom it may concern",
    r"(?:most )?(?:esteemed|honou?rable|respected) (?:members?|president|prime|minister|senators?|"
    r"delegates|sir|madam)",
    r"(?:your|their) (?:excellenc|royal|serene|eminence|holiness|honou?r|majest|highness)",
    r"excellenc(?:y|ies|e|es|ia)\s*[,:]",
    r"ladies and gentlemen",
    r"ch[eè]re?s?\s+(?=[A-ZÀ-Ý])",
    r"très honorable",
    r"estimad[oa]s?(?:/as?|/os?|\(as?\))?\b",
    r"(?:excelent[íi]sim|distinguid|apreciad|querid|respetad|muy señor|ilustr[íi]sim)[a-zñ]*\b",
    r"sehr geehrte[rn]?\b",
    r"liebe[rn]?\s+(?=[A-ZÄÖÜ])",
    r"prezad[oa]s?\b|excelent[íi]ssim[oa]s?\b|car[oa]s?\s+(?=[A-Z])",
    r"egregi[oae]?\b|gentil[ei](?:ssim[oaie])?\b|onorevol[ei]\b",
    r"geachte\b|beste\s+(?=[A-Z])|szanown[aiy]|kære\b|kära\b|sayın\b|değerli\b",
    r"уважаем\w*|шановн\w*|глубокоуважаем\w*",
    r"尊敬的|敬爱的|敬愛的|亲爱的|親愛的|敬启者|敬啟者|致敬的|各位(?:尊敬的)?(?:领导|領導|代表|议员|議員|委员|委員|朋友)",
    r"ھۆرمەتلىك|قەدىرلىك|سۆيۈملۈك",
    r"(?:السيد|السيدة|السادة|سعادة|معالي|فخامة|سيادة|صاحب|إلى من يهمه|عزيزي|أعزائي|حضرة)\b",
    r"གུས་བརྩི|སྐུ་ཞབས|བརྩེ་བའི|མཆོག་ལགས|དཔལ་ལྡན|བཀུར་འོས",
    r"존경하는|친애하는|拝啓|前略|kính gửi|kính thưa",
)

# These greet only when the line ends as a salutation does, with a comma, a colon or an exclamation mark.
SALUTATION_IF_ENDED = starts_with(
    r"(?:mr|mrs|ms|madam|madame|sir|sirs|dr|prof|hon|honou?rable)\b\.?",
    r"(?:mister|president|prime minister|minister|senators?|secretary|chair(?:man|woman)?|commissioners?|"
    r"ambassadors?|governor|mayor|congress(?:man|woman)|representatives?|members? of|friends|"
    r"attorney[- ]general|director(?:[- ]general)?|chancellor|judges?|justices?|councill?ors?|"
    r"(?:high )?commissioner|(?:special )?rapporteurs?|professor|my lords?|lord|delegates|comrades|"
    r"neighbou?rs|fellow|"
    r"colleagues|all|greetings)\b",
    r"(?:to|open letter to) (?:president|prime|minister|the |all |our |every|whom|ministers|members|"
    r"senators|judges|leaders|delegates)",
    r"(?:mesdames|madame|messieurs|monsieur|mademoiselle|excellence)\b",
    r"(?:señor|señora|señores|señoras|sr|sra|sres)\b\.?",
    r"(?:senhor|senhora|signor|signora|signore)\b",
    r"(?:господин|госпожа|пан|пані)\b",
)

SALUTATION_HAN = re.compile(
    r".{1,40}(?:主席|总统|總統|总理|總理|部长|部長|先生|女士|阁下|閣下|书记|書記|议员|議員|议长|議長|委员|委員|"
    r"委员会|法官|局长|局長|院长|院長|代表|大使|特首|行政长官|行政長官|同志|诸公|鈞鑒|钧鉴|台鑒|台鉴|們|们)(?:们|們)?\s*[：:，,]$"
)

# Greetings to nobody in particular name no addressee.
TO_NOBODY = starts_with(
    r"to whom",
    r"dear (?:all|sir|madam|sirs|friends?|colleagues?|reader)",
    r"friends",
    r"colleagues",
    r"all\b",
    r"ladies",
    r"greetings",
    r"madame,? monsieur",
    r"mesdames,? messieurs",
    r"monsieur,? madame",
    r"敬启者|敬啟者",
    r"excellenc",
    r"your excellenc",
    r"sehr geehrte damen",
    r"estimad[oa]s? señor(?:es|as)?\s*[,:]",
)

GREETING_WORDS = starts_with(
    r"dear\s+",
    r"estimad[oa]s?\s+",
    r"ch[eè]re?s?\s+",
    r"sehr geehrte[rn]?\s+",
    r"prezad[oa]s?\s+",
    r"sayın\s+",
    r"尊敬的",
    r"敬爱的",
    r"敬愛的",
    r"亲爱的",
    r"親愛的",
    r"ھۆرمەتلىك\s+",
    r"уважаем\w*\s+",
    r"to\s+",
)

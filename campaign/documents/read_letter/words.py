"""The words by which letters in many languages show their parts: data, one table per subject.

Regular expressions here are matched against a single trimmed line, case-insensitively, from its start.
"""

import re

from campaign.documents.read_letter.lines import words_in


def _starts(*forms: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(forms)})", re.IGNORECASE)


_END = r"(?=[\s,.:;!،：，。]|$)"

# A line that opens with one of these greets somebody, whatever its end.
SALUTATION = _starts(
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
SALUTATION_IF_ENDED = _starts(
    r"(?:mr|mrs|ms|madam|madame|sir|sirs|dr|prof|hon|honou?rable)\b\.?",
    r"(?:mister|president|prime minister|minister|senators?|secretary|chair(?:man|woman)?|commissioners?|"
    r"ambassadors?|governor|mayor|congress(?:man|woman)|representatives?|members? of|friends|"
    r"attorney[- ]general|director(?:[- ]general)?|chancellor|judges?|justices?|councill?ors?|"
    r"(?:high )?commissioner|(?:special )?rapporteurs?|professor|my lords?|lord|delegates|comrades|"
    r"neighbou?rs|fellow|"
    r"colleagues|all|greetings)\b",
    r"(?:to|open letter to) (?:president|prime|minister|the |all |our |every|whom)",
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
TO_NOBODY = _starts(
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
GREETING_WORDS = _starts(
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

# A closing is one of these alone on its line, or at the head of the sentence that ends the letter.
CLOSING_ALONE = _starts(
    r"(?:(?:yours|most|very|we remain|we are|i am)\s+)*(?:sincerely|respectfully|faithfully|truly|cordially)"
    r"(?:\s+(?:yours|submitted|and sincerely|requested|and in solidarity))*",
    r"yours(?:\s+in\s+\w+)?",
    r"with (?:\w+ ){0,3}(?:respect|hope|regards?|solidarity|gratitude|concern|determination)(?: "
    r"and \w+)?",
    r"(?:with\s+)?(?:(?:our|my|the|kind|kindest|warm|warmest|best|highest|deep|all|great)\s+)*"
    r"(?:regards|wishes|respects?|esteem|gratitude|thanks|appreciation|consideration)",
    r"in (?:solidarity|hope|peace|service|partnership|friendship|community|faith|gratitude)(?:\s+and\s+\w+)?",
    r"thank(?:s| you)(?: (?:so|very) much| again| in advance)?(?: for your (?:time|attention|consideration)"
    r"(?: (?:to|of|and) [\w ]{1,40})?)?",
    r"signed",
    r"cordially",
    r"in witness whereof",
    r"for (?:freedom|justice|human rights|peace)",
    r"(?:bien |très )?(?:cordialement|respectueusement|sincèrement|fraternellement|solidairement)",
    r"(?:meilleures|sincères|cordiales|respectueuses) salutations",
    r"salutations \w+",
    r"(?:muy )?(?:atentamente|cordialmente|respetuosamente|sinceramente|solidariamente|fraternalmente)",
    r"(?:un )?(?:cordial |atento |fraternal )?saludos?(?: \w+)?",
    r"con (?:respeto|aprecio|solidaridad|esperanza)",
    r"(?:mit )?(?:\w+ )?(?:freundlichen|besten|herzlichen|solidarischen|vorzüglicher|kollegialen) \w+",
    r"hochachtungsvoll",
    r"atenciosamente|respeitosamente|cordiali saluti|distinti saluti|met vriendelijke groet\w*|z "
    r"poważaniem|saygılarımızla|"
    r"saygılarımla|с уважением|з повагою",
    r"谨此|謹此|此致\s*敬[礼禮]|此致|敬[礼禮]|谨启|謹啟|谨致|謹致|敬上|谨上|謹上|敬启|敬啟|顺颂\w*|順頌\w*|祝好|此颂\w*|"
    r"(?:顺|順|敬)祝\w{0,8}|谢谢|謝謝|联署如下",
    r"(?:چوڭقۇر |سەمىمىي |ئالىي )?(?:ھۆرمەت|سالام|ئېھتىرام)(?:لەر|ىمىز|ىم)?(?: بىلەن| ئىلە)",
    r"رەھمەت",
    r"(?:و?تفضلوا ب?قبول|وتقبلوا|مع (?:خالص|فائق|أطيب|وافر|كل) |تحياتنا|مع الاحترام|وتفضلوا)[\w\s]{0,60}",
    r"གུས་(?:བཏུད|འདུད|ལུགས|བརྩི)[\u0f00-\u0fff]{0,30}|བཀྲ་ཤིས་བདེ་ལེགས|བཀའ་དྲིན་ཆེ|ཐུགས་རྗེ་ཆེ[\u0f00-\u0fff]{0,12}",
    r"敬具|草々|감사합니다|올림|드림|trân trọng",
)
CLOSING_SENTENCE = _starts(
    r"(?:nous vous prions|je vous prie|nous vous demandons)[^.]{0,60}(?:d['’]agréer|de croire|de "
    r"recevoir|d['’]accepter)",
    r"veuillez (?:agréer|recevoir|croire|accepter|trouver)",
    r"(?:dans l['’]attente|en vous remerciant|en espérant|avec nos remerciements|restant à votre)[^.]{0,200}"
    r"(?:agréer|croire|recevoir|salutations|considération)",
    r"(?:agréez|recevez|croyez)[^.]{0,80}(?:salutations|considération|sentiments)",
    r"(?:sin otro particular|sin más|agradeciendo)[^.]{0,160}(?:salud|atentamente|despedimos|cordial)",
    r"(?:le|les|lo|la|los) salud(?:a|an|amos)\b",
    r"recib(?:a|an)[^.]{0,80}saludos?",
    r"(?:please accept|accept),?[^.]{0,80}(?:assurance|expression|consideration|respect)",
    r"(?:wir )?verbleiben[^.]{0,60}(?:grüßen|hochachtung)",
)

SUBJECT_LABEL = _starts(
    r"(?:re|subject|regarding|ref|in re|concerning)\s*[:：]\s*",
    r"(?:objet|concerne)\s*:\s*",
    r"(?:asunto|ref|referencia|assunto|oggetto|konu|onderwerp|betreft)\s*\.?:\s*",
    r"(?:betreff|betrifft)\s*:\s*",
    r"(?:тема|предмет)\s*:\s*",
    r"(?:主题|主題|主旨|事由|标题|標題|题目|題目|关于|關於|件名)\s*[:：]\s*",
    r"(?:تېما|ماۋزۇ|مەزمۇنى?)\s*[:：]\s*",
    r"(?:الموضوع|بخصوص|الموضوع)\s*[:：]\s*",
    r"(?:བརྗོད་གཞི|བརྗོད་དོན|དོན་ཚན)[་།]*\s*[:：]?\s*(?=[\u0f00-\u0fff])",
)
TO_LABEL = _starts(
    r"(?:to|attn|attention|for the attention of|addressed to)\s*:\s*",
    r"(?:à l['’]attention de|à|destinataires?)\s*:\s*",
    r"(?:para|a|al?|dirigid[oa] a|a la atención de|an|zu händen|destinatari[oa]s?)\s*:\s*",
    r"(?:致|呈|收件人|受文者|谨致|謹致)\s*[:：]\s*",
    r"(?:إلى|الى|السادة)\s*[:：]\s*",
    r"(?:قوبۇل قىلغۇچى|كىمگە)\s*[:：]\s*",
)
# "To the President of …" on a line of its own names an addressee.
TO_SOMEBODY = re.compile(
    r"(?:To(?: the)?|[ÀA] l['’]attention de|À|An)\s+(?=(?:all |our |le |la |les |das |die |den )?[A-ZÀ-Ý])"
)
# "To the", "An die" alone on a line: the official follows on the next.
TO_ALONE = _starts(r"(?:to(?: the)?|an(?: (?:die|den|das))?|à(?: l['’]attention de)?|al?|a la)\s*:?$")
BYLINE = re.compile(r"(?:By|Par|Por|Von|Da)\s+(?:un |une |una |the |a )?\w", re.IGNORECASE)
FROM_LABEL = _starts(r"(?:from|von|de|de la part de|发件人|發件人|寄件人|من)\s*[:：]\s*(?=\S)")
DATE_LABEL = _starts(
    r"(?:date[d]?|datum|fecha|data|日期|时间|時間|التاريخ|ۋاقتى|چېسلا)\s*[:：]\s*",
)
PAGE_DATE_LABEL = _starts(
    r"(?:published|posted|publicado|publié|veröffentlicht|last updated|updated|updated on|released|"
    r"release date|发布|發布|发表|"
    r"發表|发布时间|發佈|更新)(?:\s+(?:on|le|el|am|at|in))?\s*[:：]?\s*",
)
COPY_LABEL = _starts(
    r"(?:c\.\s?c\.?|cc|c/c|cc['’]?d|carbon copy|copied|copies?(?: to)?|with (?:a )?cop(?:y|ies) to|"
    r"copies? sent to|"
    r"courtesy cop(?:y|ies)(?: to)?|copy to)\s*[:：]\s*",
    r"(?:copies?(?: à)?|copie pour information|en copie|ampliations?)\s*[:：]\s*",
    r"(?:con copia(?: a| para)?|copia(?: a| para)?|ccp)\s*[:：]\s*",
    r"(?:c\.\s?c\.|cc\.)\s?(?:p\.)?\s*[:：]?\s*(?=\w)",
    r"(?:kopie(?: an)?|in kopie|durchschrift)\s*[:：]\s*",
    r"(?:cópia|com cópia(?: para)?|copia a|копия|копии|копія)\s*[:：]\s*",
    r"(?:副本抄送|副本送|抄送|副本|抄報|抄报|副本抄送|副本送|抄呈|抄致)\s*[:：]?\s*",
    r"(?:نسخة(?: إلى)?|نسخ(?: إلى)?|صورة إلى)\s*[:：]\s*",
    r"(?:كۆپىيە|كۆپىيىسى|نۇسخىسى)\s*[:：]?\s*",
    r"(?:འདྲ་བཤུས)[་།]*\s*[:：]?\s*",
)
REGIONS = words_in(
    """
    africa asia europe americas oceania pacific asia-pacific mena international global regional national local
    afrique europe amériques asie áfrica américa europa asia oceanía
    """
)
COPY_ALONE = _starts(r"(?:c\.?\s?c\.?|copied|copies(?: to)?|copie|copia|抄送|副本)\s*$")
BLIND_COPY_LABEL = _starts(
    r"(?:b\.?\s?c\.?\s?c\.?|blind cop(?:y|ies)|cci|cco|密送|密件抄送|密件副本)\s*[:：]\s*"
)

# Core words name those who signed; a heading of signatories holds a core word and otherwise only fillers.
SIGNATORY_CORE = words_in(
    """
    signatories signatory signataires signataire firmantes firmante firman signed signers cosigners
    cosignatories cosignataires endorsers endorsements endorsed undersigned supporters organizations
    organisations organization organisation orgs individuals ngos ong ongs institutions academics
    scholars experts journalists artists groups organizaciones organización individuos personas
    particulares personnalités associations associaciones asociaciones adherentes suscriben firmas
    signatures unterzeichnende unterzeichner unterzeichnerinnen unterzeichnet erstunterzeichner
    erstunterzeichnerinnen organisationen einzelpersonen assinam signatários firmatari lawyers
    politicians parliamentarians companies businesses coalitions networks syndicats unions
    collectifs writers faculty подписали подписанты подписи sygnatariusze imzacılar ondertekenaars
    """
)
SIGNATORY_FILLER = words_in(
    """
    the by of list and in their our following below first initial original full as at from with for
    on to personal capacity international national regional local global civil society supporting
    member state us usa u s uk eu human rights community joint other additional new to date is are
    name names have this letter statement has been all also we les la le des de du et en premiers
    premières organismes à titre individuel par liste internationales nationales los las el y por
    lista primeras primeros internacionales nacionales sociedad derechos humanos civiles del die der
    und von liste im in eigenem namen co alphabetical order affiliation affiliations listed purposes
    only identification religious faith labor labour academic non profit nonprofit governmental
    based grassroots independent endorsing organizational institutional individual civic women
    womens youth lgbt faculty media press freedom tibetan uyghur uighur chinese african european
    american asian latin student diaspora
    """
)
# Any of these alone suffices, and cannot stand for an organization of that name.
SIGNATORY_SURE = words_in(
    """
    signatories signatory signataires firmantes signed signers cosigners cosignatories endorsers
    undersigned signatures firman suscriben firmas unterzeichner unterzeichnerinnen unterzeichnende
    erstunterzeichner erstunterzeichnerinnen подписали подписанты imzacılar firmatari assinam
    signatários ondertekenaars cosignataires
    """
)
SIGNATORY_HEAD_OTHER = re.compile(
    r"(?:首批|第一批|全体|全體|主要|共同|最新)?(?:联署|聯署|连署|連署|签署|簽署|签名|簽名|发起|發起|署名|联合签名|聯合簽名|具名)"
    r"(?:人|者|机构|機構|组织|組織|团体|團體|名单|名單|单位|單位|信息|公民|学者|學者)*(?:名单|名單|如下|（[^）]{0,20}）|\([^)]{0,20}\))?\s*[：:]?$"
    r"|(?:机构|機構|组织|組織|团体|團體|个人|個人|团体联署|个人联署)\s*[：:]$"
    r"|(?:ئىمزا قويغۇچىلار|ئىمزا قويغۇچى|ئىمزالىغۇچىلار|ئىمزا)(?:\s+\w+)?\s*[:：]?$"
    r"|(?:الموقعون|الموقعين|الموقّعون|المنظمات الموقعة|الجهات الموقعة|التوقيعات|الموقعون أدناه)\s*[:：]?$"
    r"|(?:མིང་རྟགས|མཚན་རྟགས)[\u0f00-\u0fff]{0,40}\s*[:：]?$"
)
SIGN_ROOT = re.compile(
    r"\b(?:(?:co-?)?sign(?:ed|ator|ers|ing)|undersigned|endors|sigñ|signat|firmant|suscri|unterzeich)", re.I
)
INDIVIDUALS = _starts(
    r".*\b(?:individuals?|individuos|personas|particulares|personnalités|einzelpersonen|academics|"
    r"scholars|experts|"
    r"journalists|artists|lawyers|writers|faculty|titre individuel|personal capacity|personal)\b",
    r".*(?:个人|個人|学者|學者|公民|人士)",
)
ORGANIZATIONS = _starts(
    r".*\b(?:organi[sz]ations?|orgs|ngos|ongs?|groups|organizaciones|asociaciones|associations|"
    r"organisationen|"
    r"companies|networks|unions|syndicats|collectifs|institutions|coalitions)\b",
    r".*(?:机构|機構|组织|組織|团体|團體|单位)",
    r"(?:المنظمات|الجهات)",
)

# What a sentence that leads into asks holds.
ASK_WORDS = re.compile(
    r"\b(?:we|i|and|to|also|therefore|hereby|strongly|respectfully|undersigned|organi[sz]ations|"
    r"signatories|coalition)?\W{0,2}"
    r"(?:call(?:s|ing)? (?:on|upon|for)|urg(?:e|es|ing)|ask(?:s|ing)? (?:that|you|for|the)|"
    r"request(?:s|ing)?|demand(?:s|ing)?|"
    r"recommend(?:s|ing|ations?)?|implore|appeal to|encourage|propose|insist|seek|petition|exhort|expect)\b"
    r"|\b(?:following|these|our|key|specific|policy|concrete|below) (?:\w+ ){0,3}(?:steps|measures|"
    r"actions?|asks?|demands|"
    r"recommendations|commitments|requests|priorities|principles|points|conditions|reforms|ways)\b"
    r"|\b(?:should|must|needs? to)\s*:?$"
    r"|\b(?:nous )?(?:demandons|appelons|exhortons|prions|enjoignons|exigeons|recommandons|"
    r"réclamons|invitons|sollicitons|"
    r"revendications?|recommandations|demandes|mesures suivantes)\b"
    r"|\b(?:instamos|exigimos|pedimos|solicitamos|exhortamos|llamamos|demandamos|recomendamos|"
    r"hacemos un llamado|reclamamos|"
    r"urgimos|peticiones|demandas|recomendaciones|exigencias|siguientes medidas)\b"
    r"|\b(?:fordern|bitten|rufen|verlangen|appellieren|empfehlen|forderungen|ersuchen)\b"
    r"|\b(?:instamos|apelamos|pedimos|exigimos|solicitamos|chiediamo|esortiamo|apelăm|требуем|"
    r"призываем|просим|wzywamy|çağırıyoruz|"
    r"talep ediyoruz|roepen|vragen)\b"
    r"|呼吁|呼籲|要求|敦促|请求|請求|建议|建議|诉求|訴求|促请|促請|恳请|懇請|提出以下|希望|请您|請您|主张|主張|吁请|籲請|敬请"
    r"|چاقىرىمىز|تەلەپ|ئۈندەيمىز|مۇراجىئەت|سورايمىز|تەۋسىيە|ئىلتىماس"
    r"|ندعو|نطالب|نحث|نطلب|نناشد|نوصي|مطالب|توصيات|نهيب"
    r"|རེ་སྐུལ|འབོད་སྐུལ|རེ་འདུན|ཞུ་རྒྱུ|རེ་བ|དགོས་འདུན|ཞུ་བསྐུལ|སྐུལ་མ",
    re.IGNORECASE,
)
# What a sentence holds that announces a list after it without a colon.
LIST_FOLLOWS = re.compile(
    r"\b(?:following|below|as follows|these (?:steps|points|demands|measures|actions|reforms)|"
    r"(?:two|three|four|five|six|seven|eight|nine|ten) "
    r"(?:\w+ )?(?:steps|points|things|demands|measures|actions|ways|reforms|asks|requests)|"
    r"suivantes?|siguientes|folgende[nrs]?|seguintes)\b|以下|如下|تۆۋەندىكى|التالية|يلي|གཤམ",
    re.IGNORECASE,
)
ASK_HEADING = _starts(
    r"(?:our |key |policy |the |specific |summary of )*(?:recommendations?|demands?|asks?|"
    r"requests?|calls? to action|what we ask|"
    r"proposals?|priorities|what (?:must|should) be done)\b",
    r"(?:nos |les )?(?:recommandations|demandes|revendications|propositions)\b",
    r"(?:nuestras |las )?(?:recomendaciones|demandas|peticiones|exigencias|propuestas)\b",
    r"(?:unsere )?(?:forderungen|empfehlungen)\b",
    r"(?:我们的|我們的)?(?:诉求|訴求|要求|建议|建議|呼吁|呼籲)",
    r"(?:توصيات|مطالب|التوصيات|المطالب)",
    r"(?:تەلەپ|تەۋسىيە)",
)
# A paragraph that opens so, after the asks, belongs to the conclusion.
CONCLUSION = _starts(
    r"(?:we|i) (?:look forward|stand ready|thank|remain|hope|trust|appreciate|are (?:grateful|"
    r"ready|available|confident|happy)|would (?:welcome|"
    r"be|appreciate)|believe|know|await|urge you to act|welcome the opportunity|would like to thank)",
    r"thank(?:s| you)",
    r"in (?:conclusion|closing|sum|light of)",
    r"(?:to )?conclude",
    r"please (?:do not hesitate|contact|feel free|accept|direct)",
    r"(?:our|the undersigned) (?:organi[sz]ations|coalition|members|groups) (?:stand|look|remain|"
    r"are|would|thank)",
    r"should you (?:have|wish|need|require)",
    r"(?:we|i) (?:kindly |respectfully |also )?(?:request|expect|await|ask for|seek) (?:a|an|your) "
    r"(?:\w+ ){0,2}(?:reply|response|answer|meeting)\b",
    r"if you (?:have|would|wish)",
    r"for (?:more|further) information",
    r"now is the time",
    r"(?:history|the (?:world|time|people|stakes)) ",
    r"it is (?:time|not too late|past time)",
    r"by (?:taking|doing|adopting|acting)",
    r"taken together|together, (?:we|these)|these (?:steps|measures|actions|recommendations)|"
    r"without (?:these|such|action)",
    r"nous (?:vous remercions|restons|espérons|comptons|sommes|attendons|demeurons)",
    r"dans l['’]attente|en vous remerciant|merci",
    r"(?:agradecemos|esperamos|quedamos|gracias|confiamos|le agradecemos|les agradecemos|estamos)",
    r"wir (?:danken|hoffen|freuen|stehen|erwarten)",
    r"(?:我们|我們)(?:期待|感谢|感謝|相信|希望|愿|願|随时|隨時|盼望|坚信|堅信)|感谢|感謝|期待|谢谢|謝謝|最后|最後，",
    r"(?:بىز )?(?:رەھمەت|كۈتىمىز|ئۈمىد|ئىشىنىمىز)|(?:نشكر|نتطلع|نأمل|شكرا|وتفضلوا)|ཐུགས་རྗེ",
)

# Sequences of ordinal words that number asks in running paragraphs; each row is one position.
ORDINALS = (
    _starts(
        r"first(?:ly| of all)?\b(?!\s+(?:lady|minister|nations?|amendment|time|step|came|world))",
        r"(?:tout d['’]abord|d['’]abord|premièrement|en premier lieu)\b",
        r"(?:primero|primeramente|en primer lugar|ante todo|primeiro)\b",
        r"(?:erstens|zunächst|zuerst)\b",
        r"(?:首先|第一|其一)[，、,：: ]?",
        r"(?:بىرىنچى(?:دىن)?|ئالدى بىلەن)",
        r"(?:أولا|أولاً|اولا)",
        r"དང་པོ",
        r"во-первых",
        r"birincisi|öncelikle|in primo luogo",
    ),
    _starts(
        r"second(?:ly)?\b",
        r"(?:deuxièmement|ensuite|en second lieu|en deuxième lieu|puis)\b",
        r"(?:segundo|en segundo lugar)\b",
        r"zweitens\b",
        r"(?:其次|第二|其二)[，、,：: ]?",
        r"(?:ئىككىنچى(?:دىن)?)",
        r"(?:ثانيا|ثانياً)",
        r"གཉིས་པ",
        r"во-вторых",
        r"ikincisi|in secondo luogo",
    ),
    _starts(
        r"third(?:ly)?\b",
        r"(?:troisièmement|en troisième lieu|puis)\b",
        r"(?:tercero|en tercer lugar|terceiro)\b",
        r"drittens\b",
        r"(?:第三|再次|再者|其三)[，、,：: ]?",
        r"(?:ئۈچىنچى(?:دىن)?)",
        r"(?:ثالثا|ثالثاً)",
        r"གསུམ་པ",
        r"в-третьих",
        r"üçüncüsü",
    ),
    _starts(
        r"fourth(?:ly)?\b",
        r"quatrièmement\b",
        r"(?:cuarto|en cuarto lugar|quarto)\b",
        r"viertens\b",
        r"(?:第四|其四)",
        r"تۆتىنچى",
        r"رابعا",
        r"བཞི་པ",
        r"в-четвертых",
    ),
    _starts(
        r"fifth(?:ly)?\b",
        r"cinquièmement\b",
        r"(?:quinto|en quinto lugar)\b",
        r"fünftens\b",
        r"(?:第五|其五)",
        r"بەشىنچى",
        r"خامسا",
        r"ལྔ་པ",
    ),
    _starts(
        r"sixth(?:ly)?\b",
        r"sixièmement\b",
        r"sexto\b",
        r"sechstens\b",
        r"第六",
        r"ئالتىنچى",
        r"سادسا",
        r"དྲུག་པ",
    ),
    _starts(
        r"seventh(?:ly)?\b",
        r"septièmement\b",
        r"séptimo\b",
        r"siebtens\b",
        r"第七",
        r"يەتتىنچى",
        r"سابعا",
        r"བདུན་པ",
    ),
    _starts(
        r"eighth(?:ly)?\b",
        r"huitièmement\b",
        r"octavo\b",
        r"achtens\b",
        r"第八",
        r"سەككىزىنچى",
        r"ثامنا",
        r"བརྒྱད་པ",
    ),
)
LAST_ORDINAL = _starts(
    r"(?:and )?(?:finally|lastly|last(?:,| but not least))\b",
    r"(?:enfin|pour finir|en dernier lieu)\b",
    r"(?:por último|finalmente|por fin)\b",
    r"(?:schließlich|zuletzt)\b",
    r"(?:最后|最後)[，、,：: ]?",
    r"(?:ئاخىرىدا|ئەڭ ئاخىرىدا)",
    r"(?:أخيرا|وأخيرا|أخيراً)",
    r"мкнэц|наконец",
)

ITEM_LABEL = _starts(
    r"(?:recommendation|ask|demand|request|point|priority|action|step|principle|measure|proposal|"
    r"recommandation|demande|proposition|mesure|"
    r"recomendación|demanda|petición|medida|punto|forderung|empfehlung)\s+(?:no\.?\s*|n°\s*|"
    r"#)?(\d{1,2}|[ivx]{1,5}|one|two|three|four|five|six|"
    r"seven|eight|nine|ten)\s*[:.)–—-]+\s*",
)

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
HONORIFIC = _starts(
    r"(?:the )?(?:rt\.? |right )?hon(?:ou?rable\b|\.|\b)",
    r"h\.\s?e\.|his excellency|her excellency",
    r"(?:mr|mrs|ms|mx|dr|prof|sir|dame|lord|"
    r"baroness|rev|sen|rep|amb|gov|gen)\.?\s+(?=[A-ZÀ-Ý])",
    r"(?:president|senator|representative|congress(?:man|woman)|"
    r"ambassador|chairman|governor|secretary|minister|professor|commissioner|judge|"
    r"justice)\s+(?=[A-ZÀ-Ý][\w.’'-]+\s+[A-ZÀ-Ý])",
    r"(?:m|mme|mlle|mm|monsieur|madame|me)\.?\s+(?=[A-ZÀ-Ý])",
    r"(?:sr|sra|don|doña|excm[oa]|s\.\s?e)\b\.?\s+(?=[A-ZÀ-Ý])",
    r"(?:herr|frau)n?\s+(?=[A-ZÄÖÜ])",
    r"s\.\s?e\.\s?m",
)
ROLE = re.compile(
    r"\b(?:president|vice[- ]president|prime minister|premier|minister|secretary|under ?secretary|"
    r"laureate|winner|correspondent|reporter|consultant|specialist|expert|organi[sz]er|intern|"
    r"doctor|surgeon|p(?:a)?ediatrician|psychologist|midwife|librarian|pastor|bishop|archbishop|"
    r"imam|rabbi|chaplain|conven(?:er|or)|chief of staff|scientist|lead|"
    r"retired|publisher|teacher|nurse|student|survivor|chair(?:man|woman|person)?|ranking member|"
    r"majority leader|minority leader|whip|ombuds(?:man|woman|person)?|inspector|registrar|clerk|"
    r"superintendent|actor|actress|designer|composer|musician|filmmaker|photographer|translator|"
    r"translator|curator|illustrator|co-?chairs?|speaker|"
    r"commissioners?|rapporteur|director|co-?director|executive|ceo|coo|cfo|cto|chief|officer|head|"
    r"founder|co-?founder|ambassador|advis[oe]rs?|"
    r"counsel|coordinator|manager|deputy|"
    r"general(?! (?:hospital|assembly|council|union|federation|confederation|synod|workers))|"
    r"senator|representative|congress(?:man|woman)|"
    r"member of|governor|mayor|attorney|judge|justice|"
    r"professor|lecturer|fellow|researcher|scholar|analyst|editor|journalist|author|writer|poet|"
    r"novelist|playwright|artist|activist|lawyer|"
    r"barrister|solicitor|advocate|advocacy|campaigner|strategist|spokesperson|leader|treasurer|"
    r"trustee|dean|rector|chancellor|provost|"
    r"reader|associate|assistant|student|phd|consul|envoy|delegate|administrator|physician|"
    r"engineer|economist|historian|sociologist|"
    r"présidente?|vice-présidente?|ministre|premi[eè]re? ministre|secrétaire|directeur|directrice|"
    r"députée?|sénat(?:eur|rice)|commissaire|"
    r"déléguée?|responsable|porte-parole|professeure?|avocate?|journaliste|écrivaine?|maire|"
    r"préfète?|garde des sceaux|chercheu(?:r|se)|"
    r"ma[îi]tre(?:sse)? de conférences|historienne?|coordinat(?:eur|rice)|militante?|"
    r"president[ae]|ministr[oa]|secretari[oa]|director[ae]?|diputad[oa]|senador[a]?|embajador[a]?|"
    r"coordinador[a]?|profesor[a]?|abogad[oa]|"
    r"periodista|escritor[a]?|alcalde(?:sa)?|fiscal|relator[a]?|vocero|portavoz|investigador[a]?|"
    r"comisionad[oa]|"
    r"präsident(?:in)?|minister(?:in)?|bundeskanzler(?:in)?|vorsitzende[r]?|geschäftsführer(?:in)?|"
    r"leiter(?:in)?|professorin|sprecher(?:in)?|"
    r"bundesminister(?:in)?|abgeordnete[r]?|referent(?:in)?|директор|президент|министр|председатель)\b"
    r"|主席|总统|總統|总理|總理|部长|部長|大使|书记|書記|委员长|議長|议长|议员|議員|主任|秘书长|秘書長|教授|教师|教師|退休|学生|學生|工程师|醫生|医生|编辑|編輯|"
    r"导演|導演|艺术家|藝術家|诗人|詩人|翻译|翻譯|律师|律師|建築師|建筑师|護理師|社工|農民|农民|居民代表|记者|記者|学者|學者|作家|执行长|執行長|"
    r"會長|会长|理事|總監|总监|发言人|發言人|负责人|負責人|研究员|研究員|创办人|創辦人|召集人|專員|专员|局长|局長"
    r"|رەئىس|مىنىستىر|مۇدىر|پروفېسسور|باشلىق|رئيس|وزير|أمين|مدير|سفير|المفوض|གཙོ་འཛིན|བློན་ཆེན|"
    r"དྲུང་ཆེ|ཚོགས་གཙོ|འགན་འཛིན",
    re.IGNORECASE,
)
# Words that name a public office or a body rather than a rank in it.
OFFICE = re.compile(
    r"\b(?:bureau|department|office of|council|ministry|committee|agency|commission|house of|"
    r"senate|congress|parliament|assembly|"
    r"directorate|division|secretariat|service|cabinet|court|authority|administration|embassy|"
    r"mission|delegation|board|subcommittee|"
    r"united nations|european union|union|institute|university|office|parlement|ministère|"
    r"assemblée|sénat|conseil|comité|"
    r"direction|commission|ministerio|consejo|comité|congreso|senado|parlamento|oficina|secretaría|"
    r"cámara|asamblea|"
    r"bundestag|bundesministerium|auswärtiges amt|kommission|rat|ausschuss|foreign office|white "
    r"house|state department)\b"
    r"|部$|委员会|委員會|办公室|辦公室|国会|國會|议会|議會|院$|署$|局$|处$|處$",
    re.IGNORECASE,
)
ORGANIZATION = re.compile(
    r"\b(?:association|asociaci[óo]n|associa[çc][ãa]o|associazione|foundation|fundaci[óo]n|"
    r"funda[çc][ãa]o|fondation|fondazione|stiftung|"
    r"cent(?:er|re|ro|rum)|zentrum|institut[eo]?|instituto|network|netzwerk|red|réseau|rede|rete|"
    r"coalition|alliance|alianza|allianz|aliança|union|"
    r"unión|uni[ãa]o|council|consejo|conseil|committee|comit[éeê]|commission|campaign|campaña|"
    r"project|proyecto|projet|movement|movimiento|"
    r"mouvement|initiative|iniciativa|federation|federaci[óo]n|fédération|confederation|society|"
    r"sociedad|société|rights|derechos|droits|watch|"
    r"international|national|global|europe|worldwide|america|group|grupo|groupe|collective|"
    r"colectivo|coletivo|collectif|forum|foro|fund|trust|"
    r"house|program(?:me)?|programa|press|media|radio|news|university|universidad|université|"
    r"universidade|universität|college|school|"
    r"church|iglesia|églises?|congress|congreso|parliament|party|office|observatory|observatorio|"
    r"observatoire|organi[sz]ation|organizaci[óo]n|"
    r"platform|plataforma|plateforme|partners|partnership|services?|support|action|acción|"
    r"democracy|democracia|démocratie|freedom|liberty|"
    r"liberties|justice|justicia|peace|human|humanos|defen[cs]e|defenders|citizens?|civil|public|"
    r"community|communities|digital|privacy|"
    r"security|technology|tech|internet|policy|research|studies|law|legal|clinic|reporters|"
    r"journalists|women|students?|workers|syndicat|"
    r"hospital|chapel|mosque|temple|parish|synagogue|shelter|federação|cooperative|"
    r"sindicato|ligue|liga|league|amnesty|club|pen|inc|ltd|llc|llp|g?gmbh|e\.?v|asbl|ngo|ong|org|chapter|"
    r"secretariat|bureau|agency|solidarity|"
    r"solidarité|solidaridad|children|youth|friends|voice|voices|index|article|access|dialogue|"
    r"studio|lab|labs|verein|bund|"
    r"gesellschaft|bündnis|aktion|menschenrechte|amis|maison|dernek|vakf[ıi]|world|relief|aid|"
    r"development|health|environment|earth|climate|"
    r"general|synod|diocese|herald|times|tribune|gazette|journal|voice|post|guild|gild|board|"
    r"neighbou?rs|neighbou?rhood|mutual|co-?operatives?|rescue|volunteers|parents|tenants|farmers|"
    r"fishers|teachers|nurses|residents|families|survivors|mothers|anglers|savers|artists|players|"
    r"actors|engineers|scientists|doctors|physicians|scholars|activists|educators|musicians|museum|"
    r"theatre|theater|orchestra|choir|without borders|caucus|taskforce|task force|working group|"
    r"hub|academy|académie|academia|société|chambers?|councils|alumni|society|now|united|section|"
    r"branch|syndicate|veterans|allies|advocates|monitors?|tracker|archives?|bank|caravan|march|"
    r"cooperativa|sindicatos|vecinos|vecinal|mujeres|femmes|parents|jeunes|jóvenes|étudiants|"
    r"usagers|amigos|ecologistas|comunidad|mesa|frauen|landfrauenverein|seniorenrat|rat|verband|"
    r"gewerkschaft|dachverband|order|sisters|brothers|library|libraries|museum|consumers?|"
    r"taxpayers|voters|veterans|lawyers|libre|open|free)\b"
    r"|\b\w+\.(?:org|net|works|com|eu|io)\b"
    r"|(?:协会|協會|组织|組織|中心|基金会?|基金會|联盟|聯盟|委员会|委員會|大学|大學|社$|团$|團$|网$|網$|会$|會$|工会|工會|联合|學會|学会|平台|公司|陣線|阵线|"
    r"关注组|關注組|小组|小組|研究所|研究院|出版|人权|人權|观察|觀察|行动|行動|之友|之家|聯會|联会|促进|促進)"
    r"|جەمئىي|ئىنستىتۇت|قۇرۇلتا|تەشكىلات|كومىتېت|بىرلەشمى|مەركىز|فوندى|ئۇيۇشما|ئۇنىۋېرسىتېت|"
    r"گۇرۇپپا|ھەرىكەت|منظمة|مركز|جمعية|مؤسسة|شبكة|اتحاد|لجنة|معهد|رابطة|هيئة|مرصد"
    r"|ཚོགས་པ|ཚོགས་འདུ|ལྷན་ཚོགས|སྡེ་ཚན|ལྟེ་གནས|ཚོགས་ཆུང|འཛུགས",
    re.IGNORECASE,
)
PLACES = words_in(
    """
    argentina australia austria bangladesh belgium belgique bolivia brazil brasil brésil bulgaria
    cambodia cameroon canada chile china colombia congo croatia cuba cyprus czechia denmark ecuador
    egypt estonia ethiopia finland france georgia germany deutschland ghana greece guatemala
    honduras hungary iceland india indonesia iran iraq ireland israel italy italia japan jordan
    kazakhstan kenya kosovo kyrgyzstan latvia lebanon liberia libya lithuania luxembourg malaysia
    mali malta mauritius méxico mexico moldova mongolia montenegro morocco mozambique myanmar nepal
    netherlands nicaragua niger nigeria norway pakistan palestine panama paraguay peru perú
    philippines poland portugal romania russia rwanda senegal sénégal serbia singapore slovakia
    slovenia somalia spain españa sudan sweden switzerland suisse schweiz syria taiwan tajikistan
    tanzania thailand togo tunisia tunisie turkey türkiye turkmenistan uganda ukraine uruguay
    uzbekistan venezuela vietnam yemen zambia zimbabwe usa uk us u.s. u.k. eu europe africa asia
    london paris brussels berlin geneva washington tibet
    """
) | frozenset(
    (
        "united states",
        "united kingdom",
        "new zealand",
        "south africa",
        "south korea",
        "hong kong",
        "sri lanka",
        "el salvador",
        "costa rica",
        "saudi arabia",
        "república dominicana",
        "dominican republic",
        "new york",
        "sierra leone",
        "burkina faso",
        "puerto rico",
        "united states of america",
        "north macedonia",
        "czech republic",
        "the netherlands",
        "américa latina",
        "latin america",
        "northern ireland",
        "papua new guinea",
        "côte d’ivoire",
        "centroamérica",
    )
)

NOTES_HEADING = _starts(
    r"(?:foot|end)?notes?\s*(?:to editors?|for editors?)?\s*:?$",
    r"references\s*:?$",
    r"sources\s*:?$",
    r"background(?: notes?)?\s*:?$",
    r"notes? (?:aux|à l['’]attention des) rédact\w+\s*:?$",
    r"notas?\s*(?:al pie|a los editores)?\s*:?$",
    r"(?:脚注|腳注|注释|註釋|备注|附注)\s*[：:]?$",
    r"about (?:us|the (?:signatories|organi[sz]ations?|coalition|campaign|authors?))\s*:?$",
    r"anmerkungen\s*:?$",
)
CONTACT = _starts(
    r"(?:for (?:more|further|additional|any)? ?(?:information|media|press|inquiries|enquiries|"
    r"questions)|(?:media|press) (?:contact|inquiries|"
    r"enquiries|office)s?|contacts?(?: (?:person|us|information|details|for))?)\b.{0,60}?(?:[:,]|"
    r"contact|please|e-?mail)",
    r"(?:contacts?(?: presse)?|pour (?:plus|toute) d?['’]?information)\b.{0,80}[:,]",
    r"(?:contacto|para más información)\b.{0,60}[:,]",
    r"(?:联系邮箱|聯絡信箱|邮箱|邮件|联系方式|聯絡方式|联系人|聯絡人|媒体联络|媒體聯絡|联络)\s*[：:]",
    r"(?:pressekontakt|kontakt)\s*:",
    r"(?:e-?mail|tel|phone|telephone|fax|correo|courriel|téléphone|website|web|site web|twitter|电话|"
    r"電話|邮箱|郵箱|电邮|電郵)\s*\.?\s*[:：]",
    r"(?:add your (?:name|organi[sz]ation)|sign (?:this|the) (?:letter|petition)|to (?:sign|endorse|add))\b",
)
# Those who signed as well, counted but not named.
OTHERS_COUNTED = re.compile(
    r",?\s*(?:\b(?:and|et|y|und|plus)|&|\+)\s+(?:\w+ )?\d[\d., \u00a0\u202f]{0,12}\s*"
    r"(?:others?|more|further|autres|más|otr[oa]s|weitere)\b.{0,60}$|(?:等)\s*\d+\s*(?:人|个|個|家)\S{0,10}$",
    re.IGNORECASE,
)
CONCLUSION_HEADING = re.compile(
    r"(?:[ivx\d]{1,4}[.)]\s*)?(?:conclusions?|closing(?: remarks)?|next steps|fazit|schluss|conclusión|"
    r"结语|結語)\s*[:：.]?",
    re.IGNORECASE,
)
# What stands below the names and is neither a name nor the letter's text; it ends with its paragraph.
AFTERWORD = _starts(
    r"p\.\s?(?:p\.\s?)?s\b\.?|post ?scriptum\b|附言\s*[：:]|又及\s*[：:]",
    r"(?:encl(?:osures?)?|enc|attachments?|annex(?:es)?|pièces? jointes?|p\.?\s?j|anexos?|anlagen?|附件)"
    r"\.?\s*(?:\(\w{1,12}\)\s*|\d{1,2}\s*)?(?:[:：]|\.?$)",
    r"(?:photos?|images?|pictures?|fotos?|图片|圖片)(?: credit)?\s*[:：]",
    r"[*†‡]*\s*(?:all )?(?:organi[sz]ations?|institutions?|institutional|affiliations?|titles?)\b.{0,80}"
    r"\b(?:identification|information(?:al)?|affiliation) purposes",
)
# What cannot open a command: a paragraph that begins so asks for nothing in the imperative.
NO_COMMAND = words_in(
    """
    we i you he she it they this that these those the a an our your their its his her my there here
    in on at by for from of to with without as if when while since because although though despite
    under over after before during through across between among and but or so yet not no nor
    all each every any some many most few several both one two three four five six such more
    who what where why how which please thank thanks dear sincerely respectfully signed yours
    however moreover furthermore additionally finally lastly therefore thus hence instead
    according given following regarding concerning today now last recently currently only
    january february march april may june july august september october november december
    mr mrs ms dr mx hon president minister
    """
)
# What stands before commands on lines or in paragraphs of their own.
COMMANDS_FOLLOW = re.compile(
    r"\b(?:to|you|should|must|will|the following(?: \w+){0,4}|(?:these|following) \w+|steps|measures|actions|"
    r"demands|recommendations|asks|requests)\s*[:：]$",
    re.IGNORECASE,
)
# Words that open what a page sets below a letter: nothing after them is the letter's.
PAGE_END = _starts(
    r"(?:related|more|further|recent|latest|similar|previous|other)\s+(?:posts?|articles?|content|news|reading|"
    r"stories|letters?|statements?|publications?|resources?|from .{1,40})\s*:?$",
    r"(?:read more|you may also like|leave a (?:comment|reply)|\d+ (?:comments?|thoughts? on .*)|"
    r"(?:topics?|tags?|categories|filed under|regions?(?: / countr\w+)?)\s*:.{1,120}|"
    r"post navigation|share this:?|sign up (?:for|to) .{1,60}|subscribe to .{1,60})$",
    r"(?:articles? liés|à lire aussi|artículos relacionados|相关文章|相關文章|延伸阅读|延伸閱讀)\s*[：:]?$",
)
CONTACT_ALONE = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|\+?\d[\d\s().-]{6,24}")
PRESS_MARK = re.compile(
    r"(?:-|–|—|\*|#|\s)*(?:ends?|fin|ende|###+|# # #|完)(?:-|–|—|\*|#|\s|\.)*$|-?30-$|#\s?#\s?#.*$",
    re.IGNORECASE,
)
BOILERPLATE = _starts(
    r"(?:skip to (?:\w+ ){0,2}(?:content|navigation|main|footer|search)\W*)+$",
    r"(?:share(?: this)?(?: (?:on|via|page|article|post|story))*|tweet|facebook|twitter|linkedin|"
    r"whatsapp|telegram|reddit|e-?mail(?: this)?|print(?: this)?"
    r"(?: page)?|copy link|pinterest|mastodon|bluesky|signal|x|pdf|download(?: (?:the )?(?:pdf|"
    r"letter|statement))?|click to \w+[\w ()]*|"
    r"opens in new window|more|instagram|youtube|rss|subscribe)(?:[\s|,·•/]+(?:share|tweet|"
    r"facebook|twitter|linkedin|whatsapp|telegram|reddit|"
    r"e-?mail|print|copy link|x|pdf|pinterest|mastodon|bluesky|signal|instagram|youtube|rss|on|via|this))*$",
    r"(?:home|accueil|inicio|首页|首頁)\s*(?:[>»/›|].*|$)",
    r"(?:(?:accept|reject|manage|decline)\s+(?:all\s+)?cookies|(?:we|this (?:site|website)) uses? "
    r"cookies|cookie (?:policy|settings|preferences)|privacy policy|"
    r"terms (?:of|and) \w+|all rights reserved|copyright\b|©).*",
    r"(?:menu|search|close|log ?in|sign ?in|sign up|donate(?: now)?|back to top|read more|related "
    r"(?:posts?|articles?|content|news)|next(?: post)?|"
    r"previous(?: post)?|subscribe(?: to .{0,60})?|leave a (?:comment|reply)|comments?(?: "
    r"\(\d+\))?|tags?\s*:.*|categories\s*:.*|filed under.*|"
    r"posted in.*|breadcrumb|table of contents|advertisement|powered by.*|toggle navigation|main "
    r"menu|newsletter|partager|imprimer|"
    r"compartir|teilen|drucken|分享(?:到.{0,20})?|打印|返回顶部)\s*$",
    r"page\s+\d{1,3}(?:\s*(?:of|/|sur|de|von)\s*\d{1,3})?$",
    r"\d{1,3}\s*(?:/|of|sur)\s*\d{1,3}$",
    r"[-–—]\s*\d{1,3}\s*[-–—]$",
    r"第\s*\d{1,3}\s*页",
    r"(?:by |via |sent by )(?:e-?mail|electronic mail|fax|post|registered mail|hand|"
    r"courier)\b.{0,80}$",
    r"via e-?mail\b.{0,100}$",
    r"(?:english|français|francais|español|deutsch|italiano|português|русский|العربية|中文|简体中文|繁體中文|"
    r"ئۇيغۇرچە|བོད་ཡིག|türkçe|日本語|한국어)(?:\s*[|/·,]?\s*(?:english|français|francais|español|deutsch|"
    r"italiano|português|русский|العربية|中文|简体中文|繁體中文|ئۇيغۇرچە|བོད་ཡིག|türkçe|日本語|한국어))+$",
    r"(?:other ways to share|share this\b.{0,40})$",
    r"for immediate release\W*$",
    r"\[?(?:letter follows|full text(?: of (?:the )?letter)?(?: below)?|text of (?:the "
    r")?letter)\]?\s*:?$",
)

MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "january jan janvier janv enero ene januar jänner janeiro gennaio ocak января январь sty "
            "stycznia januari يناير يانۋار",
            "february feb février fevrier févr fév febrero februar fevereiro febbraio şubat февраля "
            "lutego februari فبراير فېۋرال",
            "march mar mars marzo märz maerz março mart марта marca maart مارس مارت",
            "april apr avril avr abril abr aprile nisan апреля kwietnia أبريل ئاپرېل",
            "may mai mayo maio maggio mayıs мая maja mei مايو ماي",
            "june jun juin junio juni junho giugno haziran июня czerwca يونيو ئىيۇن",
            "july jul juillet juil julio juli julho luglio temmuz июля lipca يوليو ئىيۇل",
            "august aug août aout agosto ago ağustos августа sierpnia augustus أغسطس ئاۋغۇست",
            "september sep sept septembre septiembre setiembre setembro settembre eylül сентября września "
            "سبتمبر سېنتەبىر",
            "october oct octobre octubre oktober okt outubro out ottobre ekim октября października أكتوبر "
            "ئۆكتەبىر",
            "november nov novembre noviembre novembro kasım ноября listopada نوفمبر نويابىر",
            "december dec décembre decembre déc diciembre dic dezember dez dezembro dicembre aralık "
            "декабря grudnia ديسمبر دېكابىر",
        ),
        start=1,
    )
    for name in names.split()
}

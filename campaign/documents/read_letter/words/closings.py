"""How letters close."""

from campaign.documents.read_letter.words.patterns import starts_with

# A closing is one of these alone on its line, or at the head of the sentence that ends the letter.
CLOSING_ALONE = starts_with(
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
    r"(?:mit )?(?:\w+ )?(?:freundliche[nm]|beste[nm]|herzliche[nm]|solidarische[nm]|vorzüglicher|"
    r"kollegialen) \w+",
    r"hochachtungsvoll",
    r"atenciosamente|respeitosamente|cordiali saluti|distinti saluti|met vriendelijke groet\w*|z "
    r"poważaniem|saygılarımızla|"
    r"saygılarımla|с уважением|з повагою",
    r"(?:med )?(?:vänliga|vennlig|venlig|bästa|beste|hjertelig) h\w+|s (?:pozdravem|úctou|poštovanjem)|"
    r"tisztelettel|"
    r"cu (?:stimă|respect)|με εκτίμηση|(?:salam )?hormat(?: kami)?|با احترام|"
    r"con (?:stima|osservanza)|in fede|"
    r"(?:com )?(?:os )?(?:melhores )?(?:cumprimentos|saudações)(?: \w+)?|atentament|"
    r"met (?:hartelijke|hoogachting)\b.{0,20}|"
    r"hoogachtend|z wyrazami szacunku|за повагою|щиро",
    r"谨此|謹此|此致\s*敬[礼禮]|此致|敬[礼禮]|谨启|謹啟|谨致|謹致|敬上|谨上|謹上|敬启|敬啟|顺颂\w*|順頌\w*|祝好|此颂\w*|"
    r"(?:顺|順|敬)祝\w{0,8}|谢谢|謝謝|联署如下",
    r"(?:چوڭقۇر |سەمىمىي |ئالىي )?(?:ھۆرمەت|سالام|ئېھتىرام)(?:لەر|ىمىز|ىم)?(?: بىلەن| ئىلە)",
    r"رەھمەت",
    r"(?:و?تفضلوا ب?قبول|وتقبلوا|مع (?:خالص|فائق|أطيب|وافر|كل) |تحياتنا|مع الاحترام|وتفضلوا)[\w\s]{0,60}",
    r"གུས་(?:བཏུད|འདུད|ལུགས|བརྩི)[\u0f00-\u0fff]{0,30}|བཀྲ་ཤིས་བདེ་ལེགས|བཀའ་དྲིན་ཆེ|ཐུགས་རྗེ་ཆེ[\u0f00-\u0fff]{0,12}",
    r"敬具|草々|감사합니다|올림|드림|trân trọng",
)

CLOSING_SENTENCE = starts_with(
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

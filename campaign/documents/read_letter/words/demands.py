"""Sentences and headings that lead into asks, and those that end them."""

import re

from campaign.documents.read_letter.words.patterns import starts_with, words_in

# What a sentence that leads into asks holds.
ASK_WORDS = re.compile(
    r"\b(?:we|i|and|to|also|therefore|hereby|strongly|respectfully|undersigned|organi[sz]ations|"
    r"signatories|coalition)?\W{0,2}"
    r"(?:call(?:s|ing)? (?:on|upon|for)|urg(?:e|es|ing)|ask(?:s|ing)? (?:that|you|for|the)|"
    r"request(?:s|ing)?|demand(?:s|ing)?|"
    r"recommend(?:s|ing|ations?)?|implore|appeal to|encourage|propose|insist|seek|petition|exhort|expect)\b"
    r"|\b(?:following|these|our|key|specific|policy|concrete|below) (?:\w+ ){0,3}(?:steps|measures|"
    r"actions?|asks?|demands|"
    r"recommendations|commitments|requests|questions|priorities|principles|points|conditions|reforms|ways)\b"
    r"|\b(?:should|must|needs? to)\s*:?$"
    r"|\b(?:we|i|who sign|undersigned)\s+(?:\w+\s+){0,2}(?:ask|urge|call|request|demand|expect|invite|"
    r"beg|implore|"
    r"appeal)\b"
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

ASK_HEADING = starts_with(
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
CONCLUSION = starts_with(
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

CONCLUSION_HEADING = re.compile(
    r"(?:[ivx\d]{1,4}[.)]\s*)?(?:conclusions?|closing(?: remarks)?|next steps|fazit|schluss|conclusión|"
    r"结语|結語)\s*[:：.]?",
    re.IGNORECASE,
)

ITEM_LABEL = starts_with(
    r"(?:recommendation|ask|demand|request|point|priority|action|step|principle|measure|proposal|"
    r"recommandation|demande|proposition|mesure|"
    r"recomendación|demanda|petición|medida|punto|forderung|empfehlung)\s+(?:no\.?\s*|n°\s*|"
    r"#)?(\d{1,2}|[ivx]{1,5}|one|two|three|four|five|six|"
    r"seven|eight|nine|ten)\s*[:.)–—-]+\s*",
)

# What an item that asks for something by itself holds.
DEMAND = re.compile(
    r"\b(?:should|must|shall|ought to|needs? to|ha(?:s|ve) to|doi(?:t|vent)|devr(?:ait|aient|ont|a)|deben?|"
    r"deber[áí]an?|devem|dever(?:á|ão|ia|iam)|soll(?:en|te|ten)?|muss|müssen|dürfen|exig\w+|devono|deve|moeten)\b"
    r"|必须|必須|应当|應當|应该|應該|须|務必|务必|不得|يجب|ينبغي|لازىم|كېرەك|དགོས",
    re.IGNORECASE,
)

# What a lead calls the things that it asks for.
STEPS = re.compile(
    r"\b(?:steps|measures|demands|requests|recommendations|actions|étapes|mesures|demandes|revendications|medidas|pasos|"
    r"demandas|exigencias|schritte|maßnahmen|forderungen|misure|richieste|maatregelen|eisen|kroki|postulaty|adımlar|"
    r"talepler|шаги|меры|требования)\b|措施|诉求|訴求|要求|建议|建議|خطوات|مطالب|تەدبىر|تەلەپ|བྱ་བ",
    re.IGNORECASE,
)

# What announces a list of reasons, facts or examples.
REASONS_FOLLOW = re.compile(
    r"\b(?:because|since|reasons?|for example|for instance|such as|includ(?:es?|ing)|examples?|facts?|"
    r"findings?|"
    r"concerns?|problems?|parce que|car|raisons?|en effet|par exemple|notamment|constats?|porque|"
    r"razones|motivos|"
    r"por ejemplo|hechos|weil|da|gründe[n]?|beispiels\w+|allocated|found that|learned that|know that)\b"
    r"|因为|因為|理由|原因|例如|包括|事实|事實|لأن|أسباب|چۈنكى|سەۋەب|རྒྱུ་མཚན",
    re.IGNORECASE,
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

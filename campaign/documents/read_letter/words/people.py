"""Honorifics, ranks and public offices."""

import re

from campaign.documents.read_letter.words.patterns import starts_with

HONORIFIC = starts_with(
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
    r"(?:de heer|mevrouw|dhr|mevr|dott(?:\.?ssa)?|sig(?:\.?ra)?|on|ing|avv|exm[oa]|senhora?|signora?|"
    r"pani?|sayın|dra|lic|"
    r"pastor|father|fr|sister|brother|imam|rabbi|bishop|captain|cllr|councillor|deput(?:é|ée|ado|ada)|me|pr)\.?\s+(?=[A-ZÀ-ÝŁŚŻŞÇİ])",
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
    r"professora?|advogad[oa]|jornalista|deputad[oa]|vereador[a]?|presidenta|reitora?|te[óo]log[oa]|"
    r"poeta|pesquisador[a]?|ouvidor[a]?|defensor[a]? públic[oa]|ex-\w+|doutor[a]?|médic[oa]|avvocat[oa]|"
    r"giornalista|"
    r"presidente|direttor[e]?|direttrice|lehrer(?:in)?|arzt|ärztin|journalist(?:in)?|anwalt|anwältin|autor(?:in)?|"
    r"studierende[r]?|pfarrer(?:in)?|fischer|"
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

"""Headings of those who signed, and counts of those not named."""

import re

from campaign.documents.read_letter.words.patterns import starts_with, words_in

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
    r"\b(?:(?:co-?)?sign(?:ed|ator|ers|ing)|undersigned|endors|sigñ|signat|firmant|suscri|unterzeich|assina|firmat|podpis|подпис|imza|"
    r"submitted by|supported by|supporters|backed by|issued by|presented by|firman|soutenu|soutiens|"
    r"apoyan|adhieren|"
    r"aderiram|unterstützt|unterstützer|gezeichnet|поддерж|popieraj|destekle|"
    r"подписал|onderteken)|联署|聯署|连署|連署|签署|簽署|签名|簽名|发起|發起|署名|具名|ئىمزا|موقع|الموق|མིང་རྟགས|མཚན་རྟགས",
    re.I,
)

INDIVIDUALS = starts_with(
    r".*\b(?:individuals?|individuos|personas|particulares|personnalités|einzelpersonen|academics|"
    r"scholars|experts|"
    r"journalists|artists|lawyers|writers|faculty|titre individuel|personal capacity|personal)\b",
    r".*(?:个人|個人|学者|學者|公民|人士)",
)

ORGANIZATIONS = starts_with(
    r".*\b(?:organi[sz]ations?|orgs|ngos|ongs?|groups|organizaciones|asociaciones|associations|"
    r"organisationen|"
    r"companies|networks|unions|syndicats|collectifs|institutions|coalitions)\b",
    r".*(?:机构|機構|组织|組織|团体|團體|单位)",
    r"(?:المنظمات|الجهات)",
)

# Those who signed as well, counted but not named.
OTHERS_COUNTED = re.compile(
    r",?\s*(?:\b(?:and|et|y|und|plus)|&|\+)\s+(?:\w+ )?\d[\d., \u00a0\u202f]{0,12}\s*"
    r"(?:others?|more|further|autres|más|otr[oa]s|weitere)\b.{0,60}$|(?:等)\s*\d+\s*(?:人|个|個|家)\S{0,10}$",
    re.IGNORECASE,
)

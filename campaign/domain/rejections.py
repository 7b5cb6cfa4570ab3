"""What a mail server's "no" is about: a mailbox that is not there, or this mail, this sender, this moment.

The server's own words decide; its codes only where the words say nothing. Codes lie: programs write 5.0.0 and
5.7.1 for whatever they cannot name, and 5.1.1 before words about spam. In doubt an address is not condemned:
one more mail to a dead mailbox costs little, and a living one that gets no more mail is lost.
"""

import re

_LONGEST = 4_000
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
# RFC 3463 and 7505, and the registry that goes on from them: a mailbox or a domain that is not there.
_NO_MAILBOX = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
_TEMPORARY = re.compile(r"^\W*(?:smtp\s*;)?\W*4\d\d\b")
_LINKS = re.compile(r"(?i)\bhttps?:\S+|\bwww\.\S+")
# Replies of several lines repeat their code on each.
_CODES = re.compile(
    r"\b[245]\d\d[ -]#?(?:[245]\.\d{1,3}\.\d{1,3}\b)?|(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])"
)

_THEY = (
    r"(?:user(?:name)?|recipient|mailbox|account|addresse?e?|customer|inbox|alias|member|subscriber|person"
    r"|domain|destination)s?"
)
_GONE = re.compile(
    rf"(?i)\b{_THEY}\b[^.;:]{{0,40}}?\b(?:unknown|unavailable|invalid|non-?existent|inactive|disabled"
    rf"|deactivated"
    r"|discontinued|terminated|closed|deleted|removed|unroutable|not (?:found|exist|known|valid|active"
    r"|local"
    r"|a (?:known|valid)|listed here)|does ?n[o'’]?t (?:exist|have)|is ?n[o'’]t (?:valid|known|active)"
    r"|no longer|never existed|isn't valid|has left)"
    rf"|\b(?:unknown|invalid|no such|bad|non-?existent|unroute?able|undeliverable|inactive|disabled|no"
    rf"|not a"
    rf"|not our|not a valid|not a known)"
    rf" (?:local |local part|virtual |remote |e-?mail |destination |mail |valid |known )*{_THEY}\b"
    r"|\bno such (?:person|name|host|one)\b|\bnobody here\b|not our customer|no (?:user|mailbox"
    r"|one) (?:here )?by that name"
    r"|(?:recip(?:ient)?|user|mailbox)_?not_?found|no_?such_?user|user_?unknown|addr(?:ess)?_?unknown"
    r"|\bhost (?:or domain name )?not found|\bdomain (?:name )?not found|\bnxdomain\b|\bnull ?mx\b"
    r"|\bdoes not accept (?:any )?(?:e-?)?mail\b|\bno mx\b"
    r"|(?:benutzer|empf[äa]nger|postfach|adresse|teilnehmer)\b[^.;:]{0,30}?(?:unbekannt|existiert nicht"
    r"|nicht (?:gefunden|vorhanden|bekannt)|ung[üu]ltig)|unbekannte[rs]? (?:benutzer|empf[äa]nger)"
    r"|(?:utilisateur|destinataire|adresse|bo[îi]te|compte)\b[^.;:]{0,40}?(?:inconnue?|inexistante?"
    r"|invalide"
    r"|n.existe (?:pas|plus)|introuvable)"
    r"|(?:usuario|destinatario|buz[óo]n|cuenta|direcci[óo]n|casella|utente|indirizzo|usu[áa]rio|caixa"
    r"|conta|endere[çc]o)"
    r"\b[^.;:]{0,30}?(?:desconocid[oa]|inexistente|no existe|no encontrad[oa]|inv[áa]lid[oa]|sconosciut[oa]"
    r"|non esist\w*|non trovat[oa]|desconhecid[oa]|n[ãa]o existe)"
    r"|(?:пользовател|адресат|ящик|получател)\w*[^.;:]{0,30}?(?:не найден|не существует|неизвест"
    r"|отсутствует)"
    r"|нет такого (?:пользователя|адреса|ящика)|nie istnieje|brak takiego (?:u[żz]ytkownika|konta)"
    r"|(?:用户|用戶|使用者|收件人|邮箱|信箱|郵箱|帐号|帳號|账号|地址)[^,，。]{0,6}(?:不存在|未找到|无效"
    r"|無效|已注销|已停用)"
    r"|查无此人|查無此人|无此用户|無此使用者|找不到(?:收件人|用户|用戶|信箱|邮箱)"
    r"|(?:ユーザー?|宛先|受信者|メールボックス)[^。]{0,8}(?:存在しません|見つかりません|不明)"
    r"|존재하지 않는|없는 사용자"
    r"|kullan[ıi]c[ıi] (?:yok|bulunamad[ıi])|b[öo]yle bir kullan[ıi]c[ıi]"
)
_TURNED_AWAY = re.compile(
    r"(?i)spam|junk|\bu[cb]e\b|unsolicited|\bbulk\b|virus|malware|infected|phish|suspicious|suspect"
    r"|reputation"
    r"|(?:block|black|deny|grey|gray)[- ]?list|\bblock(?:ed|ing)\b|\b(?:is|are|been) listed\b"
    r"|\blisted (?:in|on|by|at)\b"
    r"|\b(?:dns|r|s)bl\b|policy|policies|content|prohibit|forbidden|restrict|banned|not (?:allowed"
    r"|permitted|authori[sz]ed"
    r"|accepted|wanted)|unauthori[sz]ed|permission|denied|\bdeny\b|administrative|\bspf\b|\bdkim\b"
    r"|\bdmarc\b|authenticat"
    r"|\brelay|complain|abuse|unwanted|filter|throttl|\brate\b|frequen|too (?:many|much|large|big|long"
    r"|fast|often)"
    r"|\bsize\b|exceed|quota|\bfull\b|storage|insufficient|\bdisk|out of space|resources|\blimit|temporar"
    r"|try(?:ing)? (?:it |again )?(?:again|later)|timed? ?-?out|expired|deferred|\bbusy\b|overload"
    r"|connection (?:refused|reset|lost|dropped|timed|limit)|unreachable|no route|\bloop|hop count"
    r"|\bhops\b|\btls\b"
    r"|certificate|encrypt|\bsender|\bmail from\b|\bhelo\b|\behlo\b|\bptr\b|reverse dns|\brdns\b|attachment"
    r"|your (?:ip|host|server|domain|network|message|mail|email)|dt:spm|hl:ip|mi:sp"
    r"|postfach[^.;:]{0,20}voll|[üu]berschritten|zu gro[ßs]|abgelehnt|bo[îi]te[^.;:]{0,30}pleine|\bpleine\b"
    r"|trop (?:gros|volumineu|grand)|rejet|refus[ée]|buz[óo]n[^.;:]{0,20}lleno|\blleno\b|demasiado"
    r"|casella piena|cheia"
    r"|correo no deseado|ind[ée]sirable|pourriel|спам|переполн|превыш|слишком|отклонен|отказ|нежелат"
    r"|垃圾|已满|已滿|过大|過大|太大|超过|超過|拒收|拒绝|拒絕|频率|頻率|空间不足|空間不足|容量|病毒"
    r"|黑名单|黑名單|迷惑メール|いっぱい|容量超過"
)


def is_no_such_mailbox(words: str, *, status: str = "") -> bool:
    """Whether a refusal for good says that the mailbox is not there.

    `words` are the server's own, `status` what the reporter made of them (RFC 3463), which may be empty.
    """
    words = words[:_LONGEST]
    code = status_of(words, status)
    # Whoever could not say it for good has not said it.
    if _TEMPORARY.match(words) or code.startswith("4"):
        return False
    is_gone = says_gone(words)
    if says_turned_away(words):
        return is_gone and code in _NO_MAILBOX
    return is_gone or code in _NO_MAILBOX


def says_gone(words: str) -> bool:
    """Whether a server's words are about a mailbox, or a domain, that is not there."""
    return bool(_GONE.search(_plain(words)))


def says_turned_away(words: str) -> bool:
    """Whether they are about the mail, its sender, or the moment: spam, size, policy, a full mailbox."""
    return bool(_TURNED_AWAY.search(_plain(words)))


def status_of(words: str, status: str) -> str:
    """The status that says most: the server's own before the reporter's, any before one for "other"."""
    found = [match[0] for text in (words[:_LONGEST], status[:100]) for match in _STATUS.finditer(text)]
    return next((one for one in found if not one.endswith(".0")), found[0] if found else "")


def _plain(words: str) -> str:
    without_links = _LINKS.sub(" ", words[:_LONGEST])
    return " ".join(_CODES.sub(" ", without_links).split())

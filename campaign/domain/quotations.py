"""What an answer only quotes, told from what was written, in the languages of mail programs."""

import re
from collections.abc import Sequence

_LINES_LOOKED_AT = 10_000
_LONGEST_HEAD = 400
# Where mail programs begin to quote. The first kind is a line of its own, the others are heads of a block.
_WROTE = re.compile(
    r"(?i)^\s*(?:(?:on|le|el|am|em|il|op|den|dne|a|dana|pe|на|στις|în|ngày|pada|an|aig)\b.{6,200}"
    r"(?:wrote|writes|a écrit|écrit|escribi[oó]|(?:schrieb|schreef|skrev)(?: .{1,80})?|escreveu|ha scritto"
    r"|va escriure|napsal\(?a?\)?|a scris|написал\(?а?\)?|написа|έγραψε|đã viết|menulis|napisał\(?a?\)?)\s*:"
    r"|.{6,200}(?:wrote|a écrit|escribió|schrieb|写道|寫道|写了|书写|の(?:メッセージ|メール)"
    r"|написал\(?а?\)?|пишет|писал\(?а?\)?|пише|napisał\(?a?\)?|napsal\(?a?\)?|írta|kirjoitti|skrev|يېزىپ|يازدى|كتب|كتبت|نوشت"
    r"|כתב(?:ה)?|yazdı|님이 작성|작성|བྲིས་པ|བྲིས)\s*[：:།]+\s*[：:]?"
    # Where programs have no word for it, the day and the address stand there.
    r"|(?=.{0,150}\d{4}).{6,300}<[^<>@\s]{1,64}@[^<>\s]{1,255}>\s*[：:])\s*$"
)
_RULE = re.compile(
    r"(?i)^\s*(?:[-=]{2,}\s*(?:original (?:message|appointment)|message (?:d.origine|transféré|original)"
    r"|mensaje"
    r" (?:original|reenviado)|mensagem (?:original|encaminhada)|messaggio (?:originale|inoltrato)"
    r"|ursprüngliche"
    r" (?:nachricht|mail)|originalnachricht|weitergeleitete nachricht|oorspronkelijk bericht"
    r"|doorgestuurd bericht"
    r"|forwarded (?:message|by.*)|reply (?:message|above.*)|wiadomość oryginalna|původní zpráva"
    r"|eredeti üzenet"
    r"|исходное сообщение|пересылаемое сообщение|orijinal mesaj|özgün ileti|الرسالة الأصلية|ئەسلى (?:خەت"
    r"|ئۇچۇر)"
    r"|原始邮件|原始郵件|原邮件|原郵件|原始訊息|转发邮件|轉寄郵件|元のメッセージ|원본 메시지"
    r"|འཕྲིན་མ་མ)\s*[-=]{2,}|_{20,})\s*$"
)
_FROM = re.compile(
    r"(?i)^\s*\**(?:from|de|von|da|van|från|fra|od|feladó|lähettäjä|от|від|από|kimden|gönderen"
    r"|expéditeur|absender|remitente"
    r"|mittente|من|از|ئەۋەتكۈچى|كىمدىن|מאת|发件人|發件人|寄件者|寄件人|差出人|送信者|보낸 ?사람"
    r"|གཏོང་མཁན)\**\s*[：:]\**\s*\S"
)
_HEAD = re.compile(
    r"(?i)^\s*\**(?:sent|date|to|cc|subject|envoyé|à|objet|date d.envoi|destinataire|enviado(?: el| em)?"
    r"|fecha|data|para"
    r"|asunto|assunto|gesendet|datum|an|betreff|inviato|oggetto|a|verzonden|aan|onderwerp|skickat|till"
    r"|ämne|sendt|til|emne"
    r"|wysłano|wysłane|do|temat|odesláno|komu|předmět|elküldve|címzett|tárgy|lähetetty|vastaanottaja|aihe"
    r"|дата|отправлено|кому|тема|надіслано|ημερομηνία|προς|θέμα|gönderildi|tarih|kime|konu"
    r"|التاريخ|تاريخ الإرسال|إلى|الموضوع|ئەۋەتىلگەن ۋاقىت|ۋاقىت|كىمگە|قوبۇل قىلغۇچى|تېما|תאריך|נשלח|אל|נושא"
    r"|发送时间|发送日期|發送時間|收件人|收件者|主题|主題|日期|寄件日期|傳送時間|主旨|抄送|副本|时间"
    r"|送信日時|日時|宛先|件名"
    r"|보낸 ?날짜|날짜|받는 ?사람|제목|ཚེས་གྲངས|སྦྲོལ་ཡུལ|བརྗོད་གཞི|ནང་དོན)\**\s*[：:]"
)


def without_quotation(text: str) -> tuple[str, str]:
    """What was written and what was only quoted under it; both together are the whole text.

    Cautious: answers between quoted lines stay together with them, and a text of nothing but quotation is all
    written.
    """
    lines = text.split("\n")
    last_own = max((index for index, line in enumerate(lines) if _is_own(line)), default=-1)
    for index in range(min(len(lines), _LINES_LOOKED_AT)):
        if _begins_quotation(lines, index, last_own):
            written = "\n".join(lines[:index]).rstrip()
            return (written, "\n".join(lines[index:]).strip()) if written.strip() else (text, "")
    return text, ""


def _begins_quotation(lines: Sequence[str], index: int, last_own: int) -> bool:
    line = lines[index]
    if not line.strip() or len(line) > _LONGEST_HEAD:
        return False
    if not _is_own(line):
        return index > last_own
    if _RULE.match(line):
        return any(_FROM.match(following) for following in _next_lines(lines, index, 3))
    if _FROM.match(line):
        return sum(bool(_HEAD.match(following)) for following in _next_lines(lines, index, 5)) >= 2
    # Programs that fold lines break a long head in two; nothing but quotation may follow.
    nothing_else = {index: [line], index + 1: [line, *lines[index + 1 : index + 2]]}.get(last_own, [])
    return index < len(lines) - 1 and bool(_WROTE.match(" ".join(part.strip() for part in nothing_else)))


def _next_lines(lines: Sequence[str], index: int, number: int) -> list[str]:
    """The lines that follow, each as long as a head may be: HTML leaves empty ones between."""
    following = (line[:_LONGEST_HEAD] for line in lines[index + 1 : index + 2 * number + 1] if line.strip())
    return list(following)[:number]


def _is_own(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith(">")

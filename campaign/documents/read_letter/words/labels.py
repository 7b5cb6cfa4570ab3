"""Labels of subject, sender, recipient, dates and copies."""

import re

from campaign.documents.read_letter.words.patterns import starts_with

SUBJECT_LABEL = starts_with(
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

TO_LABEL = starts_with(
    r"(?:to|attn|attention|for the attention of|addressed to)\s*:\s*",
    r"(?:à l['’]attention de|à|destinataires?)\s*:\s*",
    r"(?:para|a|al?|dirigid[oa] a|a la atención de|an|zu händen|destinatari[oa]s?)\s*:\s*",
    r"(?:致|呈|收件人|受文者|谨致|謹致)\s*[:：]\s*",
    r"(?:إلى|الى|السادة)\s*[:：]\s*",
    r"(?:قوبۇل قىلغۇچى|كىمگە)\s*[:：]\s*",
)

# "To the President of …" on a line of its own names an addressee.
TO_SOMEBODY = re.compile(
    r"(?:To(?: the)?|[ÀA] l['’]attention d[eu]|À|An|A la atenci[oó]n del?|"
    r"Alla (?:cortese )?attenzione d\w+|Alla|Allo|Agli|Al|Ai|All['’]attenzione d\w+|À atenção d[eoa]|"
    r"Zu Händen(?: von)?|Z\.\s?Hd\.|Ter attentie van|For the attention of|Attn\.?|Al señor|"
    r"A la señora)\s+(?=(?:all |our |le |la |les |das |die |den )?[A-ZÀ-Ý])"
)

# "To the", "An die" alone on a line: the official follows on the next.
TO_ALONE = starts_with(r"(?:to(?: the)?|an(?: (?:die|den|das))?|à(?: l['’]attention de)?|al?|a la)\s*:?$")

BYLINE = re.compile(r"(?:By|Par|Por|Von|Da)\s+(?:un |une |una |the |a )?\w", re.IGNORECASE)

FROM_LABEL = starts_with(r"(?:from|von|de|de la part de|发件人|發件人|寄件人|من)\s*[:：]\s*(?=\S)")

DATE_LABEL = starts_with(
    r"(?:date[d]?|datum|fecha|data|日期|时间|時間|التاريخ|ۋاقتى|چېسلا)\s*[:：]\s*",
)

PAGE_DATE_LABEL = starts_with(
    r"(?:published|posted|publicado|publié|veröffentlicht|last updated|updated|updated on|released|"
    r"release date|发布|發布|发表|"
    r"發表|发布时间|發佈|更新)(?:\s+(?:on|le|el|am|at|in))?\s*[:：]?\s*",
)

COPY_LABEL = starts_with(
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

COPY_ALONE = starts_with(r"(?:c\.?\s?c\.?|copied|copies(?: to)?|copie|copia|抄送|副本)\s*$")

BLIND_COPY_LABEL = starts_with(
    r"(?:b\.?\s?c\.?\s?c\.?|blind cop(?:y|ies)|cci|cco|密送|密件抄送|密件副本)\s*[:：]\s*"
)

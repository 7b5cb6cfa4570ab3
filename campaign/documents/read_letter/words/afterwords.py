"""Notes, contacts and enclosures below a letter."""

import re

from campaign.documents.read_letter.words.patterns import starts_with

NOTES_HEADING = starts_with(
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

CONTACT = starts_with(
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

CONTACT_ALONE = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+|\+?\d[\d\s().-]{6,24}")

# What stands below the names and is neither a name nor the letter's text; it ends with its paragraph.
AFTERWORD = starts_with(
    r"p\.\s?(?:p\.\s?)?s\b\.?|post ?scriptum\b|附言\s*[：:]|又及\s*[：:]",
    r"(?:encl(?:osures?)?|enc|attachments?|annex(?:es)?|pièces? jointes?|p\.?\s?j|anexos?|anlagen?|附件)"
    r"\.?\s*(?:\(\w{1,12}\)\s*|\d{1,2}\s*)?(?:[:：]|\.?$)",
    r"(?:photos?|images?|pictures?|fotos?|图片|圖片)(?: credit)?\s*[:：]",
    r"[*†‡]*\s*(?:all )?(?:organi[sz]ations?|institutions?|institutional|affiliations?|titles?)\b.{0,80}"
    r"\b(?:identification|information(?:al)?|affiliation) purposes",
)

"""Words of web pages and press releases around a letter."""

import re

from campaign.documents.read_letter.words.patterns import starts_with

# Words that open what a page sets below a letter: nothing after them is the letter's.
PAGE_END = starts_with(
    r"(?:related|more|further|recent|latest|similar|previous|other)\s+(?:posts?|articles?|content|news|reading|"
    r"stories|letters?|statements?|publications?|resources?|from .{1,40})\s*:?$",
    r"(?:read more|you may also like|leave a (?:comment|reply)|\d+ (?:comments?|thoughts? on .*)|"
    r"(?:topics?|tags?|categories|filed under|regions?(?: / countr\w+)?)\s*:.{1,120}|"
    r"post navigation|share this:?|sign up (?:for|to) .{1,60}|subscribe to .{1,60})$",
    r"(?:articles? liés|à lire aussi|artículos relacionados|相关文章|相關文章|延伸阅读|延伸閱讀)\s*[：:]?$",
)

PRESS_MARK = re.compile(
    r"(?:-|–|—|\*|#|\s)*(?:ends?|fin|ende|###+|# # #|完)(?:-|–|—|\*|#|\s|\.)*$|-?30-$|#\s?#\s?#.*$",
    re.IGNORECASE,
)

BOILERPLATE = starts_with(
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

# What invites readers of a page to sign, between or below the names.
CALL_TO_SIGN = starts_with(
    r"\W*(?:(?:click here |please )?(?:to )?(?:add|sign|endorse|join|support)\b.{0,40}\b(?:your|this|"
    r"the|us|here|our|"
    r"name|letter|statement|petition)\b|si vous (?:travaillez|souhaitez|voulez)|pour signer|signez|"
    r"vous pouvez (?:aussi )?signer|"
    r"para firmar|firma (?:aquí|esta)|si (?:desea|quiere)s? firmar|hier unterzeichnen|"
    r"jetzt unterzeichnen|assine|"
    r"if (?:you|your \w+) (?:would|want|wish)|not all (?:\w+ )?signator|(?:the )?list (?:is|"
    r"was) (?:last )?updated|"
    r"(?:updated|last updated)\b|(?:signatures?|names?) (?:are|were|will be) (?:still )?(?:being )?\w+|"
    r"please enable|欢迎.{0,10}(?:签名|联署|加入)|歡迎.{0,10}(?:簽名|聯署|加入)|(?:点击|點擊|"
    r"按此).{0,12}(?:签|簽|联|聯))",
)

# The head that mail programs set above a letter they quote.
MAIL_HEAD = starts_with(
    r"(?:on|le|el|am|il|op) .{6,120}(?:wrote|a écrit|escribió|schrieb|ha scritto|schreef)\s*:?$",
    r"-{2,}\s*(?:original|forwarded) message\s*-{2,}$",
)

# How a letter was sent.
SENT_BY = starts_with(
    r"(?:sent |delivered |submitted |transmitted )?(?:by|via|per|through|par|por|mit) "
    r"(?:e-?mail|electronic mail|fax|post|mail|registered (?:mail|post)|recorded delivery|"
    r"certified mail|hand|courier|"
    r"courriel|courrier|lettre recommandée|correo(?: electrónico| certificado)?|einschreiben|post)\b.{0,80}$",
    r"(?:einschreiben|recommandé|lettre recommandée|certificado|挂号|掛號|电子邮件|電子郵件)\b.{0,60}$",
)

# The last words of a page's own text above a letter that it gives whole.
PRESENTS = re.compile(
    r"(?:(?:letter|statement|text|appeal|petition|lettre|texte|carta|texto|nota|comunicado|brief|wortlaut|erklärung|全文|"
    r"信|声明|聲明).{0,60}[:：]|(?:in full|full text|full letter|below|follows|íntegra|intégral\w*|"
    r"ci-dessous|"
    r"a continuación|wortlaut|如下|全文|原文.{0,12}[:：]?)\W{0,3})$",
    re.IGNORECASE,
)

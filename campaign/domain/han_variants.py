"""The same Han sign in traditional and in simplified writing, where names and organizations use it.

A kept table, not a converter: pairs in which each traditional sign has one simplified form. What it lacks is
found as it was written. Each pair was checked against OpenCC's table of characters.
"""

from collections import defaultdict
from itertools import chain, islice, product

# Family names first, then given names, then what organizations are called; traditional before simplified.
_PAIRS = (
    "張张陳陈劉刘楊杨黃黄趙赵吳吴孫孙馬马許许鄭郑謝谢韓韩馮冯鄧邓蕭萧葉叶蘇苏盧卢賈贾鍾钟陸陆龔龚譚谭鄒邹"
    "蔣蒋羅罗呂吕魯鲁龍龙賴赖顧顾嚴严萬万湯汤喬乔莊庄錢钱簡简聶聂龐庞駱骆齊齐溫温閻阎塗涂遲迟樂乐寧宁紀纪"
    "闕阙衛卫練练費费賀贺聞闻蘭兰藍蓝歐欧應应閔闵慶庆項项鄔邬畢毕時时錦锦鄺邝單单滿满倉仓關关勞劳於于邊边"
    "偉伟麗丽強强軍军傑杰靜静華华蓮莲鳳凤鵬鹏飛飞貴贵賢贤蘋苹瓊琼瑩莹穎颖曉晓東东紅红綠绿國国興兴榮荣貞贞"
    "愛爱雲云霧雾義义禮礼儀仪聰聪潔洁淨净銘铭鋒锋銳锐鐵铁鋼钢錫锡鎮镇遠远達达運运進进連连輝辉輪轮輕轻轉转"
    "寶宝寬宽實实審审壽寿導导將将專专尋寻對对嬌娇嫻娴嬋婵媽妈婦妇學学勝胜動动務务勵励勳勋區区協协參参叢丛"
    "員员嘯啸園园圖图團团聖圣執执報报場场塊块塵尘墜坠壓压壯壮夢梦奮奋奧奥獎奖維维綱纲網网緣缘編编緒绪純纯"
    "紹绍細细終终組组結结統统經经絲丝緯纬縣县總总績绩織织繼继續续會会權权聯联體体黨党臺台灣湾廣广廠厂廳厅"
    "廟庙開开門门問问間间閱阅陽阳陰阴隊队際际隨随難难雙双雞鸡離离電电霽霁響响頁页順顺須须頌颂預预領领頭头"
    "題题額额顏颜願愿類类風风養养館馆馳驰駿骏騰腾驚惊驛驿魚鱼鮮鲜鳥鸟鳴鸣鴻鸿鵑鹃鶴鹤鷹鹰黌黉點点齡龄龜龟"
    "書书記记計计討讨訓训設设詩诗話话詠咏語语誌志誠诚認认誼谊課课調调談谈請请諒谅論论諾诺謀谋謙谦講讲證证"
    "識识議议護护讓让讀读變变財财責责貨货貿贸資资賓宾賜赐賞赏質质賽赛贊赞車车較较載载農农適适選选遺遗鄉乡"
    "醫医釋释銀银鈴铃鈞钧鐘钟長长營营環环現现瑪玛璽玺產产畫画異异當当療疗發发盡尽監监盤盘眾众礎础禍祸種种"
    "稱称積积穩稳競竞筆笔節节範范築筑籌筹粵粤紙纸羣群習习職职聲声聽听腦脑臨临與与舉举舊旧藝艺藥药薩萨蘆芦"
    "處处號号蟲虫術术補补裝装製制見见規规視视親亲覺觉觀观訊讯訪访評评詞词該该詳详說说誰谁諧谐貢贡貝贝負负"
    "貧贫買买賣卖趨趋跡迹軒轩過过還还邁迈鄰邻釗钊銓铨鍵键滄沧漢汉潤润澤泽濟济濤涛濱滨瀾澜灃沣災灾無无煒炜"
    "煙烟熱热燈灯爐炉爭争爾尔牆墙獨独獅狮獻献樓楼樹树橋桥機机橫横檔档檢检櫻樱欽钦歡欢歲岁歷历殘残氣气決决"
    "沒没況况淚泪淵渊準准溝沟滬沪漁渔徑径從从復复徵征憂忧懷怀憲宪戰战戲戏戶户拋抛擇择據据擁拥擊击數数齋斋"
    "斷断曆历島岛峽峡崗岗嶺岭嶽岳師师幣币帶带幫帮幹干幾几庫库廢废彌弥彎弯後后徹彻嗎吗嘆叹嘗尝圍围個个們们"
    "倫伦偵侦側侧備备傳传債债傷伤億亿優优儲储兒儿內内兩两冊册劃划劇剧劍剑創创別别則则剛刚凱凯亞亚來来俠侠"
    "係系倆俩為为烏乌業业豐丰麥麦黴霉齒齿濕湿"
)
# Family names that stored terms have as they were written.
_AS_WRITTEN = "韋韦鮑鲍饒饶晉晋暢畅宮宫婁娄蓋盖欒栾竇窦"


def _table(pairs: str) -> dict[int, str]:
    return {ord(pairs[at]): pairs[at + 1] for at in range(0, len(pairs), 2)}


_FOLDED_IN_TERMS = _table(_PAIRS)
_SIMPLIFIED = _table(_PAIRS + _AS_WRITTEN)
_WRITTEN = {simple: (simple, chr(traditional)) for traditional, simple in _table(_AS_WRITTEN).items()}


def simplified(text: str) -> str:
    """A text with each traditional sign of the table as it is simplified; all else stays as it is."""
    return text.translate(_SIMPLIFIED)


def simplified_in_terms(text: str) -> str:
    """The same, but for the family names that stored terms have as they were written."""
    return text.translate(_FOLDED_IN_TERMS)


def written_in_terms(text: str) -> tuple[str, ...]:
    """All that stored terms may have for a short text that is simplified."""
    return tuple(map("".join, product(*(_WRITTEN.get(sign, (sign,)) for sign in text))))


def spellings(text: str, *, most: int) -> tuple[str, ...]:
    """How a name may be written: as it is, all simplified, all traditional, then with both mixed."""
    forms = [_FORMS.get(sign, (sign,)) for sign in text]
    each = (text, *("".join(one[place] for one in forms) for place in (0, -1)))
    mixed = map("".join, product(*forms))
    return tuple(islice(dict.fromkeys(chain(each, islice(mixed, most))), most))


def _forms() -> dict[str, tuple[str, ...]]:
    """All forms of a sign, by each of them, the simplified one first."""
    traditional = defaultdict(list)
    pairs = _PAIRS + _AS_WRITTEN
    for at in range(0, len(pairs), 2):
        traditional[pairs[at + 1]].append(pairs[at])
    groups = [(simple, *others) for simple, others in traditional.items()]
    return {sign: group for group in groups for sign in group}


_FORMS = _forms()

"""Chinese surnames that need saying: read in their own way, or two characters long.

Source of the readings: 现代汉语词典, entries marked as surnames. Where families differ (覃, 盖,
隗) the commoner reading stands.
"""


def _readings(text: str) -> dict[str, str]:
    entries = (entry.split(maxsplit=1) for entry in text.replace("\n", ",").split(",") if entry)
    return {name.strip(): reading.strip() for name, reading in entries}


SURNAMES = _readings("""\
种 chong, 盖 ge, 蓋 ge, 句 gou, 黑 he, 郇 xun, 角 jue, 隽 juan, 阚 kan, 隗 wei
缪 miao, 繆 miao, 牟 mu, 佴 nai, 能 nai, 乜 nie, 粘 nian, 区 ou, 區 ou, 朴 piao
繁 po, 覃 qin, 仇 qiu, 单 shan, 單 shan, 召 shao, 折 she, 洗 xian, 解 xie, 乐 yue
樂 yue, 员 yun, 員 yun, 藏 zang, 查 zha, 祭 zhai, 秘 bi
""")
"""Readings of single characters as a surname, where they differ from the character elsewhere."""

COMPOUND_SURNAMES = _readings("""\
欧阳 ou yang, 歐陽 ou yang, 太史 tai shi, 端木 duan mu, 上官 shang guan, 司马 si ma
司馬 si ma, 东方 dong fang, 東方 dong fang, 独孤 du gu, 獨孤 du gu, 南宫 nan gong
南宮 nan gong, 万俟 mo qi, 萬俟 mo qi, 闻人 wen ren, 聞人 wen ren, 夏侯 xia hou
诸葛 zhu ge, 諸葛 zhu ge, 尉迟 yu chi, 尉遲 yu chi, 公羊 gong yang, 赫连 he lian
赫連 he lian, 澹台 tan tai, 澹臺 tan tai, 皇甫 huang fu, 宗政 zong zheng
濮阳 pu yang, 濮陽 pu yang, 公冶 gong ye, 太叔 tai shu, 申屠 shen tu, 公孙 gong sun
公孫 gong sun, 慕容 mu rong, 仲孙 zhong sun, 仲孫 zhong sun, 钟离 zhong li
鍾離 zhong li, 长孙 zhang sun, 長孫 zhang sun, 宇文 yu wen, 司徒 si tu, 鲜于 xian yu
鮮于 xian yu, 司空 si kong, 闾丘 lv qiu, 閭丘 lv qiu, 亓官 qi guan, 司寇 si kou
子车 zi ju, 子車 zi ju, 颛孙 zhuan sun, 顓孫 zhuan sun, 巫马 wu ma, 巫馬 wu ma
公西 gong xi, 漆雕 qi diao, 乐正 yue zheng, 樂正 yue zheng, 壤驷 rang si
壤駟 rang si, 公良 gong liang, 拓跋 tuo ba, 夹谷 jia gu, 夾谷 jia gu, 宰父 zai fu
谷梁 gu liang, 穀梁 gu liang, 段干 duan gan, 百里 bai li, 呼延 hu yan, 东郭 dong guo
東郭 dong guo, 南门 nan men, 南門 nan men, 羊舌 yang she, 微生 wei sheng
令狐 ling hu, 轩辕 xuan yuan, 軒轅 xuan yuan, 单于 chan yu, 單于 chan yu
叱干 chi gan
""")
"""Surnames of two characters and their two syllables."""

"""Words Chinese offices put around a table: header words, filled-in lines, totals, notes, signatures."""

import re
from collections.abc import Iterable
from datetime import date, time

from taizhang.formats.sheet.cells import Cell, label, squeezed

HEADER_WORD = re.compile(
    "序号|编号|编码|代码|名称|姓名|单位|部门|责任|领导|人员|负责|联系|电话|地址|地点|地区|区域|时间|日期|期限|时限|"
    "年度|月份|内容|问题|隐患|事项|项目|措施|要求|进展|进度|情况|结果|类别|类型|分类|等级|级别|状态|来源|渠道|标题|主题|"
    "详情|描述|说明|备注|意见|金额|数量|合计|小计|是否|整改|复查|验收|销号|完成|办理|答复|性别|年龄|证件|证号|账号|面积|"
    r"位置|所在|原因|依据|标准|\bNo\b|\bID\b|\bName\b|\bDate\b|\bStatus\b|\bRemarks?\b|\bTitle\b|\bType\b|\bUnit\b",
    re.IGNORECASE,
)
SERIAL_LABEL = re.compile(r"(?:序号|序|编号|序列号|行号|No\.?|#|№)", re.IGNORECASE)

_TOTAL = re.compile(
    r".{0,8}(?:合计|小计|共计|总计|累计)(?:数|人数|金额|数量)?[：:]?|(?:合计|小计|共计|总计)[：:（(].{0,40}"
    r"|共\d+(?:条|项|件|人|个|户|宗|处|行|起).{0,20}|(?:sub)?total[：:]?",
    re.IGNORECASE,
)
_TOTAL_SIGN = re.compile("[计共]|total", re.IGNORECASE)
_SHORT = 8
_COLON = re.compile("[：:、.]")
_FOOTER = re.compile(
    r"(?:备?注|说明|填表说明|填报说明|填写说明|有关说明|编制说明|注意|附注|附件?|资料来源|数据来源|来源|Notes?)(?:\d{1,2})?[：:、.]"
    r"|(?:编制|审核|审批|批准|制表|填表|填报|报送|报表|报出|经办|复核|复查|联系|负责|主管|签字|签名|盖章|签发|统计|核对|校对|"
    r"单位负责|分管领导|主要领导|主要负责|分管负责|部门负责|项目负责|项目经理|安全员|日期|报出日期|填报日期|填表日期|制表日期|时间)"
    r"(?:人|人员|员|单位|领导|日期|时间|电话|签字|签名|签章|盖章){0,2}(?:[（(].{0,10}[）)])?[：:]"
)
_META_WORD = re.compile(
    r"(?:填报|填表|报送|上报|制表|编制|汇报|呈报)(?:单位|人|人员|部门|时间|日期|机构)|联系电话|联系人|报告期|计量单位|表号"
)
_LABELLED = re.compile(r"[^\d：:。；;！？，,](?:[^：:。；;！？，,]{0,22}[^\d：:。；;！？，,])?[：:](?!//)")
_LABEL_START = re.compile(
    r"(?:^|\s+)([^\s\d：:。；;，,](?:[^\s：:。；;，,]{0,14}[^\s\d：:。；;，,])?|[\u4e00-\u9fff](?:\s+[\u4e00-\u9fff]){1,3})\s*[：:](?!//)"
)
_TYPED_TEXT = re.compile(r"[-+¥￥$]?\d[\d\s.,，/:：%年月日号时分秒TZ+-]*[元万亿]?")
_PERIOD = re.compile(r"(?:19|20)\d{2}年?(?:度|\d{1,2}月)?|1?\d月份?")


def is_total(lead: str, others: Iterable[Cell]) -> bool:
    """Whether a row sums others: its first text, unspaced, is a total word and the rest are no phrases."""
    if not _TOTAL_SIGN.search(lead) or not _TOTAL.fullmatch(lead):
        return False
    return all(len(cell) <= _SHORT for cell in others if isinstance(cell, str))


def begins_footer(lead: str) -> bool:
    """Whether a text (without white space) opens a note or a signature line under a table."""
    return bool(_COLON.search(lead, 0, 40)) and bool(_FOOTER.match(lead))


def is_labelled(cell: Cell) -> bool:
    """Whether a text reads `标签：…`."""
    return isinstance(cell, str) and bool(_LABELLED.match(label(cell)))


def is_meta_word(cell: Cell) -> bool:
    """Whether a text without a colon is a usual label of a filled-in line (`填报单位`)."""
    return isinstance(cell, str) and bool(_META_WORD.fullmatch(squeezed(cell)))


def is_typed(cell: Cell) -> bool:
    """Whether a cell holds a value (number, date, truth) rather than words, also when stored as text."""
    return cell is not None and (not isinstance(cell, str) or bool(_TYPED_TEXT.fullmatch(cell)))


def is_period(cell: Cell) -> bool:
    """Whether a cell may head a column of one year or month (`2026`, `2026年`, `3月`)."""
    return isinstance(cell, str | int) and not isinstance(cell, bool) and bool(_PERIOD.fullmatch(str(cell)))


def as_text(cell: Cell) -> str:
    """A filled-in value as text; dates in ISO form."""
    return cell.isoformat() if isinstance(cell, date | time) else "" if cell is None else str(cell)


def split_labelled(text: str) -> list[tuple[str, str]]:
    """`填报单位：某局  填报人：某甲` → [(填报单位, 某局), (填报人, 某甲)]; no label, no pair."""
    starts = list(_LABEL_START.finditer(text))
    if not starts or starts[0].start() > 0:
        name, colon, value = text.replace(":", "：", 1).partition("：")
        return [(label(name), value.strip())] if colon and is_labelled(text) else []
    ends = [start.start() for start in starts[1:]] + [len(text)]
    found = zip(starts, ends, strict=True)
    return [(label(start[1]), text[start.end() : end].strip()) for start, end in found]

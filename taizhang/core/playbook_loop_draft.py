"""The loop a drafted playbook starts from: registered, assigned, done, verified, struck off."""

from __future__ import annotations

from taizhang.core.playbook import Stage
from taizhang.core.wording import Label

ADDED_TITLE, ADDED_SUMMARY = "标题（表里没有）", "办理摘要（不含来信人身份）"

TITLE_FIELD = f"""\
# 表里没有能作标题的列，加一个，请改用合适的列。
[[field]]
key = "title"
label = "{ADDED_TITLE}"
kind = "text"
required = true
stands_for = "title"
"""

SUMMARY_FIELD = f"""\
# 有原文就要有办理摘要：登记时另写，不带来信人身份，承办单位只看它。
[[field]]
key = "summary"
label = "{ADDED_SUMMARY}"
kind = "longtext"
required_at = ["assigned"]
stands_for = "summary"
"""

STAGES = (
    Stage("registered", Label("已登记·待交办"), clock="5 自然日"),
    Stage("assigned", Label("已交办·待签收"), clock="2 自然日"),
    Stage("working", Label("办理中"), clock="due_on"),
    Stage("reported", Label("已报办结·待核查"), "done", clock="10 自然日"),
    Stage("verified", Label("核查通过·待销号"), "done", clock="5 自然日"),
    Stage("struck", Label("已销号"), "closed"),
    Stage("voided", Label("作废"), "void"),
)
"""What they are called and how long they take may be changed; the moves below go by their keys."""

LOOP = """\
[[role]]
key = "recorder"
label = "台账登记员"
duty = "register"

[[role]]
key = "dispatcher"
label = "交办岗"
duty = "dispatch"

[[role]]
key = "lead"
label = "责任单位"
duty = "handle"
standing = "lead"

[[role]]
key = "assisting"
label = "配合单位"
duty = "handle"
standing = "assisting"

# 核查的人不能是办理的人，也不能是办理单位的人；无论这里怎么写，系统都不允许。
[[role]]
key = "verifier"
label = "核查组"
duty = "verify"
standing = "outside"

[[role]]
key = "closer"
label = "销号岗"
duty = "close"

[[role]]
key = "overseer"
label = "分管领导"
duty = "oversee"

[[move]]
verb = "register"
label = "登记"
to = "registered"
who = ["recorder"]

[[move]]
verb = "assign"
label = "交办"
from = ["registered"]
to = "assigned"
who = ["dispatcher"]
needs = ["lead_unit", "due_on"]

[[move]]
verb = "accept"
label = "签收"
from = ["assigned"]
to = "working"
who = ["lead"]

[[move]]
verb = "return"
label = "退回"
from = ["assigned", "working"]
to = "registered"
who = ["lead"]
needs = ["reason"]

[[move]]
verb = "transfer"
label = "转办"
from = ["assigned", "working"]
to = "assigned"
who = ["dispatcher"]
needs = ["reason"]

[[move]]
verb = "split"
label = "拆分"
from = ["registered", "assigned", "working"]
who = ["dispatcher"]
needs = ["reason"]

[[move]]
verb = "progress"
label = "报进展"
from = ["working"]
who = ["lead", "assisting"]

[[move]]
verb = "attach"
label = "上传佐证"
from = ["registered", "assigned", "working", "reported", "claimed"]
who = ["recorder", "lead", "assisting", "verifier"]

[[move]]
verb = "report_done"
label = "报办结"
from = ["working"]
to = "reported"
who = ["lead"]
needs = ["text"]

[[move]]
verb = "pass"
label = "核查通过"
from = ["reported"]
to = "verified"
who = ["verifier"]

[[move]]
verb = "fail"
label = "核查不通过"
from = ["reported"]
to = "working"
who = ["verifier"]
needs = ["reason"]

[[move]]
verb = "close_out"
label = "销号"
from = ["verified"]
to = "struck"
who = ["closer"]

[[move]]
verb = "send_claim"
label = "历史销号送核查"
from = ["claimed"]
to = "reported"
who = ["recorder", "dispatcher"]

[[move]]
verb = "void"
label = "作废"
from = ["open", "claimed"]
to = "voided"
who = ["dispatcher"]
needs = ["reason"]

[[move]]
verb = "amend"
label = "更正补充"
from = ["registered", "assigned", "working", "claimed"]
who = ["recorder", "dispatcher"]

[[move]]
verb = "comment"
label = "留言"
from = ["open", "struck", "claimed"]
who = ["dispatcher", "lead", "assisting", "verifier", "overseer"]

[[move]]
verb = "instruct"
label = "批示"
from = ["open", "struck", "claimed"]
who = ["overseer"]

[[move]]
verb = "flag"
label = "标记"
from = ["open", "struck", "claimed"]
who = ["dispatcher"]

[[metric]]
key = "in_hand"
label = "在办"
count = "standing"
stages = ["open"]

[[metric]]
key = "struck"
label = "累计销号"
count = "standing"
stages = ["struck"]

[[metric]]
key = "claimed"
label = "历史销号（未经本平台核查）"
count = "standing"
stages = ["claimed"]

[[metric]]
key = "registered_today"
label = "本日登记"
count = "entered"
stages = ["registered"]
period = "day"

[[metric]]
key = "struck_today"
label = "本日销号"
count = "entered"
stages = ["struck"]
period = "day"

[briefing]
text = "papers/briefing.txt"
"""

BRIEFING = """\
{ledger}日报（截至{as_of}）

在办{in_hand}件，累计销号{struck}件；另有历史销号{claimed}件，未经本平台核查。
本日登记{registered_today}件，销号{struck_today}件。

各单位：
{by_unit}

各环节：
{by_stage}
"""

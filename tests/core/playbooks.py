"""A small sound playbook for tests to break in one place at a time."""

from pathlib import Path

SOUND = """\
[playbook]
schema = 1
key = "small"
version = "1"
name = "小方案"

[[field]]
key = "title"
label = "标题"
required = true
stands_for = "title"

[[field]]
key = "phone"
label = "电话"
kind = "contact"

[[field]]
key = "state_word"
label = "状态"
stands_for = "closure"

[[stage]]
key = "registered"
label = "已登记"
clock = "3 自然日"

[[stage]]
key = "working"
label = "办理中"
clock = "due_on"

[[stage]]
key = "reported"
label = "已报办结"
kind = "done"
no_clock = "核查另行安排"

[[stage]]
key = "verified"
label = "核查通过"
kind = "done"
clock = "5 自然日"

[[stage]]
key = "struck"
label = "已销号"
kind = "closed"

[[role]]
key = "recorder"
label = "登记员"
duty = "register"

[[role]]
key = "desk"
label = "交办岗"
duty = "dispatch"

[[role]]
key = "lead"
label = "责任单位"
duty = "handle"
standing = "lead"

[[role]]
key = "verifier"
label = "核查组"
duty = "verify"
standing = "outside"

[[role]]
key = "closer"
label = "销号岗"
duty = "close"

[[move]]
verb = "register"
label = "登记"
to = "registered"
who = ["recorder"]

[[move]]
verb = "assign"
label = "交办"
from = ["registered"]
to = "working"
who = ["desk"]
needs = ["lead_unit", "due_on"]

[[move]]
verb = "report_done"
label = "报办结"
from = ["working"]
to = "reported"
who = ["lead"]
needs = ["text", "before_after"]

[[move]]
verb = "pass"
label = "通过"
from = ["reported"]
to = "verified"
who = ["verifier"]

[[move]]
verb = "fail"
label = "不通过"
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
label = "送核查"
from = ["claimed"]
to = "reported"
who = ["desk"]

[[move]]
verb = "comment"
label = "留言"
from = "open"
who = ["desk", "lead"]

[list]
columns = ["number", "title", "stage"]

[sheet]
key = ["title"]
closed_words = ["已销号"]

[[metric]]
key = "in_hand"
label = "在办"
count = "standing"
stages = "open"

[briefing]
text = "papers/briefing.txt"
"""
BRIEFING = "{ledger}截至{as_of}\n在办{in_hand}件\n"


def sound() -> dict[str, str]:
    """The texts of the sound playbook."""
    return {"playbook.toml": SOUND, "papers/briefing.txt": BRIEFING}


def with_change(old: str, new: str, count: int = 1) -> dict[str, str]:
    """The sound playbook with the first `count` occurrences of `old` replaced; `old` must be there."""
    assert old in SOUND
    return sound() | {"playbook.toml": SOUND.replace(old, new, count)}


def line_of(text: str, needle: str) -> int:
    """The 1-based line on which the needle first stands."""
    return text[: text.index(needle)].count("\n") + 1


def shipped(key: str) -> dict[str, str]:
    """The texts of a playbook that comes with the package."""
    folder = Path(__file__).parents[2] / "taizhang" / "playbooks" / key
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }

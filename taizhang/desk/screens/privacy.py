"""个人信息: what is stored about whom, who sees it, how long, and how it is erased."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from taizhang.desk import uploads
from taizhang.desk.asking import Asking, screen
from taizhang.desk.privacy import ledgers_told, posts_with
from taizhang.ledger.importing.personal import KINDS


@screen
def show(asking: Asking) -> HttpResponse:
    given = {
        "ledgers": ledgers_told(asking),
        "never_taken": [asking.word(label) for label in KINDS],
        "openers": _(
            "密封的内容：只有带“启封”职责的岗位（现有 {n} 个），在自己的范围内，写明理由才能打开；"
            "每次打开都先留档、再显示。"
        ).format(n=posts_with("unseal", asking)),
        "administrators": _(
            "确需导入的，由带“管理”职责的人（现有 {n} 个岗位，另有系统操作员）逐列写明理由，"
            "理由记在每条登记的来源里，内容只进密封字段。"
        ).format(n=posts_with("administer", asking)),
        "uploads": _(
            "导入前上传的表格：{n} 分钟没人看就不能再用，下次有人上传时删除；确认导入后立即删除。"
        ).format(n=uploads.KEPT_SECONDS // 60),
        "sessions": _("登录状态：{n} 小时。").format(n=settings.SESSION_COOKIE_AGE // 3600),
    }
    return render(asking.request, "desk/privacy.html", given)

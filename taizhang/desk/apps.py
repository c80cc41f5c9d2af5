from __future__ import annotations

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "taizhang.desk"
    verbose_name = "台账"

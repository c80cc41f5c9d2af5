"""Every address of the site: the desk's, and the API's where it is installed."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

urlpatterns = [path("", include("taizhang.desk.urls"))]
if find_spec("taizhang.api") is not None and find_spec("taizhang.api.urls") is not None:
    urlpatterns.append(path("api/", include("taizhang.api.urls")))

handler400 = "taizhang.desk.faults.unreadable"
handler403 = "taizhang.desk.faults.forbidden"
handler404 = "taizhang.desk.faults.not_found"
handler500 = "taizhang.desk.faults.unexpected"

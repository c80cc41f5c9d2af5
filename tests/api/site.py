"""A site that has the API alone, where the real one includes it."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("api/", include("taizhang.api.urls"))]

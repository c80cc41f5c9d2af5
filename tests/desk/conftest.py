from __future__ import annotations

import pytest
from django.conf import settings

from taizhang.desk import assets
from tests.desk.staff import Staff, staffed


@pytest.fixture(autouse=True)
def _a_site_to_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are tested where nobody ran the front end's build as well; the browser tests need a real one."""
    # Set for good: Django refuses to read an empty key, and so cannot put it back.
    settings.SECRET_KEY = "for tests alone"
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["testserver", "127.0.0.1"])
    if not (assets.FOLDER / "taizhang" / "manifest.json").is_file():
        built = assets.Assets("/static/app.js", ("/static/app.css",))
        monkeypatch.setattr("taizhang.desk.frame.assets", lambda: built)
        monkeypatch.setattr("taizhang.desk.faults.assets", lambda: built)


@pytest.fixture
def staff(db: None) -> Staff:
    return staffed()

"""What each of the web server's processes loads: the application, and the habits of a process that lives long."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taizhang.settings")

application = get_wsgi_application()


def _settle_in() -> None:
    from taizhang.ledger.handle import expect_many_calls

    expect_many_calls()
    # What is loaded by now stays for good, and a page makes thousands of objects that live until it is sent:
    # by its defaults the collector would look through them ten times before that.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


_settle_in()

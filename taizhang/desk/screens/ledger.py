"""The ledger as a list, and the list of ledgers."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from taizhang.core.playbook import Playbook
from taizhang.core.values import FLAGS
from taizhang.desk import duties
from taizhang.desk.asking import Asking, screen
from taizhang.desk.columns import Columns
from taizhang.desk.finding import ledger_of, scope_words
from taizhang.desk.picking import unit_options
from taizhang.desk.wishes import cursor_of, cursor_text, wishes_of
from taizhang.ledger import ledgers, queries

PAGE_SIZE = 50


@screen
def index(asking: Asking) -> HttpResponse:
    """All ledgers with what stands on them; a single one is opened at once, but for who may open another."""
    every, may_open = ledgers.all_ledgers(asking.site), ledgers.may_open(asking.agent)
    if may_open and not every:
        return redirect("new-ledger")
    if len(every) == 1 and not may_open:
        return redirect("ledger", every[0].key)
    wanted = {ledger.key: queries.Filters(ledger.ledger_id) for ledger in every}
    found = queries.counts(asking.site.id, asking.scope, wanted)
    shown = [
        {"key": ledger.key, "name": ledger.name, "count": _count_words(found[ledger.key])} for ledger in every
    ]
    given = {"ledgers": shown, "scope": scope_words(asking), "may_open": may_open}
    return render(asking.request, "desk/ledgers.html", given)


@screen
def show(asking: Asking, key: str) -> HttpResponse:
    ledger, playbook = ledger_of(asking, key)
    wishes = wishes_of(asking.request.GET, asking, ledger.ledger_id, playbook)
    site, scope = asking.site.id, asking.scope
    found = queries.page(
        site,
        scope,
        wishes.filters,
        order=wishes.order,
        descending=wishes.descending,
        after=cursor_of(asking.request.GET.get("after", ""), wishes.order),
        size=PAGE_SIZE,
    )
    columns = Columns(playbook, asking)
    after = cursor_text(found.after)
    given = {
        "ledger": ledger,
        "wishes": wishes,
        "labels": columns.labels,
        "rows": columns.rows(found.entries),
        "count_words": _count_words(queries.count(site, scope, wishes.filters)),
        "next": f"{wishes.address()}&after={after}" if after else "",
        "is_later": "after" in asking.request.GET,
        "scope": scope_words(asking),
        "may_register": "register" in asking.agent.duties,
        "units": unit_options(asking),
        "unit_name": _unit_name(asking, wishes.given.get("unit", "")),
        **_choices(playbook, asking),
    }
    return render(asking.request, "desk/ledger.html", given)


def _count_words(n: int) -> str:
    return _("共 {n} 条").format(n=n)


def _unit_name(asking: Asking, given: str) -> str:
    """A unit given by number in a link, by its name in the form."""
    known = given.isdecimal() and len(given) < 16 and int(given) in asking.units.spans
    return asking.units.name(int(given)) if known else given


def _choices(playbook: Playbook, asking: Asking) -> dict[str, object]:
    """What the filters offer."""
    category = playbook.field_standing_for("category")
    waiting = duties.labels()
    stages = [(stage.key, asking.word(stage.label)) for stage in playbook.stages]
    return {
        "stages": [*stages, ("claimed", asking.word(playbook.stage_label("claimed")))],
        "categories": category.categories if category is not None else (),
        "flags": [(key, names[asking.language == "en"]) for key, names in FLAGS.items()],
        "waiting": [(name, waiting[name]) for name in duties.waiting(asking, 0, playbook)],
    }

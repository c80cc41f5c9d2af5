"""What the program holds about whom, as far as playbooks and posts say it: for the page on personal data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from taizhang.core.playbook import Field, Playbook
from taizhang.desk.asking import Asking, listed
from taizhang.ledger import ledgers
from taizhang.org.in_force import in_force
from taizhang.org.models import Post


@dataclass(frozen=True, slots=True)
class SealedGroup:
    """The sealed fields of one person on an entry (`whose`), erased together."""

    whose: str
    fields: str


@dataclass(frozen=True, slots=True)
class LedgerPrivacy:
    """One ledger: what of it is sealed, what stands in the open, and which roles its playbook knows."""

    name: str
    sealed: tuple[SealedGroup, ...]
    public: str
    internal: str
    roles: str


def ledgers_told(asking: Asking) -> list[LedgerPrivacy]:
    """Every ledger of the site, as its present playbook declares it."""
    return [
        _told(ledger.name, ledgers.playbook(ledger.playbook_sha), asking)
        for ledger in ledgers.all_ledgers(asking.site)
    ]


def _told(name: str, playbook: Playbook, asking: Asking) -> LedgerPrivacy:
    open_fields = [field for field in playbook.fields if not field.is_sealed]
    roles = dict.fromkeys(asking.word(role.label) for role in playbook.roles)
    return LedgerPrivacy(
        name,
        tuple(_sealed(playbook, asking)),
        _named([field for field in open_fields if field.visibility == "public"], asking),
        _named([field for field in open_fields if field.visibility != "public"], asking),
        listed(roles),
    )


def _sealed(playbook: Playbook, asking: Asking) -> Iterator[SealedGroup]:
    for subject in dict.fromkeys(field.subject for field in playbook.sealed_fields):
        fields = [field for field in playbook.sealed_fields if field.subject == subject]
        yield SealedGroup(_whose(subject), _named(fields, asking))


def _whose(subject: str) -> str:
    words = {"reporter": _("反映人、来信人等当事人"), "official": _("责任人、联系人等工作人员")}
    return words.get(subject, subject)


def _named(fields: list[Field], asking: Asking) -> str:
    return listed(asking.word(field.label) for field in fields)


def posts_with(duty: str, asking: Asking) -> int:
    """How many posts of today carry the duty."""
    return Post.objects.filter(in_force(asking.today), duties__contains=[duty]).count()

"""What is wrong with a new password, in the words of the page."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from taizhang.org.models import Person


def password_problem(password: str, person: Person) -> str:
    """Everything the rules of the settings object to; Django's own words are not all there in Chinese."""
    try:
        validate_password(password, person)
    except ValidationError as invalid:
        return "；".join(_words(error) for error in invalid.error_list)
    return ""


def _words(error: ValidationError) -> str:
    known = {
        "password_too_short": _("密码太短，至少 {min_length} 个字符"),
        "password_too_common": _("这个密码太常见，容易被猜到"),
        "password_entirely_numeric": _("密码不能全是数字"),
    }
    found = known.get(error.code or "")
    return found.format(**(error.params or {})) if found else " ".join(error.messages)

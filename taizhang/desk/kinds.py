"""What kind a file is and how large, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from taizhang.core.values import EvidenceRef

SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Kinds a browser of an office shows as pictures."""
_OFFICE = "application/vnd.openxmlformats-officedocument."


def kind_words(file: EvidenceRef) -> str:
    """`PDF · 1.2 MB`."""
    return f"{_kinds().get(file.media_type) or _('其他文件')} · {_size(file.size)}"


def _kinds() -> dict[str, str]:
    packed = dict.fromkeys(
        ("application/zip", "application/vnd.rar", "application/x-7z-compressed"), _("压缩包")
    )
    sounds = dict.fromkeys(("audio/mpeg", "audio/wav", "application/ogg"), _("录音"))
    pictures = {
        f"image/{name.lower()}": _("{name} 图片").format(name=name)
        for name in ("PNG", "JPEG", "GIF", "WebP", "TIFF", "HEIC")
    }
    return {
        **packed,
        **sounds,
        **pictures,
        "application/pdf": "PDF",
        _OFFICE + "wordprocessingml.document": "Word",
        _OFFICE + "spreadsheetml.sheet": "Excel",
        _OFFICE + "presentationml.presentation": "PowerPoint",
        "application/x-ole-storage": _("旧版 Office 文件"),
        "text/plain": _("文本"),
        "text/csv": "CSV",
        "video/mp4": _("视频"),
    }


def _size(count: int) -> str:
    return f"{count / 1_048_576:.1f} MB" if count >= 1_048_576 else f"{max(1, round(count / 1024))} KB"

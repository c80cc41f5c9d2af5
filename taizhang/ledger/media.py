"""What kind a file is, by its content. A browser is never told a kind the content does not have."""

from __future__ import annotations

UNKNOWN = "application/octet-stream"

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "application/ogg"),
)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_INSIDE_ZIP: tuple[tuple[bytes, str], ...] = (
    (b"word/", _OFFICE + "wordprocessingml.document"),
    (b"xl/", _OFFICE + "spreadsheetml.sheet"),
    (b"ppt/", _OFFICE + "presentationml.presentation"),
)
_CLAIMABLE = frozenset({"text/plain", "text/csv"})
"""Kinds of plain text that cannot be told apart by content and do no harm when shown."""


def media_type_of(content: bytes, claimed: str = "") -> str:
    """The media type of the content; `claimed` decides only between kinds of plain text.

    Text that would be markup to a browser (HTML, SVG) is plain text here.
    """
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return next((kind for part, kind in _INSIDE_ZIP if part in content), "application/zip")
    return _boxed(content) or _text(content, claimed)


def _boxed(content: bytes) -> str:
    """Kinds that carry a length before their mark: WebP and WAV (RIFF), MP4 and HEIC (ISO 14496-12)."""
    if content[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(content[8:12], UNKNOWN)
    if content[4:8] == b"ftyp":
        return "image/heic" if content[8:11] == b"hei" else "video/mp4"
    return ""


def _text(content: bytes, claimed: str) -> str:
    if b"\x00" in content:
        return UNKNOWN
    try:
        content.decode()
    except UnicodeDecodeError:
        return UNKNOWN
    return claimed if claimed in _CLAIMABLE else "text/plain"

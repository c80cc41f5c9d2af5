"""How much of anything a file may ask for before it is refused."""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one file, sizes in bytes. The defaults pass 100,000 rows × 15 columns ten times over."""

    file_bytes: int = 64 * MIB
    unpacked_bytes: int = 1024 * MIB
    ratio: int = 200
    ratio_from_bytes: int = 16 * MIB
    members: int = 10_000
    cells: int = 20_000_000
    columns: int = 2048
    merges: int = 200_000
    errors: int = 100_000
    memory_bytes: int = 1536 * MIB
    cpu_seconds: int = 30
    wall_seconds: float = 30.0

"""The root of the log's tree, against the vectors of Certificate Transparency's own reference."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taizhang.tlog.tree import Head, head_of

LEAVES = (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)  # fmt: skip
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def hashed(leaves: list[bytes]) -> list[bytes]:
    return [sha256(b"\x00" + leaf).digest() for leaf in leaves]


@pytest.mark.parametrize("size", range(len(ROOTS)))
def test_the_root_is_that_of_the_standard(size: int) -> None:
    leaves = hashed([bytes.fromhex(leaf) for leaf in LEAVES[:size]])
    assert head_of(leaves) == Head(size, ROOTS[size])


@given(st.lists(st.binary(max_size=4), min_size=2, max_size=70), st.data())
def test_any_change_of_a_leaf_or_of_the_order_changes_the_root(
    leaves: list[bytes], data: st.DataObject
) -> None:
    hashes = hashed(leaves)
    first, second = (data.draw(st.integers(0, len(hashes) - 1)) for _ in "ab")
    other = list(hashes)
    other[first], other[second] = other[second], other[first]
    assert (head_of(other) == head_of(hashes)) == (other == hashes)
    other = list(hashes)
    other[first] = sha256(other[first]).digest()
    assert head_of(other) != head_of(hashes)

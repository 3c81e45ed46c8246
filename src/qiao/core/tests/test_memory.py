"""Garbage is not looked for within a batch, and is again after it."""

import gc

import pytest

from qiao.core.memory import uncollected


def test_garbage_is_looked_for_again_after_a_block() -> None:
    def fails() -> None:
        with uncollected():
            assert not gc.isenabled()
            with uncollected():
                pass
            assert not gc.isenabled()
            raise KeyError

    assert gc.isenabled()
    with pytest.raises(KeyError):
        fails()
    assert gc.isenabled()

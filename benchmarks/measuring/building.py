"""Building a world of stages of the demo world in the database of the environment."""

import os
import sys
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any

import psycopg

from measuring.databases import say


def build(
    *,
    modules: Collection[str],
    without: Collection[str] = (),
    instead: Mapping[str, Callable[..., None]] | None = None,
    **size: Any,
) -> None:
    """Build the stages of `modules` that are not built yet, and count the tables after it.

    `without` names stages to leave out, `instead` what to do in place of a stage; `size` goes to
    the `World`. Django is set up, its user owns the tables.
    """
    from django.utils import timezone

    from qiao.core.demo import World, build_stages, stages
    from qiao.core.registry import registry

    kept = {s.key for m in registry if m.key in modules for s in m.demo}.difference(without)
    others = instead or {}
    wanted = [replace(s, build=others.get(s.key, s.build)) for s in stages() if s.key in kept]
    began = time.monotonic()
    world = World(pack="water", now=timezone.now(), **size)
    if build_stages(world, wanted, progress=say):
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as owner:
            owner.execute("VACUUM (ANALYZE)")
        print(f"built in {time.monotonic() - began:.0f} s", file=sys.stderr)

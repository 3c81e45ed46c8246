"""A process that changes cases at random until it is killed; see `test_kept_counts`."""

import os
import random
import sys
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from collections.abc import Callable


def main(seed: int) -> None:
    """Change for ever; say so by one byte after each commit."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
    django.setup()

    import pytest  # noqa: PLC0415 - the settings come first
    from django.db import transaction  # noqa: PLC0415

    from qiao.cases.models import Case  # noqa: PLC0415
    from qiao.cases.operations import AlreadyThere, CaseClosedAlready, NotPaused  # noqa: PLC0415
    from qiao.cases.rules.process_refusals import ProcessRefusal  # noqa: PLC0415
    from qiao.cases.tests.world import NOW, pack_in_memory  # noqa: PLC0415
    from qiao.staff.queries import actor_by_number  # noqa: PLC0415

    rng = random.Random(seed)
    ids = list(Case.objects.values_list("id", flat=True))
    actors = [actor_by_number(number, day=NOW.date()) for number in ("1027", "1028")]
    refusals = (AlreadyThere, CaseClosedAlready, NotPaused, ProcessRefusal)
    with pack_in_memory(pytest.MonkeyPatch()):
        while True:
            about = {"case_id": rng.choice(ids), "actor": rng.choice(actors), "now": NOW}
            try:
                with transaction.atomic():
                    change(rng, about)
            except refusals:
                continue
            os.write(sys.stdout.fileno(), b".")


def change(rng: random.Random, about: dict[str, Any]) -> None:
    """One change of one case."""
    from qiao.cases import operations  # noqa: PLC0415 - the settings come first
    from qiao.cases.models import Case  # noqa: PLC0415

    step = Case.objects.values_list("step", flat=True).get(id=about["case_id"])
    actions = {
        "accept": ("hand_over", {}),
        "repair": ("done", {"cause": "pipe"}),
        "call_back": ("satisfied", {}),
        "archived": ("reopen", {"reason": "又漏了"}),
    }
    action, given = actions[step]
    chosen: Callable[[], Any] = rng.choice(
        [
            lambda: operations.take_over(**about),
            lambda: operations.pause(**about, reason="等待"),
            lambda: operations.resume(**about),
            lambda: operations.change_priority(
                **about, priority=rng.choice(["urgent", "high", "normal", "low"])
            ),
            lambda: operations.take_action(**about, action=action, given=given),
            lambda: operations.chase(**about, words="催"),
        ]
    )
    chosen()


if __name__ == "__main__":
    main(int(sys.argv[1]))

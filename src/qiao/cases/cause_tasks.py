"""What is learnt by night from the causes that people found."""

from datetime import datetime
from typing import Final

from qiao.cases.operations.cause_models import LEAST_NEW, install_model
from qiao.cases.queries.cause_models import coded_examples, new_codes_since_training
from qiao.cases.rules.learning import cross_validate
from qiao.core.tasks import PeriodicJob
from qiao.core.transactions import acting

NIGHTLY_FOLDS: Final = 5
NIGHTLY_REPEATS: Final = 1


def learn_causes(now: datetime) -> None:
    """Learn from the cases coded so far, when enough are new; no transaction is open meanwhile."""
    if new_codes_since_training(now=now) < LEAST_NEW:
        return
    examples = coded_examples(now=now)
    if len({example.key for example in examples}) < 2:
        return
    report = cross_validate(examples, folds=NIGHTLY_FOLDS, repeats=NIGHTLY_REPEATS)
    with acting(None):
        install_model(examples=examples, report=report, source="cases", now=now)


PERIODIC = (PeriodicJob("cases.learn_causes", "25 18 * * *", learn_causes),)

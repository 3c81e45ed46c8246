"""What a voice menu asks outside is answered: by modules, and by calendars."""

from datetime import datetime
from typing import Final

import structlog
from django.db import OperationalError, transaction

from qiao.core import events
from qiao.core.calendars import is_open
from qiao.core.manifest import Answer, Question
from qiao.core.registry import registry
from qiao.telephony.rules.menu_visits import AskOutside

FAILED: Final = Answer("failed", {})
log: Final = structlog.get_logger(__name__)


def answer_question(*, ask: AskOutside, organisation_id: int, now: datetime) -> Answer:
    """The answer; an outcome that no menu names where a module fails or is not there, so that the
    caller goes on and reaches somebody."""
    if ask.kind == "hours":
        return Answer("open" if is_open(ask.name, now) else "closed", {})
    asked = registry.voice().get((ask.kind, ask.name))
    if asked is None:
        log.warning("menu_asks_what_nobody_answers", kind=ask.kind, name=ask.name)
        return FAILED
    arguments = dict(ask.arguments)
    if ask.kind == "check":  # the digits come first, under the name that the menu gives them
        keyed, *rest = asked.arguments
        digits = next(iter(arguments.values()), "")
        arguments = {name: arguments[name] for name in rest if name in arguments}
        arguments[keyed] = digits
    try:
        with transaction.atomic(), events.together():
            found = asked.answer(question=Question(arguments, organisation_id), now=now)
    except OperationalError:
        raise
    except Exception:  # whatever a module raises must not leave a caller without a word
        log.exception("menu_not_answered", name=ask.name)
        return FAILED
    assert isinstance(found, Answer)
    return found

"""Why something was not possible, in words that say what to do."""

from django.utils.translation import gettext as _

from qiao.cases import operations
from qiao.cases.rules.process_refusals import (
    ChecksOpen,
    ConditionNotMet,
    DutyOpen,
    MissingFields,
    NotAllowed,
    SubTasksOpen,
)
from qiao.cases.showing import names
from qiao.cases.showing.joined_refusals import JOIN_WORDS
from qiao.cases.showing.writing_history import nearest

MOST_NAMED = 5


def refusal_words(error: Exception) -> str:
    """A refusal of an operation or of the process."""
    if isinstance(error, NotAllowed):
        return _("This step belongs to: %(role)s") % {"role": names.role_name(error.role)}
    if isinstance(error, DutyOpen):
        duty = names.DUTIES.get(error.duty, error.duty)
        return _("Waits until this is done: %(duty)s") % {"duty": duty}
    if isinstance(error, MissingFields):
        return _("Some required fields are empty.")
    if isinstance(error, ChecksOpen | SubTasksOpen):
        return _still_open(error)
    if isinstance(error, ConditionNotMet):
        return _("This is not possible for this case.")
    if isinstance(error, operations.StaleStep):
        return _("Somebody else has moved the case meanwhile. Nothing was changed.")
    known = type(error).__name__
    if known in JOIN_WORDS:
        return JOIN_WORDS[known]()
    return _BY_CLASS.get(known, lambda: str(error))()


def _still_open(error: ChecksOpen | SubTasksOpen) -> str:
    """What must be done before, by its names."""
    if isinstance(error, ChecksOpen):
        items = _(", ").join(nearest(texts) for texts in error.items)
        return _("Tick off first: %(items)s") % {"items": items}
    return _("Finish or drop the sub-tasks first: %(titles)s") % {
        "titles": _(", ").join(error.titles[:MOST_NAMED])
    }


_BY_CLASS = {
    "NoSuchCause": lambda: _("This cause is not in use any more. Choose another."),
    "TooManyCauses": lambda: _("Choose up to five other causes."),
    "CaseClosedAlready": lambda: _("The case is archived. Reopen it first."),
    "AlreadyThere": lambda: _("This is so already."),
    "AlreadyLinked": lambda: _("The two cases are linked already."),
    "LinkedToItself": lambda: _("A case is not linked to itself."),
    "NotPaused": lambda: _("The clock is not in that state any more."),
    "NotATeam": lambda: _("You cannot hand work to this team or person."),
    "NothingToDecide": lambda: _("Somebody has decided this already."),
    "NobodyNeutral": lambda: _("All who could take it belong to them. Name a neutral team first."),
    "NotAbout": lambda: _("The case is about no outlet or person."),
    "FindingMissing": lambda: _("Say what was found."),
    "NamesCaller": lambda: _("The finding gives away who complained. Leave that out."),
    "GreenReasonMissing": lambda: _("Say why."),
    "NotGreen": lambda: _("This is so already."),
    "NoAccount": lambda: _("The case names no account. Add the account first."),
    "BadDispute": lambda: _("Say which bill, and an amount above nothing."),
    "NotYourDigest": lambda: _("This belongs to somebody else."),
    "DecidedAlready": lambda: _("Somebody has decided this already."),
    "BadDecision": lambda: _("An order needs its words, an owner and a day that is not over."),
    "ReasonMissing": lambda: _("Say why."),
    "SubTaskOver": lambda: _("This sub-task has been ended or taken up again meanwhile."),
    "TooManySubTasks": lambda: _("Too many sub-tasks are open. Split the case instead."),
    "NotSnoozable": lambda: _("Choose a moment that lies ahead."),
    "FileGone": lambda: _("The file has been removed meanwhile."),
    "EmptyText": lambda: _("There is nothing to keep yet."),
}


def known_refusals() -> frozenset[str]:
    """The names of the refusals that have words of their own."""
    return frozenset(_BY_CLASS)

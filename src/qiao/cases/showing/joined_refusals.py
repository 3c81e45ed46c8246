"""Why cases were not merged, split, reopened or joined, in words that say what to do."""

from collections.abc import Callable, Mapping
from typing import Final

from django.utils.translation import gettext as _

from qiao.cases import operations

JOIN_REFUSALS: Final[tuple[type[Exception], ...]] = (
    operations.SameCase,
    operations.TooMany,
    operations.NotMerged,
    operations.NotLinked,
    operations.UnderParent,
    operations.KeptApart,
    operations.NothingToSplit,
    operations.BuiltOn,
    operations.NotReopened,
    operations.TooLateToReopen,
    operations.NotUndoable,
    operations.ParentOver,
    operations.NotAReport,
)
JOIN_WORDS: Final[Mapping[str, Callable[[], str]]] = {
    "MergedAway": lambda: _("Another case stands for this one. Work on that one."),
    "SameCase": lambda: _("Choose at least one other case."),
    "TooMany": lambda: _("These are too many to look through at once."),
    "NotMerged": lambda: _("This was undone already."),
    "NotLinked": lambda: _("This was undone already."),
    "ParentOver": lambda: _("That common cause is over: ask whether it is so for this customer."),
    "NotAReport": lambda: _("This is not possible for this case now."),
    "UnderParent": lambda: _("A report of a common cause is not merged; it is closed with it."),
    "KeptApart": lambda: _("One of them is kept from an outlet or a person, another is not."),
    "NothingToSplit": lambda: _("None of these entries can go to a case of its own."),
    "BuiltOn": lambda: _("Somebody has worked on it since. It cannot be undone any more."),
    "NotReopened": lambda: _("This was undone already."),
    "NotUndoable": lambda: _("This was undone already."),
    "TooLateToReopen": lambda: _(
        "The time for reopening is over. Open a new case and link it with this one."
    ),
}

"""Refusals of staff's operations, in words and beside the field at fault."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from qiao.core.code_tables import CodeRefused
from qiao.core.rules.text import BadText
from qiao.staff import operations
from qiao.staff.models import Role, Skill


@contextmanager
def refused() -> Iterator[None]:
    """Tell a refusal as `CodeRefused`."""
    try:
        yield
    except BadText as bad:
        raise CodeRefused(_("This text cannot be kept as it is."), bad.field) from bad
    except operations.WeakPassword as weak:
        raise CodeRefused(" ".join(weak.messages), "password") from weak
    except operations.StillUsed as used:
        words = _("It still has %(people)s people and %(units)s open units below it.")
        raise CodeRefused(words % {"people": used.people, "units": used.units}) from used
    except tuple(_words()) as refusal:
        words, field = _words()[type(refusal)]
        raise CodeRefused(words, field) from refusal


def _words() -> dict[type[Exception], tuple[str, str]]:
    return {
        operations.NumberTaken: (_("Somebody has this staff number already."), "number"),
        operations.CodeTaken: (_("Another unit has this code already."), "code"),
        operations.RoleBeyondOwn: (
            _("This role may do more than you may there. Somebody above has to give it."),
            "role",
        ),
        operations.RoleNeedsTwo: (
            _("Roles that manage people are given afterwards, by two people."),
            "role",
        ),
        operations.MorePowerful: (
            _("This person may do more than you. Somebody above has to do this."),
            "",
        ),
        operations.NotOneself: (_("Nobody changes their own access."), ""),
        operations.AlreadyHeld: (
            _("The person holds this role there on some of these days already."),
            "role",
        ),
        operations.BadDays: (_("These days are over, or do not follow each other."), ""),
        operations.PersonMissing: (_("No such person or unit that you may manage."), ""),
        operations.UnitMissing: (_("No such unit that you may manage."), ""),
        Skill.DoesNotExist: (_("There is no such skill."), "skill"),
        operations.BadLevel: (_("Skills are held from 0 to 5."), "level"),
        Role.DoesNotExist: (_("There is no such role."), "role"),
    }

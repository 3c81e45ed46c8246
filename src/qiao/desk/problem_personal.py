"""What the problem log may hold of a person: words of reports and answers, pictures of screens."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from qiao.core.personal import Erasing, Held, Person, PersonalData, ids_of

_SAYS = """
SELECT id FROM desk_problem WHERE source = 'person' AND (title LIKE ANY(%(like)s)
    OR body LIKE ANY(%(like)s) OR answer LIKE ANY(%(like)s)
    OR id IN (SELECT owner_id FROM core_attachment
               WHERE owner_kind = 'desk.problem' AND file_name LIKE ANY(%(like)s)))
"""
_CLEAR = """
UPDATE desk_problem SET title = '–', body = '', answer = '' WHERE id = ANY(%(ids)s)
"""


def collect(person: Person) -> Sequence[Held]:
    """Nothing is filed under a person here; reports that quote one are found when erased."""
    del person
    return ()


def erase(person: Person, erasing: Erasing) -> None:
    """Reports that quote the person lose their words and pictures."""
    like = [f"%{word}%" for word in person.words if word]
    ids = ids_of(_SAYS, {"like": like}) if like else []
    if ids:
        erasing.run("desk.problems", _CLEAR, {"ids": ids})
        erasing.drop_files("desk.problem_files", owner_kind="desk.problem", owner_ids=ids)


PERSONAL = (
    PersonalData(
        key="desk",
        order=85,
        collect=collect,
        erase=erase,
        counted={
            "desk.problems": _("Problem reports without words"),
            "desk.problem_files": _("Pictures of problem reports"),
        },
    ),
)

"""Why a process does not permit what was asked."""

from collections.abc import Mapping, Sequence

from qiao.core.rules.conditions import Condition


class ProcessRefusal(Exception):  # noqa: N818 - a refusal, not a fault
    """The process does not permit what was asked."""


class UnknownStep(ProcessRefusal):
    """The process has no step of this key."""

    def __init__(self, *, process: str, step: str) -> None:
        super().__init__(f"process {process} has no step {step}")
        self.process, self.step = process, step


class UnknownAction(ProcessRefusal):
    """The step has no such action that a person may take."""

    def __init__(self, *, step: str, action: str) -> None:
        super().__init__(f"step {step} has no action {action}")
        self.step, self.action = step, action


class NotAllowed(ProcessRefusal):
    """The action belongs to `role`."""

    def __init__(self, role: str) -> None:
        super().__init__(f"only the role {role} may")
        self.role = role


class ConditionNotMet(ProcessRefusal):
    """The action's condition does not hold for this case."""

    def __init__(self, *, action: str, condition: Condition | None) -> None:
        super().__init__(f"the condition of {action} does not hold")
        self.action, self.condition = action, condition


class FieldsRefused(ProcessRefusal):
    """The values given do not fit the move; `fields` lists all that are wrong."""

    def __init__(self, fields: Sequence[str]) -> None:
        super().__init__(f"{type(self).__name__}: {', '.join(fields)}")
        self.fields = tuple(fields)


class MissingFields(FieldsRefused):
    """Fields that the move needs are not given."""


class FieldsNotAsked(FieldsRefused):
    """Values were given for fields that neither the step nor the action asks for."""


class DutyOpen(ProcessRefusal):
    """The step's duty in another module is not reported done."""

    def __init__(self, duty: str) -> None:
        super().__init__(f"the duty {duty} is still open")
        self.duty = duty


class ChecksOpen(ProcessRefusal):
    """Required items of the step's checklists are open; `items` are their names by language."""

    def __init__(self, items: Sequence[Mapping[str, str]]) -> None:
        super().__init__(f"{len(items)} required items are open")
        self.items = tuple(items)


class SubTasksOpen(ProcessRefusal):
    """The case would end while sub-tasks are owed; `titles` says which."""

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__(f"{len(titles)} sub-tasks are open")
        self.titles = tuple(titles)


class NoBranch(ProcessRefusal):
    """An automatic step found no branch for these facts (a checked process never does this)."""

    def __init__(self, step: str) -> None:
        super().__init__(f"no automatic branch of {step} holds")
        self.step = step

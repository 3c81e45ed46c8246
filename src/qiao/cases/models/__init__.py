"""Cases: what a customer asked for, who owns it, where it stands, and all that happened."""

from qiao.cases.models.alike import (
    AlikeNotice,
    AlikeParent,
    AlikeProposal,
    AlikeReport,
    AlikeTold,
)
from qiao.cases.models.beside import CaseDraft, CaseLink, CaseViewer
from qiao.cases.models.bulk import BulkItem, BulkRun
from qiao.cases.models.case import Case, CaseQuerySet
from qiao.cases.models.causes import CaseCause, Cause, CauseModel, CauseSuggestion
from qiao.cases.models.checklists import CaseCheck, Checklist
from qiao.cases.models.counts import CaseCount, CaseCountChange, CaseCountMonth
from qiao.cases.models.definitions import CaseType, ProcessVersion, PromiseSet
from qiao.cases.models.digest import Digest, DigestItem, DigestReader
from qiao.cases.models.dispute import Dispute
from qiao.cases.models.green import CaseGreen, GreenRuleRow
from qiao.cases.models.history import CaseClock, CaseDuty, CaseEvent, ClockRecord
from qiao.cases.models.hotline import OutletFinding
from qiao.cases.models.intake import (
    CaseIntake,
    CaseSource,
    IntakeCategory,
    IntakeMapping,
    IntakeRow,
)
from qiao.cases.models.ladder import CaseRung
from qiao.cases.models.macros import Macro, MacroKept
from qiao.cases.models.processes import ProcessDraft
from qiao.cases.models.public import PublicLink, PublicLookup
from qiao.cases.models.recounts import Recount
from qiao.cases.models.report_schedules import ReportReceiver, ReportSchedule
from qiao.cases.models.risk import CaseRisk, ComplaintDesk, RiskAlarm, RiskRuleRow
from qiao.cases.models.search import CaseSearch, OpenCaseSearch
from qiao.cases.models.setting_aside import CaseSnooze, CaseUnread
from qiao.cases.models.subtasks import SubTask
from qiao.cases.models.tellings import CaseTelling
from qiao.cases.models.views import SavedView, ViewCount, ViewPlace
from qiao.cases.models.words import CaseWord

__all__ = [
    "AlikeNotice",
    "AlikeParent",
    "AlikeProposal",
    "AlikeReport",
    "AlikeTold",
    "BulkItem",
    "BulkRun",
    "Case",
    "CaseCause",
    "CaseCheck",
    "CaseClock",
    "CaseCount",
    "CaseCountChange",
    "CaseCountMonth",
    "CaseDraft",
    "CaseDuty",
    "CaseEvent",
    "CaseGreen",
    "CaseIntake",
    "CaseLink",
    "CaseQuerySet",
    "CaseRisk",
    "CaseRung",
    "CaseSearch",
    "CaseSnooze",
    "CaseSource",
    "CaseTelling",
    "CaseType",
    "CaseUnread",
    "CaseViewer",
    "CaseWord",
    "Cause",
    "CauseModel",
    "CauseSuggestion",
    "Checklist",
    "ClockRecord",
    "ComplaintDesk",
    "Digest",
    "DigestItem",
    "DigestReader",
    "Dispute",
    "GreenRuleRow",
    "IntakeCategory",
    "IntakeMapping",
    "IntakeRow",
    "Macro",
    "MacroKept",
    "OpenCaseSearch",
    "OutletFinding",
    "ProcessDraft",
    "ProcessVersion",
    "PromiseSet",
    "PublicLink",
    "PublicLookup",
    "Recount",
    "ReportReceiver",
    "ReportSchedule",
    "RiskAlarm",
    "RiskRuleRow",
    "SavedView",
    "SubTask",
    "ViewCount",
    "ViewPlace",
]

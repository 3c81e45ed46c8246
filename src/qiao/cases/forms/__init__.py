"""Forms of cases: what a person may type, and how it reaches operations."""

from qiao.cases.forms.acting import (
    ActionForm,
    AnswerForm,
    AssignForm,
    EditForm,
    LinkForm,
    PriorityForm,
    TransferForm,
    WordsForm,
)
from qiao.cases.forms.facts import FACT, FactsForm, kept_facts, typed_facts
from qiao.cases.forms.files import AttachForm
from qiao.cases.forms.filters import read_filters, read_view, write_filters
from qiao.cases.forms.opening import NewCaseForm
from qiao.cases.forms.place import Place, read_place
from qiao.cases.forms.views import ViewForm

__all__ = [
    "FACT",
    "ActionForm",
    "AnswerForm",
    "AssignForm",
    "AttachForm",
    "EditForm",
    "FactsForm",
    "LinkForm",
    "NewCaseForm",
    "Place",
    "PriorityForm",
    "TransferForm",
    "ViewForm",
    "WordsForm",
    "kept_facts",
    "read_filters",
    "read_place",
    "read_view",
    "typed_facts",
    "write_filters",
]

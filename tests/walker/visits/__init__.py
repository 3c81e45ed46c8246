"""The registry: what each address is visited with. A new address needs a line here.

Words in braces are ids of `World.ids`, all of the lake branch. `queries` are visited too, `post`
is what a colleague could really send; `public` addresses answer people who are not signed in;
`own` ones let anybody write something of their own.
"""

from typing import Final

from tests.walker.visits.addressed import Visit, told
from tests.walker.visits.administration import ADMINISTRATION
from tests.walker.visits.alike import ALIKE
from tests.walker.visits.api import API
from tests.walker.visits.billing import BILLING
from tests.walker.visits.call_records import CALL_RECORDS
from tests.walker.visits.cases import CASES
from tests.walker.visits.contact import CONTACT
from tests.walker.visits.core import CORE
from tests.walker.visits.customers import CUSTOMERS
from tests.walker.visits.desk import DESK, PROBLEMS
from tests.walker.visits.dispatch import DISPATCH
from tests.walker.visits.feedback import FEEDBACK
from tests.walker.visits.imports import IMPORTS
from tests.walker.visits.intake import INTAKE
from tests.walker.visits.joining import JOINING
from tests.walker.visits.knowledge import KNOWLEDGE
from tests.walker.visits.menus import MENUS
from tests.walker.visits.messages import MESSAGES
from tests.walker.visits.metering import METERING
from tests.walker.visits.processes import PROCESSES
from tests.walker.visits.public_cases import PUBLIC_CASES
from tests.walker.visits.reports import REPORTS
from tests.walker.visits.rollout import ROLLOUT
from tests.walker.visits.signing_in import ACCOUNT
from tests.walker.visits.subtasks import SUBTASKS
from tests.walker.visits.suggestions import SUGGESTIONS
from tests.walker.visits.surveys import SURVEYS
from tests.walker.visits.telephone import TELEPHONE
from tests.walker.visits.workforce import WORKFORCE

__all__ = ["VISITS", "Visit", "told"]

VISITS: Final[dict[str, Visit]] = (
    CORE
    | DESK
    | PROBLEMS
    | ADMINISTRATION
    | CUSTOMERS
    | IMPORTS
    | KNOWLEDGE
    | CASES
    | PUBLIC_CASES
    | JOINING
    | ALIKE
    | INTAKE
    | PROCESSES
    | SUBTASKS
    | REPORTS
    | DISPATCH
    | BILLING
    | METERING
    | MESSAGES
    | CONTACT
    | TELEPHONE
    | CALL_RECORDS
    | MENUS
    | FEEDBACK
    | ROLLOUT
    | WORKFORCE
    | SUGGESTIONS
    | SURVEYS
    | API
    | ACCOUNT
)

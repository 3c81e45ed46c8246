"""What the tiers contribute to the house: jobs that keep them, and what they listen to."""

from qiao.core.manifest import Subscription
from qiao.core.tasks import PeriodicJob
from qiao.customers import tier_tasks as tasks
from qiao.customers.events import (
    CustomersCompleted,
    CustomersImported,
    CustomersMerged,
    MergeUndone,
    PartyAdded,
)
from qiao.customers.operations.grading import NIGHTLY

SUBSCRIPTIONS = (
    Subscription(PartyAdded, tasks.on_party_added),
    Subscription(CustomersImported, tasks.on_customers_imported),
    Subscription(CustomersCompleted, tasks.on_customers_completed),
    Subscription(CustomersMerged, tasks.on_customers_merged),
    Subscription(MergeUndone, tasks.on_merge_undone),
)
# The clock of the jobs is UTC: ten past two at night in China.
PERIODIC = (
    PeriodicJob("customers.grade_news", "* * * * *", tasks.grade_news),
    PeriodicJob("customers.end_overrides", "2 * * * *", tasks.end_overrides),
    PeriodicJob("customers.keep_value", "40 18 * * *", tasks.keep_value),
    PeriodicJob(NIGHTLY, "10 18 * * *", tasks.grade_everybody),
)

"""What the search for duplicates contributes to the house: its jobs, and what it listens to."""

from qiao.core.manifest import Subscription
from qiao.core.tasks import PeriodicJob
from qiao.customers import duplicate_tasks as tasks
from qiao.customers.events import (
    CustomerChanged,
    CustomerRegistered,
    CustomersCompleted,
    CustomersImported,
    CustomersMerged,
    MergeUndone,
    PartyAdded,
    PhoneAdded,
)

SUBSCRIPTIONS = (
    Subscription(CustomerRegistered, tasks.check_registered),
    Subscription(CustomersImported, tasks.check_imported),
    Subscription(CustomersCompleted, tasks.check_completed),
    Subscription(CustomerChanged, tasks.check_changed),
    Subscription(PhoneAdded, tasks.check_phone),
    Subscription(PartyAdded, tasks.check_party),
    Subscription(CustomersMerged, tasks.check_merged),
    Subscription(MergeUndone, tasks.check_apart),
)
# The clock of the jobs is UTC: forty past two at night in China.
PERIODIC = (
    PeriodicJob("customers.fold_duplicate_counts", "* * * * *", tasks.fold_counts),
    PeriodicJob("customers.search_duplicates", "40 18 * * *", tasks.search_by_night),
)

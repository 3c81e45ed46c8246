"""What is typed at several addresses: what is hunted for, days, a leak."""

from datetime import timedelta
from typing import Final

from django.utils import timezone

TODAY: Final = timezone.localdate().isoformat()
SOON: Final = (timezone.localdate() + timedelta(days=30)).isoformat()
HUNTS: Final = (
    "q=13806177754",
    "q=7754",
    "q=zqxcan",
    "q=90887766554",
    "q={number}",
    "q=%E6%BB%A8%E6%B9%96",
)
LEAK: Final = {
    "type": "water.small_leak",
    "channel": "phone",
    "priority": "normal",
    "customer": "{customer}",
    "account": "{account}",
    "area": "339102",
    "title": "leak",
    "fact-leak_at": "before_meter",
    "place": "somewhere",
}

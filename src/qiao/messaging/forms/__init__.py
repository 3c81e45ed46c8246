"""Forms of the messaging module."""

from qiao.messaging.forms.addresses import EmailChangeForm, EmailForm
from qiao.messaging.forms.notices import NoticeForm, field_name

__all__ = ["EmailChangeForm", "EmailForm", "NoticeForm", "field_name"]

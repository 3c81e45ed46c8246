"""All that complaints bring to the module's manifest, put together from their topics."""

from qiao.cases import complaint_codes
from qiao.cases import risk_contributions as risk
from qiao.cases.operations import complaint_rules

CODE_TABLES = complaint_codes.CODE_TABLES
install_rules = complaint_rules.install_rules
PANELS = risk.PANELS
INBOX = risk.INBOX
COMMANDS = risk.COMMANDS
PERMISSIONS = risk.PERMISSIONS
NOTICES = risk.NOTICES
PARAMETERS = risk.PARAMETERS
PERIODIC = risk.PERIODIC
SUBSCRIPTIONS = risk.SUBSCRIPTIONS
AUDITED = risk.AUDITED
AUDIT_WORDS = risk.AUDIT_WORDS

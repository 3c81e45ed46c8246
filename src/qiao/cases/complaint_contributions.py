"""All that complaints bring to the module's manifest, put together from their topics."""

from qiao.cases import complaint_codes, green_codes, risk_codes
from qiao.cases import desk_contributions as desk
from qiao.cases import hotline_contributions as hotline
from qiao.cases import risk_contributions as risk
from qiao.cases.operations import complaint_rules

CODE_TABLES = (*risk_codes.CODE_TABLES, *green_codes.CODE_TABLES, *complaint_codes.CODE_TABLES)
install_rules = complaint_rules.install_rules
PANELS = (*risk.PANELS, *hotline.PANELS, *desk.PANELS)
INBOX = risk.INBOX
COMMANDS = (*risk.COMMANDS, *hotline.COMMANDS, *desk.COMMANDS)
PERMISSIONS = (*risk.PERMISSIONS, *desk.PERMISSIONS)
NOTICES = (*risk.NOTICES, *desk.NOTICES)
PARAMETERS = risk.PARAMETERS
PERIODIC = (*risk.PERIODIC, *desk.PERIODIC)
SUBSCRIPTIONS = (*risk.SUBSCRIPTIONS, *desk.SUBSCRIPTIONS)
AUDITED = (*risk.AUDITED, *hotline.AUDITED, *desk.AUDITED)
AUDIT_WORDS = (*risk.AUDIT_WORDS, *hotline.AUDIT_WORDS, *desk.AUDIT_WORDS)
PORTFOLIO = desk.PORTFOLIO

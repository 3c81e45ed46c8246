"""The people of the demo company whom its visitors play; nobody else moves their work."""

# Demo sign-in cards and the journeys rely on these people; the others are drawn.
CAST = {
    "1027": ("林晓岚", "坐席", "agent", "call-1"),
    "1031": ("黄蕴仪", "坐席", "agent", "call-1"),
    "1008": ("沈国良", "值班长", "supervisor", "call-1"),
    "2001": ("周启明", "调度员", "dispatcher", "dispatch"),
    "3101": ("王建军", "维修工", "technician", "LJ-BH-crew"),
    "1502": ("罗静怡", "投诉专员", "complaint_officer", "complaints"),
    "4001": ("许文博", "分管副总", "leader", "head"),
    "5001": ("何思远", "数据分析员", "analyst", "head"),
    "9001": ("系统管理员", "系统管理员", "administrator", "head"),
    "6101": ("宋佳宁", "营业员", "clerk", "LJ-BH-office"),
}
# Customer managers, hired after everybody else; the last one works here no longer.
MANAGERS = {
    "1601": ("苏婉清", "大客户经理"),
    "1602": ("邓卓然", "大客户经理"),
    "1603": ("郭思源", "客户经理"),
    "1604": ("彭立群", "客户经理"),
}
LEFT = "1604"
# Who introduces the product and answers what colleagues say of it, hired last.
SUPPORT = {
    "9101": ("秦思雨", "系统推广专员"),
    "9102": ("汪志成", "系统支持工程师"),
}
# Who takes payments at a branch's counter, who closes its days, who bills; hired after all others.
COUNTER = {
    "9201": ("顾雪梅", "收费员", "cashier"),
    "9202": ("陶国栋", "营业班长", "counter_lead"),
    "9203": ("蒋文涛", "计费员", "billing_clerk"),
}
COUNTER_UNIT = "LJ-BH-office"
# Who walks the routes of a branch with the phone; hired after everybody else. The first is played.
READERS = {
    "9301": ("马德胜", "LJ-BH"),
    "9302": ("廖晓芸", "LJ-BH"),
    "9303": ("石建业", "LJ-BH"),
}

"""What the customers module contributes."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from qiao.core.actor import Actor
from qiao.core.manifest import (
    Command,
    DemoStage,
    Hit,
    Module,
    NavItem,
    Panel,
    Permission,
    SearchSource,
)
from qiao.core.tasks import PeriodicJob
from qiao.customers import (
    care_contributions,
    contributions,
    demo,
    duplicate_contributions,
    duplicate_demo,
    export_contributions,
    file_contributions,
    file_demo,
    imports_demo,
    manager_contributions,
    moves_demo,
    number_contributions,
    number_demo,
    parameters,
    protection_contributions,
    protection_demo,
    protection_tasks,
    relation_contributions,
    relation_demo,
    retention_contributions,
    segment_contributions,
    segment_demo,
    segment_tasks,
    service_demo,
    tab_contributions,
    tag_contributions,
    tag_demo,
    tasks,
    tier_contributions,
    tier_demo,
    tier_tasks,
    trail_contributions,
    voice,
)
from qiao.customers.codes import CODE_TABLES
from qiao.customers.features import FEATURES
from qiao.customers.personal import PERSONAL
from qiao.customers.queries import (
    cards,
    disclosures,
    duplicate_panels,
    find_customers,
    find_places,
    loyalty_panel,
    panels,
)
from qiao.customers.queries import personal as personal_data
from qiao.customers.queries.segments import PANEL as SEGMENTS
from qiao.customers.segment_fields import FIELDS

VIEW = "customers.view"


def install(now: datetime) -> None:
    """After every migration, each part of the module for itself."""
    tier_tasks.install(now)
    segment_tasks.install(now)


PAGE = frozenset({"customer"})
ACCOUNTS = frozenset({"customer.accounts"})
RELATIONS = frozenset({"customer.relations"})
FILE = frozenset({"customer.file"})
VALUE = frozenset({"customer.value"})
DATA = frozenset({"customer.data"})


def search(*, actor: Actor, text: str, limit: int) -> Sequence[Hit]:
    """Customers for the palette: name, where they live, and the account."""
    return [
        Hit(
            kind="customer",
            title=hit.name,
            detail=" · ".join(filter(None, (hit.account_number or hit.number, hit.short_address))),
            url=reverse("customers:page", args=[hit.customer_id]),
            icon="user" if hit.kind == "person" else "building",
            tier=hit.tier,
        )
        for hit in find_customers(actor=actor, text=text, limit=limit)
    ]


def search_places(*, actor: Actor, text: str, limit: int) -> Sequence[Hit]:
    """Places for the palette, by address or meter number."""
    return [
        Hit(
            kind="place",
            title=hit.address,
            detail=hit.meter
            or ngettext("{n} account", "{n} accounts", hit.accounts).format(n=hit.accounts),
            url=reverse("customers:place", args=[hit.premises_id]),
            icon="gauge" if hit.meter else "map-pin",
        )
        for hit in find_places(actor=actor, text=text, limit=limit)
    ]


manifest = Module(
    key="customers",
    label=_("Customers"),
    voice=voice.VOICE,
    navigation=(
        NavItem("customers", _("Customers"), "users", "customers:list", VIEW, 30, shortcut="g u"),
        *manager_contributions.NAVIGATION,
    ),
    panels=(
        Panel(
            "customers.band", "", "customers/panels/band.html", panels.BAND, VIEW,
            frozenset({"band"}), 0,
        ),
        Panel(
            "customers.who", "", "customers/panels/aside_band.html", panels.BAND, VIEW,
            frozenset({"aside"}), 0,
        ),
        Panel(
            "customers.standing", "", "customers/panels/standing.html", panels.STANDING, VIEW,
            frozenset({"strip"}), 10,
        ),
        Panel(
            "customers.twins", _("Perhaps held twice"), "customers/panels/twins.html",
            duplicate_panels.TWINS, "customers.merge", PAGE, 5,
        ),
        Panel(
            "customers.merged", _("Merged into this one"), "customers/panels/merged.html",
            duplicate_panels.MERGED, VIEW, DATA, 75,
        ),
        Panel(
            "customers.accounts", _("Accounts and service points"),
            "customers/panels/accounts.html", panels.ACCOUNTS, VIEW,
            PAGE | ACCOUNTS | {"aside"}, 10,
        ),
        Panel(
            "customers.segments", _("Segments"), "customers/segments/badges.html", SEGMENTS, VIEW,
            PAGE | VALUE | {"aside"}, 72,
        ),
        Panel(
            "customers.tier", _("Tier"), "customers/panels/tier.html", panels.TIER, VIEW,
            PAGE | VALUE, 70,
        ),
        Panel(
            "customers.loyalty", _("Loyalty"), "customers/panels/loyalty.html",
            loyalty_panel.LOYALTY, "customers.value", VALUE, 72,
        ),
        Panel(
            "customers.parties", _("Owner, payer, occupants"), "customers/panels/parties.html",
            panels.PARTIES, VIEW, ACCOUNTS, 50,
        ),
        Panel(
            "customers.household", _("At the same address"), "customers/panels/household.html",
            panels.HOUSEHOLD, VIEW, RELATIONS, 60,
        ),
        Panel(
            "customers.identities", _("Identity documents"), "customers/panels/identities.html",
            panels.IDENTITIES, "customers.reveal", FILE, 80,
        ),
        Panel(
            "customers.cards", _("Cards"), "customers/panels/cards.html", cards.PANEL, VIEW, FILE,
            82,
        ),
        *file_contributions.PANELS,
        *retention_contributions.PANELS,
        *protection_contributions.PANELS,
        *number_contributions.PANELS,
        *manager_contributions.PANELS,
        *relation_contributions.PANELS,
        Panel(
            "customers.erased", _("Erasure"), "customers/panels/erased.html", personal_data.PANEL,
            "customers.erase", PAGE, 1,
        ),
        Panel(
            "customers.disclosures", _("Who looked at hidden data"),
            "customers/panels/disclosures.html", disclosures.PANEL, "core.audit", DATA, 95,
        ),
    ),
    tabs=tab_contributions.TABS,
    search=(
        *file_contributions.SEARCH,
        *relation_contributions.SEARCH,
        SearchSource("customers", _("Customers"), "@", VIEW, search, 10),
        SearchSource("places", _("Addresses"), "", VIEW, search_places, 15),
    ),
    histories=relation_contributions.HISTORY,
    timeline=contributions.TIMELINE + manager_contributions.TIMELINE,
    commands=(
        *tag_contributions.COMMANDS,
        *number_contributions.COMMANDS,
        *file_contributions.COMMANDS,
        *protection_contributions.COMMANDS,
        *manager_contributions.COMMANDS,
        Command(
            "customers.new", _("New customer"), "user-plus", "customers:new", "customers.edit"
        ),
        Command(
            "customers.duplicates", _("Customers held twice?"), "git-merge",
            "customers:duplicates", "customers.merge",
        ),
        Command(
            "customers.erasures", _("Erasures"), "shield-check", "customers:erasures",
            "customers.erase",
        ),
        Command("customers.list", _("Find a customer"), "users", "customers:list", VIEW),
        Command(
            "customers.tier_rules", _("Tiers: the rule and the spread"), "stairs",
            "customers:tier_rules", "customers.tier_rules",
        ),
        Command(
            "customers.value", _("Key customers: four fifths of the value"), "coins",
            "customers:value", "customers.value",
        ),
        Command(
            "customers.segments", _("Segments of customers"), "users-group",
            "customers:segments", VIEW,
        ),
        Command(
            "customers.import", _("Take a file of customers in"), "file-import",
            "customers:import_new", "customers.import",
        ),
        Command(
            "customers.imports", _("Imports of customers"), "file-import", "customers:imports",
            "customers.import",
        ),
    ),
    personal=(
        PERSONAL
        + relation_contributions.PERSONAL
        + manager_contributions.PERSONAL
        + protection_contributions.PERSONAL
    ),
    features=FEATURES,
    permissions=(
        *tag_contributions.PERMISSIONS,
        *retention_contributions.PERMISSIONS,
        *file_contributions.PERMISSIONS,
        *manager_contributions.PERMISSIONS,
        *protection_contributions.PERMISSIONS,
        Permission(VIEW, _("Find and open customers")),
        Permission("customers.contact", _("See telephone numbers of an opened customer")),
        Permission("customers.edit", _("Register and change customers and accounts")),
        Permission("customers.merge", _("Merge customers that are one, and undo it")),
        Permission("customers.import", _("Take files of customers in")),
        Permission("customers.export", _("Take lists of customers away as files")),
        Permission("customers.tier", _("Set the tier of a customer by hand, for a time")),
        Permission("customers.tier_rules", _("See and try the rule of the tiers")),
        Permission("customers.value", _("See what customers are worth")),
        Permission("customers.export_value", _("Export the list of key customers")),
        Permission("customers.correct", _("Ask for corrections of customers and accounts")),
        Permission("customers.erase", _("Ask for people to be erased by law")),
        Permission(
            "customers.subject_access", _("Hand out all that is held about a person to them")
        ),
        Permission("customers.segments", _("Make and change segments")),
        Permission("customers.reveal", _("Reveal identity numbers and masked telephone numbers")),
    ),
    subscriptions=tier_contributions.SUBSCRIPTIONS + duplicate_contributions.SUBSCRIPTIONS,
    install=install,
    exports=export_contributions.EXPORTS,
    retention=retention_contributions.RETENTION,
    holds=retention_contributions.HOLDS,
    demo=(
        DemoStage("customers", 20, demo.build, demo.audit),
        DemoStage("customers.services", 57, service_demo.build, service_demo.audit),
        DemoStage("tiers", 70, tier_demo.build, tier_demo.audit),
        DemoStage("customers.numbers", 87, number_demo.build, number_demo.audit),
        DemoStage("customers.tags", 73, tag_demo.build, tag_demo.audit),
        DemoStage("customers.segments", 95, segment_demo.build, segment_demo.audit),
        DemoStage("customers.duplicates", 68, duplicate_demo.build, duplicate_demo.audit),
        DemoStage("customers.moves", 74, moves_demo.build, moves_demo.audit),
        DemoStage("customers.imports", 75, imports_demo.build, imports_demo.audit),
        DemoStage("customers.file", 71, file_demo.build, file_demo.audit),
        DemoStage("customers.protection", 74, protection_demo.build, protection_demo.audit),
        DemoStage("customers.relations", 73, relation_demo.build, relation_demo.audit),
        *manager_contributions.DEMO,
        DemoStage("value", 72, tier_demo.build_value, tier_demo.audit_value),
    ),
    periodic=(
        PeriodicJob("customers.sweep", "29 * * * *", tasks.sweep),
        *tier_contributions.PERIODIC,
        *segment_tasks.PERIODIC,
        *protection_tasks.PERIODIC,
        *duplicate_contributions.PERIODIC,
    ),
    parameters=parameters.PARAMETERS + number_contributions.PARAMETERS,
    decisions=protection_contributions.DECISIONS,
    matters=protection_contributions.MATTERS,
    derived=("customers_duplicate", "customers_segmentmember"),
    corrections=care_contributions.CORRECTIONS,
    audit_words=(
        *care_contributions.AUDIT_WORDS,
        *trail_contributions.AUDIT_WORDS,
        *file_contributions.AUDIT_WORDS,
        *relation_contributions.AUDIT_WORDS,
        *segment_contributions.AUDIT_WORDS,
        *tag_contributions.AUDIT_WORDS,
        *number_contributions.AUDIT_WORDS,
        *manager_contributions.AUDIT_WORDS,
        *retention_contributions.AUDIT_WORDS,
        *protection_contributions.AUDIT_WORDS,
    ),
    append_only=(
        *file_contributions.APPEND_ONLY,
        *manager_contributions.APPEND_ONLY,
        "customers_tierchange",
        "customers_fact",
        "customers_tierrule",
        "customers_segmentmove",
    ),
    segment_fields=(
        FIELDS + manager_contributions.SEGMENT_FIELDS + protection_contributions.FIELDS
    ),
    code_tables=CODE_TABLES,
    audited=(
        "customers_customer",
        "customers_customerphone",
        "customers_customeridentity",
        "customers_premises",
        "customers_servicepoint",
        "customers_meterinstallation",
        "customers_account",
        "customers_accountparty",
        "customers_move",
        "customers_moveparty",
        "customers_merge",
        "customers_card",
        "customers_erasure",
        *file_contributions.AUDITED,
        *tag_contributions.AUDITED,
        *retention_contributions.AUDITED,
        *protection_contributions.AUDITED,
        *number_contributions.AUDITED,
        *relation_contributions.AUDITED,
        *manager_contributions.AUDITED,
        *segment_contributions.AUDITED,
    ),
)  # fmt: skip

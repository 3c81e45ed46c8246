"""The pages that are rendered: by whom, where, and what is done before the picture is taken."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

# In the order of the cards.
ROLES = {"agent": 0, "technician": 1, "dispatcher": 2, "supervisor": 3, "customer_manager": 4}
UNCARDED = {"administrator": "9001"}  # who has no card, by staff number
DESKTOP = (1440, 900)
PHONE = (390, 844)
SIZES = (DESKTOP, (1280, 800), (1920, 1080), PHONE)
PAUSE = 250  # milliseconds for fragments to settle


@dataclass(frozen=True, slots=True)
class Shot:
    """One page. `prototype` is the picture it is held against."""

    name: str
    path: str
    role: str = "agent"
    prototype: str = ""
    act: Callable[[Any], None] | None = None
    status: int = 200

    @property
    def phone(self) -> bool:
        """Whether it is made for a telephone."""
        return self.role == "technician"


def _palette(page: Any) -> None:
    page.keyboard.press("Control+k")
    page.wait_for_selector("#q-palette[open] input, #q-palette input:visible")
    page.keyboard.type("wang")
    page.wait_for_timeout(600)


def _claim(page: Any) -> None:
    page.click("[popovertarget=customer-more]")
    page.locator("#customer-more [hx-get$='/protection/']").click()
    page.wait_for_selector("dialog[open]")
    page.wait_for_timeout(PAUSE)


def _protected(page: Any) -> None:
    page.locator("table tbody a").first.click()
    page.wait_for_selector("#panel-customersprotection")
    page.locator("#panel-customersprotection summary").first.click()
    page.wait_for_timeout(PAUSE)


def _first_cause(page: Any) -> None:
    page.locator("table tbody a").first.click()
    page.wait_for_selector(".cs-reports")


def _week_after(page: Any) -> None:
    page.locator(".q-seg a").last.click()
    page.wait_for_selector(".wf-grid")
    page.wait_for_timeout(PAUSE)


def _first_row(page: Any) -> None:
    page.locator("tbody a").first.click()
    page.wait_for_load_state()
    page.wait_for_timeout(PAUSE)


def _keys(page: Any) -> None:
    page.keyboard.press("?")
    page.wait_for_timeout(PAUSE)


def _compare(page: Any) -> None:
    page.locator(".cu-pairs a.btn-primary").first.click()
    page.wait_for_selector(".cu-merge")
    page.wait_for_timeout(PAUSE)


def _household(page: Any) -> None:
    page.locator("#panel-customersgroups a.b").first.click()
    page.wait_for_selector(".q-fold")
    page.wait_for_timeout(PAUSE)


def _differing(page: Any) -> None:
    """The newest import of the demo world added to known customers and told what differs."""
    page.locator("section.q-panel").last.locator("a.b").first.click()
    page.wait_for_selector("nav.q-tabs")
    page.wait_for_timeout(PAUSE)


def _visit(page: Any) -> None:
    page.locator("#portfolio tbody .btn").first.click()
    page.wait_for_selector("dialog[open]")
    page.wait_for_timeout(PAUSE)


def _acting(page: Any) -> None:
    page.locator("#panel-customersacting .btn").last.click()
    page.wait_for_selector("dialog[open]")
    page.wait_for_timeout(PAUSE)


def _tags(page: Any) -> None:
    page.locator("#customer-tags button").first.click()
    page.wait_for_selector("#tags-dialog[open]")
    page.wait_for_timeout(PAUSE)


def _merge_tags(page: Any) -> None:
    page.locator("button[hx-get$='/merge/']").first.click()
    page.wait_for_selector("#change-dialog[open]")
    page.locator("#change-dialog select").select_option(index=2)
    page.wait_for_selector("#merge-preview .q-strip")


def _case_form(page: Any) -> None:
    page.locator("#t-new").click()
    page.wait_for_selector("#contact-case form")
    page.wait_for_timeout(PAUSE)


def _opens(selector: str, shown: str = "dialog[open]") -> Callable[[Any], None]:
    """Press what the selector finds first, wait until something is shown."""

    def act(page: Any) -> None:
        page.locator(selector).first.click()
        page.wait_for_selector(shown)
        page.wait_for_timeout(PAUSE)

    return act


def _follows(selector: str) -> Callable[[Any], None]:
    """Follow the first link that the selector finds."""

    def act(page: Any) -> None:
        address = page.locator(selector).first.get_attribute("href")
        page.goto(urljoin(page.url, address))
        page.wait_for_timeout(PAUSE)

    return act


def _bulk(page: Any) -> None:
    for box in range(3):
        page.locator("#case-list tbody input[type=checkbox]").nth(box).check()
    page.wait_for_timeout(PAUSE)


COLUMNS = _opens("[popovertarget=cs-columns]", "#cs-columns:popover-open")
VIEWS = _opens("[hx-get='/cases/views/kept']")
SAVING_VIEW = _opens("[hx-get^='/cases/views?']")
MENU = _opens("[popovertarget=case-more]", "#case-more:popover-open")
MACROS = _opens("[popovertarget=case-macros]", "#case-macros:popover-open")
SAVING_REPORT = _opens("[hx-get^='/cases/reports/save']")
CALENDAR = _follows("main a[href^='/cases/calendars/']")
DIGEST = _follows("tr[data-href] a.num")
ARTICLE = _follows("#kb-lines a.kb-line")
MAIN_CASE = _follows("a[href^='/cases/alike/']")

SHOTS = (
    Shot("login", "/account/login/", "", "login"),
    Shot("workspace", "/workspace/", prototype="workspace"),
    Shot("workspace-contact", "/workspace/?open=contact:{contact}", prototype="workspace"),
    Shot("workspace-case-form", "/workspace/?open=contact:{contact}", "agent", "", _case_form),
    Shot("workspace-new", "/workspace/?new=phone", prototype="workspace-incoming"),
    Shot("workspace-emergency", "/workspace/?new=emergency"),
    Shot("palette", "/workspace/", "agent", "workspace-palette", _palette),
    Shot("keys", "/workspace/", "agent", "workspace-keys", _keys),
    Shot("absences", "/me/absences/", "supervisor"),
    Shot("absence-new", "/me/absences/new/"),
    Shot("knowledge", "/knowledge/"),
    Shot("knowledge-found", "/knowledge/?q=sbdz"),
    Shot("texts", "/knowledge/texts/"),
    Shot("text-new", "/knowledge/texts/new/"),
    Shot("article-new", "/knowledge/articles/new/"),
    Shot("macros", "/cases/macros/"),
    Shot("macro-new", "/cases/macros/new/"),
    Shot("checklists", "/cases/checklists/", "supervisor"),
    Shot("customers", "/customers/"),
    Shot("customers-empty", "/customers/?q=zzzzqqqq", prototype="empty"),
    Shot("customer", "/customers/{customer}/", prototype="customer"),
    Shot("household", "/customers/1/?topic=customer.relations", "agent", "", _household),
    Shot("acting-new", "/customers/{customer}/?topic=customer.relations", "agent", "", _acting),
    Shot("relations", "/customers/{customer}/relations/"),
    Shot("customer-new", "/customers/new/"),
    Shot("protection-work", "/customers/protection/"),
    Shot("protection-claim", "/customers/{customer}/", act=_claim),
    Shot("protection-of", "/customers/?flag=life_support", act=_protected),
    Shot("imports", "/customers/imports/", "supervisor"),
    Shot("import-new", "/customers/imports/new/", "supervisor"),
    Shot("import-differing", "/customers/imports/", "supervisor", "", _differing),
    Shot("exports", "/me/files/", "supervisor"),
    Shot("intakes", "/cases/intake/", "supervisor"),
    Shot("intake-new", "/cases/intake/new/", "supervisor"),
    Shot("intake-report", "/cases/intake/1/report/", "supervisor"),
    Shot("intake-words", "/cases/intake/2/", "supervisor"),
    Shot("portfolio", "/customers/portfolio/", "customer_manager"),
    Shot("visits-ahead", "/customers/portfolio/visits/", "customer_manager"),
    Shot("visit-record", "/customers/portfolio/", "customer_manager", act=_visit),
    Shot("customer-managers", "/customers/managers/", "supervisor"),
    Shot("customers-assign", "/customers/managers/assign/", "supervisor"),
    Shot("customer-tier", "/customers/{customer}/tier/", "supervisor"),
    Shot("customer-tier-past", "/customers/{customer}/tier/?on=2026-03-01", "supervisor"),
    Shot("tier-rules", "/customers/tiers/", "supervisor"),
    Shot("key-customers", "/customers/value/", "supervisor"),
    Shot("duplicates", "/customers/duplicates/", "supervisor"),
    Shot("numbers", "/customers/numbers/", "supervisor"),
    Shot("duplicates-merge", "/customers/duplicates/", "supervisor", "", _compare),
    Shot("duplicates-dismissed", "/customers/duplicates/?state=dismissed", "supervisor"),
    Shot("customer-tags", "/customers/1/", "agent", "", _tags),
    Shot("customer-wishes", "/customers/1/wishes/"),
    Shot("customer-notes", "/customers/1/notes/"),
    Shot("customer-consents", "/customers/1/consents/"),
    Shot("customer-documents", "/customers/1/documents/"),
    Shot("customer-document", "/customers/documents/1/"),
    Shot("customer-document-new", "/customers/{customer}/documents/new/"),
    Shot("documents-ending", "/customers/documents/"),
    Shot("subject-access", "/customers/{customer}/subject-access/", "supervisor"),
    Shot("erase", "/customers/{customer}/erase/", "supervisor"),
    Shot("erasures", "/customers/erasures/", "supervisor"),
    Shot("customer-hold", "/customers/{customer}/hold/", "supervisor"),
    Shot("tags", "/customers/tags/", "supervisor"),
    Shot("tag-merge", "/customers/tags/", "supervisor", "", _merge_tags),
    Shot("segments", "/customers/segments/", "supervisor"),
    Shot("segment", "/customers/segments/1/", "supervisor"),
    Shot("customers-of-segment", "/customers/?segment=1", "supervisor"),
    Shot("segment-edit", "/customers/segments/1/edit/", "supervisor"),
    Shot("cases", "/cases/?view=open"),
    Shot("cases-found", "/cases/?view=all&q=%E6%B0%B4%E5%8E%8B"),
    Shot("cases-columns", "/cases/?view=open&sort=-opened&cols=due.priority.area.opened"),
    Shot("cases-empty", "/cases/?view=all&q=zzzzqqqq", prototype="empty"),
    Shot("case", "/cases/{case}/", prototype="ticket"),
    Shot("case-files", "/cases/{case}/files/all"),
    Shot("case-clocks", "/cases/{case}/clocks"),
    Shot("case-promised", "/cases/{case}/promised"),
    Shot("alarms", "/cases/risk?whose=all", "supervisor"),
    Shot("case-risk", "/cases/risk", "supervisor", prototype="ticket", act=_first_row),
    Shot("green", "/cases/green", "supervisor"),
    Shot("late-today", "/cases/late", "supervisor"),
    Shot("digests", "/cases/digests?whose=all", "supervisor"),
    Shot("digest", "/cases/digests?whose=all", "supervisor", act=DIGEST),
    Shot("findings", "/cases/findings", "supervisor"),
    Shot("case-new", "/cases/new"),
    Shot("contacts", "/interactions/"),
    Shot("contact", "/interactions/{contact}/"),
    Shot("follow-ups", "/follow-ups/?view=open"),
    Shot("search", "/search/?q=wang"),
    Shot("calls", "/calls/", "supervisor"),
    Shot("calls-empty", "/calls/?q=99999", "supervisor", "empty"),
    Shot("call", "/calls/?measure=transfers", "supervisor", "", _first_row),
    Shot("call-recorded", "/calls/?measure=answered", "supervisor", "", _first_row),
    Shot("level", "/calls/level/?period=week", "supervisor", "analytics"),
    Shot("level-agents", "/calls/level/?period=week&by=agent", "supervisor"),
    Shot("level-empty", "/calls/level/?day=2001-01-01", "supervisor", "empty"),
    Shot("wallboard", "/calls/wallboard", "supervisor", "wallboard"),
    Shot("call-lists", "/calls/lists/", "supervisor"),
    Shot("call-list", "/calls/lists/", "supervisor", "", _first_row),
    Shot("call-list-new", "/calls/lists/new", "supervisor"),
    Shot("living-calls", "/calls/living/", "supervisor"),
    Shot("living-calls-empty", "/calls/living/?queue=none", "supervisor", "empty"),
    Shot("overview", "/overview/", "supervisor", "analytics"),
    Shot("reports", "/cases/reports/?period=30d&by=type", "supervisor", "analytics"),
    Shot("api-keys", "/api-keys/", "administrator"),
    Shot("api-key", "/api-keys/{key}/", "administrator"),
    Shot("api-key-new", "/api-keys/new/", "administrator"),
    Shot("webhooks", "/webhooks/", "administrator"),
    Shot("webhook", "/webhooks/{endpoint}/", "administrator"),
    Shot("webhook-new", "/webhooks/new/", "administrator"),
    Shot("services", "/services/", "administrator"),
    Shot("reference", "/api/reference/", "administrator"),
    Shot("board", "/jobs/board/", "dispatcher", "dispatch"),
    Shot("phone-today", "/jobs/", "technician", "tech-jobs"),
    Shot("administration", "/administration/", "administrator"),
    Shot("ladders", "/cases/ladders/", "administrator"),
    Shot("ladder", "/cases/ladders/water.usual/?try=1", "administrator"),
    Shot("parameters", "/administration/parameters/", "administrator"),
    Shot("parameter", "/administration/parameters/feedback.attempts_needed/", "administrator"),
    Shot("retention", "/administration/retention/", "administrator"),
    Shot("backups", "/administration/backups/", "administrator"),
    Shot("codes", "/administration/codes/", "administrator"),
    Shot("outbox", "/messages/", "supervisor"),
    Shot("outbox-sent", "/messages/?shelf=sent", "supervisor"),
    Shot("letters", "/messages/letters/", "supervisor"),
    Shot("notices", "/messages/texts/", "supervisor"),
    Shot("menus", "/calls/menus/", "administrator"),
    Shot("menu", "/calls/menus/water.hotline/", "administrator"),
    Shot("menu-draft", "/calls/menus/water.hotline/draft/?step=main", "administrator"),
    Shot("menu-fault", "/calls/menus/water.hotline/draft/?step=message", "administrator"),
    Shot("menu-try", "/calls/menus/water.hotline/draft/try?moves=answer:none+7", "administrator"),
    Shot("menu-publish", "/calls/menus/water.hotline/draft/publish", "administrator"),
    Shot("processes", "/cases/processes/", "administrator"),
    Shot("process", "/cases/processes/water.field_repair/", "administrator"),
    Shot("process-draft", "/cases/processes/drafts/2/?part=process", "administrator"),
    Shot("process-try", "/cases/processes/drafts/2/try", "administrator"),
    Shot("case-forms", "/cases/processes/forms/", "administrator"),
    Shot("case-form", "/cases/processes/form:water.small_leak/", "administrator"),
    Shot("case-form-draft", "/cases/processes/drafts/4/?part=field:people", "administrator"),
    Shot("case-form-try", "/cases/processes/drafts/4/try", "administrator"),
    Shot("case-new-answers", "/cases/new?type=water.small_leak"),
    Shot("units", "/administration/codes/staff.units/", "administrator"),
    Shot("people", "/administration/codes/staff.people/", "administrator"),
    Shot("person-codes", "/administration/codes/staff.people/at/1027/", "administrator"),
    Shot("role-given", "/administration/codes/staff.people/at/1027/give/", "administrator"),
    Shot("report-problem", "/problems/new/?from=/cases/", "agent"),
    Shot("problems", "/administration/problems/", "administrator"),
    Shot("problem", "/administration/problems/1/", "administrator"),
    Shot("decisions", "/administration/decisions/", "administrator"),
    Shot("corrections", "/administration/corrections/", "administrator"),
    Shot("changes", "/administration/changes/", "administrator"),
    Shot("background-jobs", "/administration/jobs/?status=all", "administrator"),
    Shot("alike", "/cases/alike/", "supervisor"),
    Shot("alike-cause", "/cases/alike/", "supervisor", act=_first_cause),
    Shot("phone-job", "/jobs/{job}/", "technician", "tech-job"),
    Shot("causes", "/cases/causes", "supervisor"),
    Shot("cause-suggestions", "/cases/causes/suggestions", "supervisor"),
    Shot("improvements", "/follow-ups/improvements/?view=proved", "supervisor"),
    Shot("improvement", "/follow-ups/improvements/1/", "supervisor"),
    Shot("rollout", "/rollout/", "administrator"),
    Shot("rollout-feature", "/rollout/features/cases.checklists/", "administrator"),
    Shot("pilots", "/rollout/pilots/", "administrator"),
    Shot("pilot", "/rollout/pilots/1/", "administrator"),
    Shot("pilot-new", "/rollout/pilots/new", "administrator"),
    Shot("effect", "/rollout/effect/?pilot=1", "administrator"),
    Shot("said", "/rollout/said", "agent"),
    Shot("suggestions", "/follow-ups/suggestions/?view=all", "supervisor"),
    Shot("suggestion", "/follow-ups/suggestions/1/", "supervisor"),
    Shot("suggestion-report", "/follow-ups/suggestions/report", "supervisor"),
    Shot("surveys", "/follow-ups/surveys/", "supervisor"),
    Shot("survey", "/follow-ups/surveys/1/", "supervisor"),
    Shot("survey-wave", "/follow-ups/surveys/waves/2/", "supervisor"),
    Shot("survey-words", "/follow-ups/surveys/waves/2/words", "supervisor"),
    Shot("survey-question-new", "/follow-ups/surveys/1/questions/new", "supervisor"),
    Shot("survey-answer", "/s/demo-demo-demo-demo", ""),
    Shot("public-prices", "/prices/", ""),
    Shot("public-price", "/prices/", "", act=_follows("a.po-price")),
    Shot("opinions", "/opinions/", ""),
    Shot("opinion", "/opinions/", "", act=_follows(".po-one a")),
    Shot("opinion-new", "/opinions/new", ""),
    Shot("case-views", "/cases/?view=open", act=VIEWS),
    Shot("case-list-columns", "/cases/?view=open", act=COLUMNS),
    Shot("case-list-saving", "/cases/?view=open&sort=-opened", act=SAVING_VIEW),
    Shot("case-bulk", "/cases/?view=open", "supervisor", act=_bulk),
    Shot("case-menu", "/cases/{case}/", act=MENU),
    Shot("case-complaint", "/cases/?view=all&group=complaint", "supervisor", act=_first_row),
    Shot("case-main", "/cases/alike/", "supervisor", act=MAIN_CASE),
    Shot("case-merge", "/cases/{case}/merge"),
    Shot("case-split", "/cases/{case}/split"),
    Shot("promises", "/cases/promises/", "administrator"),
    Shot("promise", "/cases/promises/water.small_leak/arrive", "administrator"),
    Shot("calendars", "/cases/calendars/", "administrator"),
    Shot("calendar", "/cases/calendars/", "administrator", act=CALENDAR),
    Shot("rosters", "/me/duty/", "supervisor"),
    Shot("roster", "/me/duty/1/", "supervisor"),
    Shot("roster_pattern", "/me/duty/1/pattern/", "supervisor"),
    Shot("roster_pattern_change", "/me/duty/1/pattern/change/", "supervisor"),
    Shot("week-roster", "/rosters/", "supervisor"),
    Shot("week-draft", "/rosters/", "supervisor", act=_week_after),
    Shot("week-shifts", "/rosters/1/shifts/", "supervisor"),
    Shot("my-shifts", "/rosters/mine/"),
    Shot("my-work", "/rosters/mine/load/"),
    Shot("adherence", "/rosters/1/adherence/?days=28", "supervisor"),
    Shot("staff-load", "/rosters/1/load/", "supervisor"),
    Shot("staff-load-kept", "/rosters/1/kept/", "supervisor"),
    Shot("calls-stood", "/calls/stood/", "supervisor"),
    Shot("calls-people", "/calls/people/", "supervisor"),
    Shot("prices", "/tariffs/"),
    Shot("price-list", "/tariffs/", act=_follows("tbody a")),
    Shot("bell", "/me/notices/", "supervisor"),
    Shot("article", "/knowledge/", act=ARTICLE),
    Shot("macro-pick", "/cases/{case}/", act=MACROS),
    Shot("message", "/messages/?shelf=sent", "supervisor", act=_follows("tbody a")),
    Shot("notice-text", "/messages/texts/", "supervisor", act=_first_row),
    Shot("saved-reports", "/cases/reports/saved/", "supervisor"),
    Shot("report-saving", "/cases/reports/?period=30d&by=type", "supervisor", act=SAVING_REPORT),
    Shot("quality", "/follow-ups/quality/?view=all", "supervisor"),
    Shot("quality-mine", "/follow-ups/quality/mine"),
    Shot("quality-figures", "/follow-ups/quality/figures", "supervisor"),
    Shot("quality-counted", "/follow-ups/quality/counted?question=coded&value=0", "supervisor"),
    Shot("coachings", "/follow-ups/quality/coaching/", "supervisor"),
    Shot("quality-plans", "/follow-ups/quality/plans/", "supervisor"),
    Shot("quality-plan-new", "/follow-ups/quality/plans/new", "supervisor"),
    Shot("quality-draw", "/follow-ups/quality/draws/1/", "supervisor"),
    Shot("score-card", "/follow-ups/quality/cards/1/", "administrator"),
    Shot("evaluation", "/follow-ups/quality/?view=all", "supervisor", act=_first_row),
    Shot("judging", "/follow-ups/quality/", "supervisor", act=_first_row),
    Shot("appeal", "/follow-ups/quality/?view=appeals", "supervisor", act=_first_row),
    Shot("evaluation-mine", "/follow-ups/quality/mine", act=_first_row),
    Shot("findings-about-us", "/cases/findings", "technician"),
    Shot("disclosures", "/administration/disclosures/", "administrator"),
    Shot("missing", "/nowhere/", prototype="error", status=404),
)

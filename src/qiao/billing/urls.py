"""Addresses of billing."""

from django.urls import include, path

from qiao.billing.views import (
    all_bills,
    bills,
    budget,
    counter,
    days,
    drawers,
    feeds,
    papers,
    runs,
    tariff_changes,
    tariffs,
)

app_name = "billing"
prices = [
    path("", tariffs.index, name="tariffs"),
    path("<int:tariff_id>/", tariffs.detail, name="tariff"),
    path("<int:tariff_id>/versions/<int:version_id>/", tariffs.version, name="tariff_version"),
    path("<int:tariff_id>/change/", tariff_changes.begin, name="tariff_begin"),
    path("versions/<int:version_id>/withdraw/", tariff_changes.withdraw, name="tariff_withdraw"),
    path("drafts/<int:draft_id>/", tariff_changes.numbers, name="tariff_draft"),
    path("drafts/<int:draft_id>/text/", tariff_changes.text, name="tariff_text"),
    path("drafts/<int:draft_id>/try/", tariff_changes.attempt, name="tariff_try"),
    path("drafts/<int:draft_id>/publish/", tariff_changes.publish, name="tariff_publish"),
    path("drafts/<int:draft_id>/take-back/", tariff_changes.take_back, name="tariff_take_back"),
    path("drafts/<int:draft_id>/drop/", tariff_changes.drop, name="tariff_drop"),
    path("drafts/<int:draft_id>/restore/", tariff_changes.restore, name="tariff_restore"),
    path("drafts/<int:draft_id>/carry-over/", tariff_changes.carry_over,
         name="tariff_carry_over"),
]  # fmt: skip
of_accounts = [
    path("", all_bills.index, name="list"),
    path("<int:bill_id>/", bills.bill, name="bill"),
    path("<int:bill_id>/paper/", papers.bill, name="bill_paper"),
    path("<int:bill_id>/why/", bills.reasons, name="why"),
    path("<int:bill_id>/take-back/", bills.take_back, name="take_back"),
    path("<int:bill_id>/waive/", bills.waive, name="waive"),
    path("account/<int:account_id>/", bills.account, name="account"),
    path("account/<int:account_id>/budget/", budget.start, name="budget"),
    path("account/<int:account_id>/budget/change/", budget.change, name="budget_change"),
    path("account/<int:account_id>/budget/end/", budget.end, name="budget_end"),
    path("runs/", runs.index, name="runs"),
    path("runs/new/", runs.new, name="run_new"),
    path("runs/<int:run_id>/", runs.run, name="run"),
    path("runs/<int:run_id>/release/", runs.release, name="run_release"),
    path("runs/<int:run_id>/leave-out/", runs.leave_out, name="run_leave"),
    path("runs/<int:run_id>/issue/", runs.issue, name="run_issue"),
    path("runs/<int:run_id>/give-up/", runs.drop, name="run_drop"),
    path("runs/<int:run_id>/go-on/", runs.resume, name="run_resume"),
]
at_counter = [
    path("", counter.index, name="counter"),
    path("accounts/<int:account_id>/", counter.account, name="counter_account"),
    path("payments/<int:payment_id>/", counter.receipt, name="receipt"),
    path("payments/<int:payment_id>/paper/", papers.receipt, name="receipt_paper"),
    path("payments/<int:payment_id>/back/", drawers.give_back, name="give_back"),
    path("drawers/", drawers.index, name="drawers"),
    path("drawers/<int:shift_id>/", drawers.drawer, name="drawer"),
    path("drawers/<int:shift_id>/count/", drawers.count, name="count_drawer"),
    path("days/", days.index, name="days"),
    path("days/close/", days.close, name="close_day"),
    path("days/file/", days.take_away, name="take_ledger"),
]
of_feeds = [
    path("", feeds.index, name="feeds"),
    path("new/", feeds.new, name="feed_new"),
    path("<int:feed_id>/", feeds.feed, name="feed"),
    path("<int:feed_id>/deliver/", feeds.deliver, name="feed_deliver"),
    path("deliveries/<int:delivery_id>/", feeds.delivery, name="delivery"),
    path("deliveries/<int:delivery_id>/columns/", feeds.columns, name="delivery_columns"),
    path("deliveries/<int:delivery_id>/accept/", feeds.accept, name="delivery_accept"),
    path("deliveries/<int:delivery_id>/take-back/", feeds.take_back, name="delivery_take_back"),
    path("deliveries/<int:delivery_id>/aside/<slug:form>/", feeds.aside_file,
         name="delivery_aside"),
    path("deliveries/<int:delivery_id>/<slug:action>/", feeds.act, name="delivery_act"),
    path("bills/<int:bill_id>/", feeds.bill, name="fed_bill"),
    path("bills/<int:bill_id>/why/", feeds.reasons, name="fed_why"),
]  # fmt: skip
urlpatterns = [
    path("feeds/", include(of_feeds)),
    path("tariffs/", include(prices)),
    path("bills/", include(of_accounts)),
    path("counter/", include(at_counter)),
]

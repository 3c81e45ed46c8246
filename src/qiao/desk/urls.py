"""Addresses of the desk, mounted at the root."""

from django.urls import path

from qiao.desk.overview import views as overview
from qiao.desk.views import emergency, entrance, problems, searching, tabs, workspace

app_name = "desk"
urlpatterns = [
    path("", entrance.home, name="home"),
    path("account/login/", entrance.SignIn.as_view(), name="sign_in"),
    path("workspace/", workspace.workspace, name="workspace"),
    path("workspace/inbox", workspace.inbox, name="inbox"),
    path("workspace/inbox/news", workspace.inbox_news, name="inbox_news"),
    path("workspace/aside", workspace.aside, name="aside"),
    path("workspace/next", workspace.following, name="next"),
    path("workspace/emergency", emergency.emergency, name="emergency"),
    path("problems/new/", problems.report, name="report_problem"),
    path("problems/<int:problem_id>/answer/", problems.answer_pane, name="problem_answer"),
    path("problems/<int:problem_id>/seen/", problems.answer_seen, name="problem_seen"),
    path("problems/pictures/<int:attachment_id>/", problems.picture, name="problem_picture"),
    path("tabs/", tabs.strip, name="tabs"),
    path("tabs/visit", tabs.visit, name="tabs_visit"),
    path("tabs/close", tabs.close, name="tabs_close"),
    path("tabs/reopen", tabs.reopen, name="tabs_reopen"),
    path("search/", searching.results, name="search"),
    path("search/palette", searching.palette, name="palette"),
    path("overview/", overview.overview, name="overview"),
    path("overview/now/", overview.overview_now, name="overview_now"),
    path("overview/figures/<str:key>/", overview.overview_figure, name="overview_figure"),
    path("overview/export/", overview.overview_export, name="overview_export"),
]

"""Addresses that anybody may open."""

from django.urls import path

from qiao.portal.views import bills, cases, opinions, prices, surveys

app_name = "portal"
urlpatterns = [
    path("s/<str:token>", surveys.survey, name="survey"),
    path("c/", cases.find, name="case_find"),
    path("c/<str:token>", cases.show, name="case"),
    path("c/<str:token>/say", cases.say, name="case_say"),
    path("c/<str:token>/unsolved", cases.unsolved, name="case_unsolved"),
    path("s/<str:token>/stop", surveys.stop, name="survey_stop"),
    path("b/<str:token>", bills.show, name="bill"),
    path("b/<str:token>/pdf", bills.paper, name="bill_paper"),
    path("prices/", prices.index, name="prices"),
    path("prices/<int:tariff_id>/", prices.detail, name="price"),
    path("opinions/", opinions.index, name="opinions"),
    path("opinions/new", opinions.new, name="opinion_new"),
    path("opinions/thanks", opinions.thanks, name="opinion_thanks"),
    path("opinions/<str:number>/", opinions.detail, name="opinion"),
    path("opinions/<str:number>/vote", opinions.vote, name="opinion_vote"),
    path("opinions/<str:number>/follow", opinions.follow, name="opinion_follow"),
    path("opinions/<str:number>/confirm/<str:token>", opinions.confirm, name="opinion_confirm"),
]

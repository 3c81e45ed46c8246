"""Addresses of complaints that go past an outlet."""

from django.urls import path

from qiao.cases.views import hotline

urlpatterns = [
    path("findings", hotline.findings, name="findings"),
    path("<int:case_id>/about", hotline.about, name="about"),
    path("<int:case_id>/finding", hotline.finding, name="finding"),
]

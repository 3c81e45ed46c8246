"""Addresses of a person's own pages."""

from django.urls import path

from qiao.staff import views

app_name = "staff"
urlpatterns = [
    path("preferences", views.preferences, name="preferences"),
    path("demo/<str:number>", views.demo_sign_in, name="demo_sign_in"),
]

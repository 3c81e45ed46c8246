"""How this installation is reached from outside, for links in what is sent."""

from django.conf import settings


def public_origin() -> str:
    """The first of the trusted origins that stands for one address (``https://qiao.example``),
    without a slash behind it; empty where the installation does not know it."""
    own = (each for each in settings.CSRF_TRUSTED_ORIGINS if "*" not in each)
    return next(own, "").rstrip("/")

"""Keys that rows of several tables hold, with their words."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Service(models.TextChoices):
    """What is delivered; an account carries exactly one."""

    WATER = "water", pgettext_lazy("service", "Water")
    POWER = "power", pgettext_lazy("service", "Power")
    GAS = "gas", pgettext_lazy("service", "Gas")
    HEAT = "heat", pgettext_lazy("service", "Heat")
    CARE = "care", pgettext_lazy("service", "Care")
    APPLIANCE = "appliance", pgettext_lazy("service", "Appliance")


class ProtectedFlag(models.TextChoices):
    """Who must not be cut off or kept waiting, whatever the tier says."""

    HOSPITAL = "hospital", pgettext_lazy("protected flag", "Hospital")
    LIFE_SUPPORT = "life_support", pgettext_lazy("protected flag", "Life support at home")
    ELDERLY_ALONE = "elderly_alone", pgettext_lazy("protected flag", "Elderly living alone")
    INFANT = "infant", pgettext_lazy("protected flag", "Infant at home")
    DISABLED = "disabled", pgettext_lazy("protected flag", "Disabled")
    WELFARE = "welfare", pgettext_lazy("protected flag", "Welfare household")
    SCHOOL = "school", pgettext_lazy("protected flag", "School")
    PUBLIC_SAFETY = "public_safety", pgettext_lazy("protected flag", "Fire and public safety")
    IMPORTANT = "important", pgettext_lazy("protected flag", "Important user")


class ProtectionEffect(models.TextChoices):
    """What a kind of protection keeps from the customer, or gives them."""

    NO_DISCONNECTION = "no_disconnection", pgettext_lazy("protection effect", "Never cut off")
    CREW_FIRST = "crew_first", pgettext_lazy("protection effect", "Crews come first")
    EXTRA_NOTICE = "extra_notice", pgettext_lazy("protection effect", "Told earlier of outages")
    READ_ALOUD = "read_aloud", pgettext_lazy("protection effect", "Notices are read aloud")
    NO_PRESSURE = "no_pressure", pgettext_lazy("protection effect", "No pressure to pay")

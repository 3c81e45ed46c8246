"""Django settings, read from the environment once.

Everything an installation may change is an environment variable; what the law, a company or a
region changes is dated configuration in the database (`qiao.core.settings`).
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext_lazy as _


def _flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in {"1", "true", "yes", "on"}


def _database(url: str) -> dict[str, Any]:
    """Turn a PostgreSQL URL into Django's form; a socket folder may be given as `?host=`."""
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "qiao",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", "")) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {key: unquote(value) for key, value in query.items()},
    }


BASE_DIR = Path(__file__).resolve().parents[3]
HOME = Path(os.environ.get("QIAO_HOME") or BASE_DIR / ".qiao")

DEBUG = _flag("QIAO_DEBUG")
DEMO = _flag("QIAO_DEMO")
# The telephone switch: "asterisk", "played" (it ships with the product), or none.
SWITCH = os.environ.get("QIAO_SWITCH", "played" if DEMO else "")
TELEPHONE = os.environ.get(
    "QIAO_TELEPHONE", "screen/{number}" if SWITCH == "played" else "PJSIP/{number}"
)
# How the switch reaches a number outside the house.
TRUNK = os.environ.get(
    "QIAO_TRUNK", "outside/{number}" if SWITCH == "played" else "PJSIP/{number}@trunk"
)
# Where the interface of an Asterisk is, and as whom it is spoken to.
ARI = tuple(os.environ.get(name, "") for name in ("ARI_URL", "ARI_USER", "ARI_PASSWORD"))
# The broker from which head-ends of meters are heard: mqtt://user:password@host:1883, or mqtts://;
# as which client, and a file with the keys of meters whose frames are encrypted.
MQTT_URL = os.environ.get("QIAO_MQTT_URL", "")
MQTT_CLIENT = os.environ.get("QIAO_MQTT_CLIENT", "qiao-meters")
QIAO_DLMS_KEYS = os.environ.get("QIAO_DLMS_KEYS", "")
# Where telephones in the browser reach the switch, and servers that tell them their own address.
SWITCH_WSS = os.environ.get("QIAO_SWITCH_WSS", "")
STUN = [each for each in os.environ.get("QIAO_STUN", "").split(",") if each]
# What voice menus say, as the switch plays it: `./qiao telephony prompts --out` writes it there.
SOUNDS = Path(os.environ.get("QIAO_SOUNDS") or HOME / "sounds")
VOICES = Path(voices) if (voices := os.environ.get("QIAO_VOICES")) else None
SECRET_KEY = os.environ.get("QIAO_SECRET_KEY", "")
ALLOWED_HOSTS = os.environ.get("QIAO_ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("QIAO_TRUSTED_ORIGINS", "").split(",") if o]

DATABASES = {
    "default": _database(os.environ.get("DATABASE_URL", "postgresql://qiao_app@localhost/qiao"))
}
if not _flag("QIAO_NO_POOL"):
    DATABASES["default"]["OPTIONS"] |= {
        "pool": {"min_size": 2, "max_size": int(os.environ.get("QIAO_POOL", "24")), "timeout": 10},
        "prepare_threshold": 3,
    }
DATABASES["default"]["CONN_MAX_AGE"] = 0
# Only statements of qiao.core.prepared are prepared; their plan is the same for every value.
DATABASES["default"]["OPTIONS"].setdefault("options", "-c plan_cache_mode=force_generic_plan")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

QIAO_MODULES = [
    "qiao.core",
    "qiao.staff",
    "qiao.customers",
    "qiao.messaging",
    "qiao.knowledge",
    "qiao.cases",
    "qiao.metering",
    "qiao.dispatch",
    "qiao.billing",
    "qiao.feedback",
    "qiao.rollout",
    "qiao.contact",
    "qiao.telephony",
    "qiao.workforce",
    "qiao.desk",
    "qiao.portal",
    "qiao.api",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "procrastinate.contrib.django",
    *QIAO_MODULES,
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "qiao.core.middleware.CorrelationMiddleware",
    "qiao.desk.catching.ProblemMiddleware",  # hears only what no middleware below it answers
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "qiao.core.middleware.ContentSecurityMiddleware",
    "qiao.core.middleware.FragmentMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "qiao.api.middleware.ProgramMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "qiao.core.middleware.DoorMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "qiao.staff.middleware.ActorMiddleware",
]
ROOT_URLCONF = "qiao.config.urls"
ASGI_APPLICATION = "qiao.config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                ("qiao.core.folding.Loader", ["django.template.loaders.app_directories.Loader"])
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "qiao.core.context.page",
                "qiao.staff.context.page",
                "qiao.desk.context.page",
            ],
        },
    }
]

AUTH_USER_MODEL = "staff.Staff"
AUTHENTICATION_BACKENDS = [
    "qiao.staff.signin.StaffBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {"user_attributes": ("number", "name")}),
        ("MinimumLengthValidator", {"min_length": 10}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "number"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "qiao.staff.signin.SignInAdapter"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login_failed": os.environ.get("QIAO_LOGIN_FAILED", "10/m/ip,5/300s/key")}
# Passkeys are left out: allauth's pages for them need inline scripts.
MFA_ADAPTER = "qiao.staff.signin.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"] if _flag("QIAO_MFA") else []
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_ADAPTER = "qiao.staff.signin.SingleSignOnAdapter"
if os.environ.get("QIAO_OIDC_URL"):
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "sso",
                    "name": os.environ.get("QIAO_OIDC_NAME", "SSO"),
                    "client_id": os.environ.get("QIAO_OIDC_CLIENT", ""),
                    "secret": os.environ.get("QIAO_OIDC_SECRET", ""),
                    "settings": {"server_url": os.environ["QIAO_OIDC_URL"]},
                }
            ],
        }
    }

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [
    ("zh-hans", _("Simplified Chinese")),
    ("zh-hant", _("Traditional Chinese")),
    ("en", _("English")),
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_COOKIE_NAME = "q-language"

STATIC_URL = "/static/"
ASSETS = Path(os.environ.get("QIAO_ASSETS") or HOME / "assets" / "current")
STATICFILES_DIRS = [ASSETS] if ASSETS.is_dir() else []
STATIC_ROOT = HOME / "static"
WHITENOISE_USE_FINDERS = not _flag("QIAO_COLLECTED")
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _flag("QIAO_COLLECTED")
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = Path(os.environ.get("QIAO_MEDIA") or HOME / "media")
MEDIA_URL = "/media/"
QIAO_BACKUPS = Path(os.environ.get("QIAO_BACKUPS") or HOME / "backups")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "qiao.core.uploads.RoomyUploadHandler",
]

# The mail server that takes what we send; without a host nothing is sent, and health says so.
EMAIL_HOST = os.environ.get("QIAO_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("QIAO_SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("QIAO_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("QIAO_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("QIAO_SMTP_TLS", "starttls") == "starttls"
EMAIL_USE_SSL = os.environ.get("QIAO_SMTP_TLS", "starttls") == "tls"
EMAIL_TIMEOUT = int(os.environ.get("QIAO_SMTP_TIMEOUT", "20"))  # seconds, each step of the talk
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("QIAO_MAIL_FROM", "service@localhost")
QIAO_MAIL_DOMAIN = DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">")

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
        # With the usual 300 a crowd would push out what counts visitors and end their limits.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
SESSION_ENGINE = "qiao.staff.sessions"
SESSION_COOKIE_NAME = "q-session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "q-csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "qiao.core.views.csrf_failed"
SECURE_TLS = _flag("QIAO_TLS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_TLS
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_TLS else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

PROCRASTINATE_ON_APP_READY = "qiao.core.jobs.configure"
LOGGING_CONFIG = "qiao.core.logs.configure"
LOGGING = {"json": not _flag("QIAO_PLAIN_LOG"), "level": os.environ.get("QIAO_LOG", "INFO")}

QIAO_PACKS = [p for p in os.environ.get("QIAO_PACKS", "water,power,gas,nyc311").split(",") if p]
# Whose X-Forwarded-For is believed: addresses or ranges of the proxies before this server.
QIAO_PROXIES = [p for p in os.environ.get("QIAO_PROXIES", "").split(",") if p]
# Webhooks to addresses of this machine or of the house's own net, also without TLS.
QIAO_WEBHOOKS_PRIVATE = _flag("QIAO_WEBHOOKS_PRIVATE")
# A folder of fonts for letters, where the machine itself has none for Chinese.
QIAO_FONTS = os.environ.get("QIAO_FONTS", "")
# What the square code on a bill says, such as a payment address; else it leads to the bill's page.
QIAO_BILL_QR = os.environ.get("QIAO_BILL_QR", "")
QIAO_FIELD_KEY = os.environ.get("QIAO_FIELD_KEY", "")
QIAO_SHARED = Path(os.environ.get("QIAO_SHARED") or BASE_DIR.parent / "shared")

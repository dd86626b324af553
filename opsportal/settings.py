"""Everything the portal reads from its environment; a wrong value stops the start (checks.py)."""

import os
from pathlib import Path

import environ

from opsportal.lib.env import database, secret, truthy
from opsportal.unfold_config import UNFOLD as UNFOLD

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()
VAR_DIR = Path(env.str("OPSPORTAL_VAR", default=str(BASE_DIR / "var"))).resolve()
DEMO = truthy(os.environ.get("OPSPORTAL_DEMO", "0"))
DEBUG = truthy(os.environ.get("OPSPORTAL_DEBUG", "0"))

# Secrets come from the environment, from a file (..._FILE), or are made once in var/ (mode 0600).
SECRET_KEY = secret(env, "OPSPORTAL_SECRET_KEY", VAR_DIR)
FIELD_KEYS = secret(env, "OPSPORTAL_FIELD_KEYS", VAR_DIR, fernet=True).split(",")
SEAL_KEY = secret(env, "OPSPORTAL_SEAL_KEY", VAR_DIR)

PUBLIC_URL = env.str("OPSPORTAL_PUBLIC_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}")
_host = environ.urlparse(PUBLIC_URL)
ALLOWED_HOSTS = env.list("OPSPORTAL_ALLOWED_HOSTS", default=[_host.hostname, "127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = [f"{_host.scheme}://{_host.netloc}"]
_HTTPS = _host.scheme == "https"

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # its default config would put its own site in the place of ours
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.simple_history",
    "opsportal.admin_config.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "simple_history",
    "django_q",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "opsportal",  # commands that span the floors below live in its management package
    "opsportal.audit",
    "templates_engine",
    "escalations",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "opsportal.audit.middleware.ActingMiddleware",
    "opsportal.timezones.TimeZoneMiddleware",
]
if DEMO:
    MIDDLEWARE.append("escalations.demo.pulse.LookedMiddleware")
ROOT_URLCONF = "opsportal.urls"
WSGI_APPLICATION = "opsportal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "opsportal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "opsportal.shell.context",
            ]
        },
    }
]

DATABASES = {"default": database(env, VAR_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": env.cache_url("OPSPORTAL_REDIS_URL", default="locmemcache://")}
# TLS ends at the proxy, which redirects; whether subdomains are included and preloaded is the company's to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]

AUTH_PASSWORD_VALIDATORS = (
    []
    if DEMO
    else [
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
    ]
)
LOGIN_URL = "/admin/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/admin/login/"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": ["'self'"],
    "script-src": ["'self'", "<CSP_NONCE_SENTINEL>"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "object-src": ["'none'"],
    "base-uri": ["'self'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

LANGUAGE_CODE = "en-gb"  # days before months, and clocks of 24 hours
COMPANY = env.str("OPSPORTAL_COMPANY", default="Demo company" if DEMO else "")
TIME_ZONE = env.str("OPSPORTAL_TIME_ZONE", default="UTC")
USE_TZ = True
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# The queue is only an alarm clock (docs/decisions): every row that matters is in our own tables.
Q_CLUSTER = {
    "name": "opsportal",
    "orm": "default",
    "workers": env.int("OPSPORTAL_WORKERS", default=3),
    "timeout": 110,
    "retry": 130,
    "max_attempts": 1,
    "ack_failures": True,
    "catch_up": False,
    "poll": 0.2,
    "guard_cycle": 0.5,
    "save_limit": -1,
    "queue_limit": 20,
    "bulk": 1,
    "recycle": 500,
    "label": "Background tasks",
}

_mail = env.email_url("OPSPORTAL_EMAIL_URL", default="consolemail://")
MAIL_IS_SET = "OPSPORTAL_EMAIL_URL" in os.environ
_SMTP = {"host": "EMAIL_HOST", "port": "EMAIL_PORT", "username": "EMAIL_HOST_USER", "password": "EMAIL_HOST_PASSWORD"}
_SMTP |= {"use_tls": "EMAIL_USE_TLS", "use_ssl": "EMAIL_USE_SSL"}
_options = {option: _mail[name] for option, name in _SMTP.items() if _mail.get(name)}
_is_smtp = _mail["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
MAILERS = {"default": {"BACKEND": _mail["EMAIL_BACKEND"], "OPTIONS": {**_options, "timeout": 10} if _is_smtp else {}}}
DEFAULT_FROM_EMAIL = env.str("OPSPORTAL_EMAIL_FROM", default="opsportal@localhost")

SIMPLE_HISTORY_REVERT_DISABLED = True
SIMPLE_HISTORY_EDIT = False
SIMPLE_HISTORY_ENFORCE_HISTORY_MODEL_PERMISSIONS = True
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_DATE_INDEX = "Composite"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "escalations.api.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "escalations.api.problems.handler",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["escalations.api.parsing.StrictJSONParser"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Opsportal",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # The policy of the pages lets nothing be loaded from elsewhere.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

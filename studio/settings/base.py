"""Django's settings, all from one reading of the environment."""

import os
from typing import Any

from studio.settings import face_models, training
from studio.settings.databases import database
from studio.settings.environment import REPOSITORY, read

ENVIRONMENT = read(os.environ)

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = False
ALLOWED_HOSTS = ENVIRONMENT.hosts
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.url]
PAGE_ORIGINS = ENVIRONMENT.origins
STUDIO_URL = ENVIRONMENT.url
STUDIO_DATA = ENVIRONMENT.data

INSTALLED_APPS = [
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "webpack_loader",
    "studio.site",
    "studio.accounts",
    "studio.projects",
    "studio.events",
    "studio.blobs",
    "studio.jobs",
    "studio.tracks",
    "studio.closeups",
    "studio.listening",
    "studio.datasets",
    "studio.networks",
    "studio.training",
    "studio.projections",
    "studio.scenes",
    "studio.renders",
    "studio.comments",
    "studio.sharing",
    "studio.services",
    "studio.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "studio.site.middleware.StaticFiles",
    "studio.site.middleware.ContentSecurity",
    "studio.site.middleware.DatabaseAway",
    "studio.site.middleware.HeadOfFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "studio.urls"
ASGI_APPLICATION = "studio.asgi.application"
APPEND_SLASH = True

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [REPOSITORY / "studio" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": database(ENVIRONMENT.database_url, password=ENVIRONMENT.database_password)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if ENVIRONMENT.redis_url:
    CHANNEL_LAYERS: dict[str, Any] = {
        "default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [ENVIRONMENT.redis_url]}}
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"

SESSION_COOKIE_NAME = "phosphene_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 30 * 24 * 3600
CSRF_COOKIE_NAME = "phosphene_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "studio.pages.csrf_failure"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = ENVIRONMENT.is_https
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if ENVIRONMENT.is_https else 0
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# The health addresses, and a render service on this machine that dials loopback, are answered without https.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^api/"]
X_FRAME_OPTIONS = "DENY"
if ENVIRONMENT.behind_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# A studio need not own its whole domain, so it promises https for its own name only.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if not ENVIRONMENT.is_https:
    # Plain http is for loopback and private networks, and was asked for by STUDIO_URL.
    SILENCED_SYSTEM_CHECKS += ["security.W004", "security.W008", "security.W012", "security.W016"]

LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
FRONTEND_DIST = REPOSITORY / "frontend" / "dist"
STATICFILES_DIRS = [FRONTEND_DIST] if FRONTEND_DIST.is_dir() else []
# Webpack names its files by their hash already; they are served from where they were built, without collectstatic.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{8,}\."
MEDIA_URL = "/no-media/"
WEBPACK_LOADER = {
    "DEFAULT": {"STATS_FILE": str(FRONTEND_DIST / "webpack-stats.json"), "CACHE": True, "BUNDLE_DIR_NAME": ""}
}

# Uploads come in chunks of at most 4 MiB; nothing else is that large.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
UPLOAD_CHUNK_BYTES = 4 * 1024 * 1024
UPLOAD_MAX_BYTES = 8 * 1024**3
UPLOAD_KEPT_HOURS = 24
PORTRAIT_MAX_BYTES = 256 * 1000**2
FREE_BYTES_FLOOR = 256 * 1024 * 1024

LEASE_SECONDS = ENVIRONMENT.lease_seconds
RENEW_SECONDS = ENVIRONMENT.renew_seconds
RIGHTS_SECONDS = ENVIRONMENT.rights_seconds
WORKER_HANDS = ENVIRONMENT.worker_jobs
# Libraries map much more than they use; this only stops a handler that runs away.
WORKER_MEMORY_BYTES = 16 * 1024**3
WORKER_CHORES = "studio.site.chores.run_chores"
# A scoring job waits that long for the next shot of a sitting.
SCORING_LINGER_SECONDS = 5.0
FACE_MODELS = face_models.read(os.environ)
TRAINING_FEATURES = training.features(os.environ)
SOCKET_MESSAGE_BYTES = 64 * 1024
SOCKET_MESSAGES_PER_SECOND = 200
EVENT_POLL_SECONDS = 0.25

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{levelname:<7} {name}: {message}", "style": "{"}},
    "handlers": {"terminal": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["terminal"], "level": "WARNING"},
    "loggers": {"studio": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}

# Blobs lie in the data folder, or in a bucket when one is named.
STORAGES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": STUDIO_DATA / "media"},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if ENVIRONMENT.s3:
    STORAGES["blobs"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": ENVIRONMENT.s3.bucket,
            "endpoint_url": ENVIRONMENT.s3.endpoint_url,
            "region_name": ENVIRONMENT.s3.region,
            "access_key": ENVIRONMENT.s3.access_key,
            "secret_key": ENVIRONMENT.s3.secret_key,
            "location": "blobs",
            "file_overwrite": True,
        },
    }

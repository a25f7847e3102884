"""Settings, all read from the environment: KEWEI_HOME for state, KEWEI_DATABASE_URL for the database."""

import os
import secrets
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlparse

from csp.constants import NONE, SELF

from kewei.config.rooms import APPS

PACKAGE = Path(__file__).resolve().parent.parent
HOME = Path(os.environ.get("KEWEI_HOME", "var")).resolve()


def database_from(url: str) -> dict:
    """Django's description of the database a URL names: sqlite:///path or postgresql://user:pw@host:port/name."""
    parts = urlparse(url)
    if parts.scheme == "sqlite":
        name = unquote(parts.path).removeprefix("/")  # sqlite:////var/x.db is /var/x.db, sqlite:///x.db is beside us
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": name if name == ":memory:" else str(Path(name)),
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # A writer takes the lock when it begins: read-then-write transactions can then never fail half way.
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                    "PRAGMA cache_size=-65536; PRAGMA mmap_size=1073741824; PRAGMA temp_store=MEMORY;"
                ),
            },
        }
    if parts.scheme in ("postgres", "postgresql"):
        options: dict = dict(parse_qsl(parts.query))
        # Only journal.bulk.ask binds on the server; its statements are planned once per connection. Behind a pooler
        # that parts connections between transactions: KEWEI_PREPARE=0.
        options["prepare_threshold"] = 2 if os.environ.get("KEWEI_PREPARE", "1") == "1" else None
        if os.environ.get("KEWEI_POOL", "1") == "1":
            options["pool"] = {"min_size": 0, "max_size": int(os.environ.get("KEWEI_POOL_SIZE", "16")), "timeout": 30}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or options.pop("host", "")),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 0,
            "OPTIONS": options,
        }
    raise ValueError(f"KEWEI_DATABASE_URL must begin with sqlite:/// or postgresql://, not {parts.scheme}://")


def secret_key() -> str:
    """The key from the environment, or one made once and kept readable by the owner alone."""
    if key := os.environ.get("KEWEI_SECRET_KEY"):
        return key
    kept = HOME / "secret.key"
    if not kept.exists():
        HOME.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = HOME / f"secret.key.{os.getpid()}"
        with open(os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as out:
            out.write(secrets.token_urlsafe(50))
        # Of two processes that start together the first one's key stays; nobody ever reads half a key.
        with suppress(FileExistsError):
            os.link(fresh, kept)
        fresh.unlink()
    return kept.read_text()


SECRET_KEY = secret_key()
DEBUG = os.environ.get("KEWEI_DEBUG") == "1"
HTTPS = os.environ.get("KEWEI_HTTPS") == "1"
ALLOWED_HOSTS = os.environ.get("KEWEI_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
# How many proxies of ours stand before us and add to X-Forwarded-For; 0: the header is not believed.
PROXIES = int(os.environ.get("KEWEI_PROXIES", "0"))
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("KEWEI_ORIGINS", "").split(",") if o]

DATABASES = {"default": database_from(os.environ.get("KEWEI_DATABASE_URL", f"sqlite:///{HOME / 'kewei.db'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Person"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    *(f"kewei.{room}" for room in APPS),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "kewei.config.middleware.DoorkeeperMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kewei.config.middleware.RefusalMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "kewei.config.urls"
WSGI_APPLICATION = "kewei.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "kewei.config.context.shell",
            ],
            "builtins": ["kewei.desk.templatetags.kewei"],
        },
    }
]

PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("login", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "people:login"
LOGIN_REDIRECT_URL = "desk:today"
LOGOUT_REDIRECT_URL = "people:login"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "kernel" / "locale"]  # the kernel has no tables and is no app, but says things
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATICFILES_DIRS = [PACKAGE / "static"]
MEDIA_ROOT = HOME / "files"
# Rows of sell-through, and who answers questions about whole months of them: duckdb, or spark://…
LAKE_ROOT = HOME / "lake"
FLOWS_ENGINE = os.environ.get("KEWEI_FLOWS_ENGINE", "duckdb")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "kewei.config.storage.HouseStaticStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# A month of sell-through is some three hundred files, taken in at once.
DATA_UPLOAD_MAX_NUMBER_FILES = 400
# No request may be longer, whatever it carries; a book of 300,000 invoices as .xlsx has some 15 MB.
UPLOAD_MAX_BYTES = int(os.environ.get("KEWEI_UPLOAD_MB", "100")) * 1024 * 1024
# Where distributors' files are dropped: a folder for each, named by its code.
FLOWS_IN = Path(os.environ.get("KEWEI_FLOWS_IN", HOME / "flows-in"))

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_SECURE = HTTPS
# The prefix makes browsers refuse a cookie of that name from a neighbouring host or over plain HTTP.
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrftoken"
CSRF_FAILURE_VIEW = "kewei.config.middleware.csrf_failed"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        # charts size themselves through style attributes; scripts stay strict
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": os.environ.get("KEWEI_LOG", "WARNING")},
}

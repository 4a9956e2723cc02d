"""Every setting, read from the environment; a wrong or missing value stops the start by name.

`docs/configuration.md` lists the variables.
"""

import logging
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery.schedules import crontab

from backend.api.routes import CROSS_ORIGIN
from backend.environment import CENTURY, MOST_PORTS, Environment, address_of_page, checking_certificates
from backend.observability import logs
from language.languages import LANGUAGES

BASE_DIR = Path(__file__).resolve().parent.parent
MANY = 1_000_000_000
NO_SPACES = r"[!-~]+"
env = Environment()

DEBUG = env.switch("DEBUG", default=False)
# False is only for a production-like run over plain HTTP on one machine (`./dev up`).
SECURE = env.switch("SECURE", default=not DEBUG)
SECRET_KEY = env.secret("SECRET_KEY", debug=DEBUG)
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", default="localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS")
# The path under which a proxy serves the shop. Gunicorn reads the variable too, and removes it from paths.
SCRIPT_NAME = env.text(
    "SCRIPT_NAME", pattern=r"(/[A-Za-z0-9._~-]+)+", allowed="a path such as /shop, without a slash at its end"
)
FORCE_SCRIPT_NAME = SCRIPT_NAME or None

# --- The shop -------------------------------------------------------------------------------------
SHOP_NAME = env.text("SHOP_NAME", default="Searchlight")
CURRENCY = env.currency("CURRENCY", default="USD")
LOCALE = env.locale("LOCALE", default="en_US")  # how pages and mails write amounts
SEARCH_LANGUAGE = env.choice("SEARCH_LANGUAGE", LANGUAGES, default="en")  # of the catalogue's texts
GUEST_CHECKOUT = env.switch("GUEST_CHECKOUT", default=True)
REGISTRATION = env.switch("REGISTRATION", default=True)  # customers create their accounts themselves
# The page that takes a new password; the storefront's by default. Empty: the mail has the code alone.
PASSWORD_RESET_URL = env.address("PASSWORD_RESET_URL", part="{code}") or address_of_page(
    f"{SCRIPT_NAME}/new-password/?code={{code}}", hosts=ALLOWED_HOSTS if SECURE else ()
)
PASSWORD_RESET_TIMEOUT = 24 * 3600  # s
GUEST_MAX_LINES = env.number("GUEST_MAX_LINES", default=50, least=1, most=MANY)  # products of a guest's order
GUEST_MAX_UNITS = env.number("GUEST_MAX_UNITS", default=500, least=1, most=MANY)  # over all lines
GUEST_CONFIRMATIONS = env.number(
    "GUEST_CONFIRMATIONS", default=10, most=MANY
)  # in a day to one e-mail address; 0: no limit
ORDER_EMAIL_DAYS = env.number("ORDER_EMAIL_DAYS", default=180, most=CENTURY)  # 0: addresses of orders stay for ever
LOW_STOCK = env.number("LOW_STOCK", default=5, most=MANY)  # units: at or below this an inventory row counts as low

INSTALLED_APPS = [
    "backend.admin_config.ShopAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_opensearch_dsl",
    "django_htmx",
    "django_structlog",
    "axes",
    "corsheaders",
    "csp",
    "backend",
    "storefront",
    "search_api",
    "orders",
    "webhooks",
    "api_keys",
    "indexing",
    "stores",
    "products",
    "foundation",
]

MIDDLEWARE = [
    "backend.middleware.ClientAddress",
    "backend.middleware.RequestLog",
    "corsheaders.middleware.CorsMiddleware",  # outside of all that respond
    "backend.middleware.CompressedAnswers",
    "backend.middleware.ProblemResponses",
    "backend.middleware.PrivateResponses",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "backend.middleware.SlashRedirect",
    "backend.middleware.ChunkedBodies",
    "backend.api.keys.KeyCallers",
    "backend.middleware.TokenCallers",
    "backend.middleware.SearchShortcut",  # for the search API, skips the ones below
    "backend.middleware.PagePolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "backend.middleware.PageThrottle",
    "axes.middleware.AxesMiddleware",
    "backend.middleware.NotAllowedPage",
]

ROOT_URLCONF = "backend.urls"
WSGI_APPLICATION = "backend.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "storefront.context_processors.shop",
            ],
        },
    },
]

# --- PostgreSQL: the source of truth --------------------------------------------------------------
DATABASES = {"default": env.postgresql("DATABASE_URL", default="postgres://commerce:commerce@127.0.0.1:5432/commerce")}
# A streaming standby, for reads that may be a little old: see `foundation.replica`.
if replica := env.postgresql("DATABASE_REPLICA_URL", default=""):
    DATABASES["replica"] = replica | {"TEST": {"MIRROR": "default"}}
    DATABASE_ROUTERS = ["foundation.replica.Router"]
DATABASE_REPLICA_LAG = env.seconds("DATABASE_REPLICA_LAG", default=2, most=3600)  # that the standby may be behind
_max_age = env.number("DATABASE_CONN_MAX_AGE", default=60, most=86_400)
for _alias, _database in DATABASES.items():
    # A read that the standby fails is done again anyway: a check would only wait for one that hangs.
    _database |= {"CONN_MAX_AGE": _max_age, "CONN_HEALTH_CHECKS": _alias != "replica"}
    # A connection over a dead network is noticed within about 20 s, whether it is idle or not.
    _database.setdefault("OPTIONS", {}).update(
        {
            "connect_timeout": 2 if _alias == "replica" else 3,
            "keepalives_idle": 5,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 20_000,
        }
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis: cache and broker; all of it may be lost -----------------------------------------------
REDIS_URL = env.redis("REDIS_URL", default="redis://127.0.0.1:6379/0")
REDIS_TIMEOUT = env.seconds("REDIS_TIMEOUT", default=0.5, most=60)
REDIS_REST = env.seconds("REDIS_REST", default=1, most=3600)  # between two probes after it failed
CACHES = {
    "default": {
        "BACKEND": "backend.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.text("CACHE_PREFIX", default="commerce", pattern=NO_SPACES, allowed="text without spaces"),
        "OPTIONS": {
            "serializer": "backend.cache.TolerantSerializer",
            "socket_timeout": REDIS_TIMEOUT,
            "socket_connect_timeout": REDIS_TIMEOUT,
        },
    },
}
# Not in the cache: a change made while Redis was unavailable (a basket's line, a sign-out) would be
# undone by the old copy that Redis has when it returns.
SESSION_ENGINE = "storefront.sessions"

# --- OpenSearch: a derived copy -------------------------------------------------------------------
# List every node of a cluster, so that the loss of one is not an outage.
OPENSEARCH_HOSTS = env.addresses("OPENSEARCH_URL", default="http://127.0.0.1:9200")
OPENSEARCH_URL = ",".join(OPENSEARCH_HOSTS)
OPENSEARCH_CA_CERTS = env.text("OPENSEARCH_CA_CERTS")
INDEX_PREFIX = env.text(  # several installations can share a cluster
    "INDEX_PREFIX",
    pattern=r"[a-z0-9][a-z0-9_-]*",
    allowed="lower-case letters, digits, '-' and '_', starting with a letter or digit",
)
SEARCH_SHARDS = env.number("SEARCH_SHARDS", default=1, least=1, most=1024)  # OpenSearch's most
SEARCH_REPLICAS = env.number("SEARCH_REPLICAS", default=0, most=100)
INDEX_REFRESH_INTERVAL = env.text(
    "INDEX_REFRESH_INTERVAL",
    default="1s",
    pattern=r"-1|\d{1,9}(ms|s|m|h)",
    allowed="a time such as 1s, or -1 for never",
)
# For all of a search's requests to OpenSearch; PostgreSQL's fallback comes on top (docs/search.md).
SEARCH_TIMEOUT = env.seconds("SEARCH_TIMEOUT", default=0.8, most=60)
SEARCH_CURSORS = env.number("SEARCH_CURSORS", default=10, most=300)  # that one address may have open
SEARCH_CACHE_SECONDS = env.number("SEARCH_CACHE_SECONDS", default=60, most=86_400)  # 0: nothing is cached
SEARCH_MAX_AGE = env.number(
    "SEARCH_MAX_AGE", default=10, most=86_400
)  # s that browsers and proxies use an answer without asking
SEARCH_LOG_SAMPLE = env.share("SEARCH_LOG_SAMPLE", default=1)  # share of the searches that are logged
SEARCH_LOG_DAYS = env.number("SEARCH_LOG_DAYS", default=90, least=1, most=CENTURY)
# The file of the model for vectors; empty: search is by words alone. Needs the extra `semantic`.
SEMANTIC_MODEL_PATH = env.text("SEMANTIC_MODEL_PATH")
OPENSEARCH_DSL = {"default": {"hosts": OPENSEARCH_HOSTS, "ca_certs": OPENSEARCH_CA_CERTS or None}}
# Change capture by triggers does this, and loses no change: see docs/indexing.md.
OPENSEARCH_DSL_AUTOSYNC = False

# --- Celery: starts work, and records none of it --------------------------------------------------
CELERY_BROKER_URL = checking_certificates(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for Redis without limit
CELERY_BROKER_CHANNEL_ERROR_RETRY = True  # as it does for a full or read-only Redis; by default it would end
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": 3600,  # s; longer than any task may run, else it would run twice
    "socket_timeout": REDIS_TIMEOUT,
    "socket_connect_timeout": REDIS_TIMEOUT,
    "max_retries": 0,  # for publishing; a worker's own connection has the setting above
    "global_keyprefix": env.text("BROKER_PREFIX", default="celery:", pattern=NO_SPACES, allowed="text without spaces"),
}
CELERY_TASK_PUBLISH_RETRY = False  # no shopper waits for Redis; a sweep finds the work that was not queued
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 1500
CELERY_TASK_TIME_LIMIT = 1800
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20  # s to finish tasks on a stop; then they return to the queue
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False  # they may finish, and may run twice
CELERY_BEAT_SCHEDULER = "backend.celery.beat.SingleScheduler"
QUEUES = ("default", "orders", "indexing", "webhooks")  # for health and metrics; Celery would read CELERY_QUEUES
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    # Mails, and nothing that takes long.
    "orders.tasks.send_confirmation": {"queue": "orders"},
    "orders.tasks.sweep_confirmations": {"queue": "orders"},
    # Sync has its own queue: changes must not wait minutes for a rebuild or a check.
    "indexing.tasks.sync_index": {"queue": "indexing"},
    # A run lasts as long as there are events to deliver.
    "webhooks.tasks.deliver": {"queue": "webhooks"},
}
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "sweep-confirmations": {"task": "orders.tasks.sweep_confirmations", "schedule": 30, "options": {"expires": 30}},
    "forget-idempotency-keys": {"task": "foundation.tasks.forget_idempotency_keys", "schedule": crontab(minute="7")},
    # Polls nearly all the time: a change by raw SQL queues no sync.
    "sync-index": {
        "task": "indexing.tasks.sync_index",
        "schedule": 1.0,
        "kwargs": {"linger": 0.9},
        "options": {"expires": 5},
    },
    # Polls nearly all the time, like sync, so no order has to queue anything.
    "deliver-webhooks": {
        "task": "webhooks.tasks.deliver",
        "schedule": 1.0,
        "kwargs": {"linger": 0.9},
        "options": {"expires": 5},
    },
    "park-webhooks": {"task": "webhooks.tasks.park_old", "schedule": 60.0, "options": {"expires": 60}},
    "forget-webhooks": {"task": "webhooks.tasks.forget_events", "schedule": crontab(hour="4", minute="40")},
    "ensure-index": {"task": "indexing.tasks.ensure_index", "schedule": 10.0, "options": {"expires": 10}},
    "encode-vectors": {"task": "indexing.tasks.encode_vectors", "schedule": 10.0, "options": {"expires": 10}},
    "check-index": {"task": "indexing.tasks.check_index", "schedule": crontab(hour="3", minute="30")},
    "purge-sync-history": {"task": "indexing.tasks.purge_history", "schedule": crontab(minute="17")},
    "recompute-popularity": {"task": "orders.tasks.recompute_popularity", "schedule": crontab(minute="37")},
    "refresh-popular-queries": {"task": "search_api.tasks.refresh_popular_queries", "schedule": crontab(minute="47")},
    "refresh-catalogue-terms": {
        "task": "search_api.tasks.refresh_catalogue_terms",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "forget-sessions": {"task": "backend.tasks.forget_sessions", "schedule": crontab(hour="4", minute="20")},
    "forget-order-emails": {"task": "orders.tasks.forget_emails", "schedule": crontab(hour="4", minute="30")},
    "forget-failed-sign-ins": {"task": "backend.tasks.forget_failed_sign_ins", "schedule": crontab(minute="27")},
    "purge-search-log": {"task": "search_api.tasks.purge_search_log", "schedule": crontab(hour="4", minute="10")},
    **{
        f"heartbeat-{queue}": {
            "task": "backend.tasks.heartbeat",
            "args": [queue],
            "schedule": 10.0,
            "options": {"queue": queue, "expires": 30},
        }
        for queue in QUEUES
    },
}

# --- Webhooks -------------------------------------------------------------------------------------
WEBHOOK_KEYS = env.secrets("WEBHOOK_KEYS") or [SECRET_KEY]  # for stored secrets: the first encrypts
# Events are sent to public addresses over HTTPS, and to any in these networks, also over HTTP.
WEBHOOK_ALLOWED_NETWORKS = env.networks("WEBHOOK_ALLOWED_NETWORKS")
WEBHOOK_CA_CERTS = env.text("WEBHOOK_CA_CERTS")  # empty: the authorities that the image trusts
WEBHOOK_CONNECT_TIMEOUT = env.seconds("WEBHOOK_CONNECT_TIMEOUT", default=3, most=60)
WEBHOOK_TIMEOUT = env.seconds("WEBHOOK_TIMEOUT", default=10, most=300)  # of one attempt
WEBHOOK_AT_ONCE = env.number("WEBHOOK_AT_ONCE", default=8, least=1, most=1000)  # attempts in flight to one subscription
WEBHOOK_RETRY_SECONDS = env.seconds(
    "WEBHOOK_RETRY_SECONDS", default=5, most=3 * 3600
)  # before the second attempt; then doubled
WEBHOOK_GIVE_UP_HOURS = env.number(
    "WEBHOOK_GIVE_UP_HOURS", default=24, least=1, most=24 * 365
)  # then a delivery is parked
WEBHOOK_ROTATION_HOURS = env.number(
    "WEBHOOK_ROTATION_HOURS", default=24, least=1, most=24 * 365
)  # in which the old secret signs too
WEBHOOK_DAYS = env.number("WEBHOOK_DAYS", default=14, least=1, most=CENTURY)  # that events are stored

# --- API ------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["backend.api.renderers.OrjsonRenderer"],
    "URL_FORMAT_OVERRIDE": None,  # only /schema/ has several formats: see `backend.api.schema.SchemaView`
    "DEFAULT_PARSER_CLASSES": ["backend.api.parsers.OrjsonParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "backend.api.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["backend.api.throttles.ScopedThrottle"],
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.AcceptHeaderVersioning",
    "DEFAULT_VERSION": "1",
    "ALLOWED_VERSIONS": ["1"],
    "DEFAULT_PAGINATION_CLASS": "foundation.pagination.PageNumberPagination",
    "PAGE_SIZE": 20,
    "DEFAULT_SCHEMA_CLASS": "backend.api.operation_schema.OperationSchema",
    "EXCEPTION_HANDLER": "backend.api.problems.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Commerce API",
    "DESCRIPTION": (BASE_DIR / "backend" / "api" / "description.md").read_text(encoding="utf-8"),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVERS": [{"url": SCRIPT_NAME or "/"}],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "backend.api.schema.document_problems",
        "backend.api.operations.name_operations",
    ],
    # Without these, a new field of the same name would rename a published type.
    "ENUM_NAME_OVERRIDES": {
        "DeliveryState": "webhooks.models.Delivery.State",
        "OrderStatus": "orders.models.Order.Status",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes
REST_KNOX = {"TOKEN_TTL": timedelta(hours=env.number("TOKEN_TTL_HOURS", default=24, least=1, most=24 * CENTURY))}
# Limits for a user or an anonymous address, by the view's `throttle_scope`; None for no limit.
THROTTLE_RATES = {
    scope: env.throttle_rate(name, default=rate)
    for scope, name, rate in (
        ("search", "THROTTLE_SEARCH", "120/minute"),
        ("suggest", "THROTTLE_SUGGEST", "300/minute"),
        ("orders", "THROTTLE_ORDERS", "60/minute"),
        ("catalogue", "THROTTLE_CATALOGUE", "300/minute"),
        ("sign-in", "THROTTLE_SIGN_IN", "20/minute"),
        ("accounts", "THROTTLE_ACCOUNTS", "20/hour"),
        ("api", "THROTTLE_API", "600/minute"),
        ("pages", "THROTTLE_PAGES", "600/minute"),
    )
}

# --- Front ends on other origins ------------------------------------------------------------------
# They call the API without cookies, so a page of theirs never acts for a shopper who is signed in here.
CORS_URLS_REGEX = CROSS_ORIGIN
CORS_ALLOWED_ORIGINS, CORS_ALLOWED_ORIGIN_REGEXES, CORS_ALLOW_ALL_ORIGINS = env.allowed_origins("CORS_ALLOWED_ORIGINS")
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "order-token",
    "x-api-key",
    "x-request-id",
]
CORS_EXPOSE_HEADERS = [
    "ETag",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
]
API_KEYS_REQUIRED = env.switch("API_KEYS_REQUIRED", default=False)  # of searches from pages of other origins
CORS_PREFLIGHT_MAX_AGE = 7200  # s; Chromium takes no more

# --- Pages and static files -----------------------------------------------------------------------
STATIC_URL = f"{SCRIPT_NAME}/static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / "staticfiles")
# Uploaded pictures. The web server serves them only with SERVE_MEDIA; else a proxy or the storage
# itself does, at MEDIA_URL.
MEDIA_URL = env.text(
    "MEDIA_URL",
    default=f"{SCRIPT_NAME}/media/",
    pattern=r"(https?://[^\s/]+)?/(\S*/)?",
    allowed="a path or an https address with a slash at its end",
)
MEDIA_ROOT = env.path("MEDIA_ROOT", default=BASE_DIR / "media")
SERVE_MEDIA = env.switch("SERVE_MEDIA", default=False)
# Other sites whose pictures the pages show, as sources of a Content-Security-Policy.
IMAGE_HOSTS = env.sources("IMAGE_HOSTS")
STORAGES = {
    "default": {
        "BACKEND": env.text(
            "MEDIA_STORAGE",
            default="django.core.files.storage.FileSystemStorage",
            pattern=r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+",
            allowed="the name of a class such as storages.backends.s3.S3Storage",
        ),
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
AUTHENTICATION_BACKENDS = [
    "backend.api.sign_in.AddressThrottle",
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AXES_FAILURE_LIMIT = env.number("SIGN_IN_FAILURES", default=5, least=1, most=1000)
AXES_COOLOFF_TIME = timedelta(minutes=env.number("SIGN_IN_LOCKED_MINUTES", default=15, least=1, most=7 * 24 * 60))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else a guesser could lock somebody out for ever
AXES_DISABLE_ACCESS_LOG = True  # when somebody signed in is private
AXES_LOCKOUT_CALLABLE = "backend.api.sign_in.locked_out"
AXES_CLIENT_IP_CALLABLE = "backend.api.sign_in.client_address"
LOGIN_URL = "storefront:sign-in"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "storefront:home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# --- Mail -----------------------------------------------------------------------------------------
vars().update(env.email("EMAIL_URL", default="consolemail://"))
EMAIL_TIMEOUT = env.seconds("EMAIL_TIMEOUT", default=10, most=600)
DEFAULT_FROM_EMAIL = env.text(
    "DEFAULT_FROM_EMAIL",
    default="orders@localhost",
    pattern=r"[^\s<>,@]+@[^\s<>,@]+|[^<>\r\n]+<[^\s<>,@]+@[^\s<>,@]+>",
    allowed="an address such as orders@shop.example or Shop <orders@shop.example>",
)

# --- Language and time ----------------------------------------------------------------------------
TIME_ZONE = "UTC"
USE_I18N = False

# --- Logs and metrics -----------------------------------------------------------------------------
LOGGING = logs.configure(
    level=env.choice("LOG_LEVEL", logs.LEVELS, default="INFO"),
    lines=env.choice("LOG_LINES", logs.FORMATS, default=logs.CONSOLE if DEBUG else logs.JSON),
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
SLOW_QUERY_SECONDS = env.seconds("SLOW_QUERY_SECONDS", default=0.5, most=3600)
METRICS_TOKEN = env.text("METRICS_TOKEN", pattern=r"[ -~]+", allowed="ASCII text, as in a header")
WORKER_METRICS_PORT = env.number("WORKER_METRICS_PORT", default=0, most=MOST_PORTS)  # 0: a worker serves no metrics

# Empty: no traces. They need the packages of the extra `otel`, whose SDK reads this variable too.
OTEL_EXPORTER_OTLP_ENDPOINT = env.address("OTEL_EXPORTER_OTLP_ENDPOINT")
OTEL_SERVICE_NAME = env.text("OTEL_SERVICE_NAME", default="commerce")

# --- Security -------------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
# Requested from inside, over plain HTTP.
SECURE_REDIRECT_EXEMPT = [rf"^{SCRIPT_NAME.lstrip('/')}/?(health/|metrics$)"]
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = f"{SCRIPT_NAME}/"  # other sites may share the host
TRUSTED_PROXIES = env.number(
    "TRUSTED_PROXIES", default=0, most=100
)  # in front of this server, each adding to X-Forwarded-For
# Browsers remember HSTS for this long, and it cannot be revoked: begin a roll-out with minutes.
_hsts_seconds = env.number("HSTS_SECONDS", default=31_536_000, most=MANY)
SECURE_HSTS_SECONDS = _hsts_seconds if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.switch("HSTS_SUBDOMAINS", default=True) and SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.switch("BEHIND_PROXY", default=False) else None
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", *IMAGE_HOSTS],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}

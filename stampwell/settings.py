"""Every setting, top to bottom, from the environment, with defaults that run on a laptop."""

import os
import sys
import zoneinfo
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.csp import CSP
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stampwell.database.django_settings import pooler_settings, replica_settings, server_settings
from stampwell.database.trouble import DatabaseTrouble
from stampwell.environment import EnvironmentTrouble, read_environment
from stampwell.key_files import read_bytes_key, read_key
from stampwell.log_lines import read_logging
from stampwell.mail.configuration import MailTrouble, read_mail

PACKAGE = Path(__file__).resolve().parent

# --- What the environment says ----------------------------------------------------------------

# Unset, the embedded server of this data folder is meant: bin/dev and bin/test start it and set this.
DATABASE_URL = os.environ.get("DATABASE_URL", "")
# How web processes reach the same database where a pooler stands between (`stampwell.wsgi`); all others go to the
# server itself.
DATABASE_POOLER_URL = os.environ.get("STAMPWELL_DATABASE_POOLER", "")
# What is only shown, figures, journal and lists, may be read there (`transactions.replica`).
DATABASE_REPLICA_URL = os.environ.get("STAMPWELL_DATABASE_REPLICA", "")
try:
    _chosen = read_environment(os.environ)
    _server = server_settings(DATABASE_URL or "postgresql://stampwell@127.0.0.1:1/stampwell")
    DATABASE_POOLER = pooler_settings(DATABASE_POOLER_URL) if DATABASE_POOLER_URL else {}
    DATABASE_REPLICA = replica_settings(DATABASE_REPLICA_URL) if DATABASE_REPLICA_URL else {}
    _mailer, DEFAULT_FROM_EMAIL = read_mail(os.environ)
    LOGGING = read_logging(os.environ.get("STAMPWELL_LOG", ""))
except (EnvironmentTrouble, DatabaseTrouble, MailTrouble, ValueError) as trouble:
    sys.exit(str(trouble))

# --- Where we are -----------------------------------------------------------------------------

DATA_DIR = _chosen.data_dir
BASE_URL = _chosen.base_url
# Whether strangers may open a shop, or only who was invited. A developer's is open.
OPEN_SHOPS = _chosen.open_shops
# How many threads of a web process answer requests: half of them may wait for one shop or node that hangs.
WEB_THREADS = _chosen.web_threads
# Of one key; then 429. Two thousand a second: no till needs it, and no shop's program takes the whole server.
API_REQUESTS_A_MINUTE = _chosen.api_requests_a_minute
# Every translatable sentence as ⟦šéñţéñçé⟧, so that one which is not stands out.
STAMPWELL_PSEUDO = _chosen.pseudo
# The proxies in front of us: their addresses or networks. Only they are believed who a visitor is (`web.proxies`).
TRUSTED_PROXIES = _chosen.trusted_proxies
HTTPS = BASE_URL.startswith("https://")
DEBUG = False
ALLOWED_HOSTS = [urlsplit(BASE_URL).hostname or "127.0.0.1", "127.0.0.1", "localhost"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# --- Keys -------------------------------------------------------------------------------------

SECRET_KEY = read_key("SECRET_KEY", DATA_DIR)
TOKEN_KEY = read_bytes_key("TOKEN_KEY", DATA_DIR)  # card and voucher links derive from it; never rotate it

# --- Database ---------------------------------------------------------------------------------

DATABASES = {"default": {**_server, "TEST": {"NAME": os.environ.get("STAMPWELL_TEST_DATABASE", "stampwell_test")}}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {"BACKEND": "stampwell.requests.cache.LastingCache", "LOCATION": "django_cache"},
}

# --- The application --------------------------------------------------------------------------

INSTALLED_APPS = [
    "stampwell",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "stampwell.web.hosts.HostMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "stampwell.web.remembering.RememberingMiddleware",
    "stampwell.web.api.front_door.ApiFrontDoor",
    "stampwell.web.headers.HeadersMiddleware",
    "stampwell.web.compression.CompressionMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "stampwell.web.uploads.UploadMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "stampwell.web.sign_ins.LastUseMiddleware",
    "stampwell.web.new_browsers.KnownBrowserMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "stampwell.web.turned_away.TurnedAwayMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "stampwell.web.refusals.RefusalMiddleware",
]
ROOT_URLCONF = "stampwell.urls"
WSGI_APPLICATION = "stampwell.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Accounts ---------------------------------------------------------------------------------

AUTH_USER_MODEL = "stampwell.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # another address would be another way in
ACCOUNT_ADAPTER = "stampwell.web.accounts.AccountAdapter"
# How often an address may ask for a new password; how many mails one mailbox gets is limited where they are sent.
ACCOUNT_RATE_LIMITS = {"reset_password": "20/m/ip"}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "stampwell.web.dashboard.second_factor.SignInCodeForm",
    "reauthenticate": "stampwell.web.dashboard.second_factor.ConfirmationCodeForm",
    "activate_totp": "stampwell.web.dashboard.second_factor.FirstCodeForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # a shop may have no mail server yet, and a passkey is worth more
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # passkeys on a laptop

# --- Browser walls ----------------------------------------------------------------------------

SESSION_ENGINE = "stampwell.requests.sessions"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
# Other sites learn nothing. Not "no-referrer": a form of ours would then come with "Origin: null" and be refused.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "stampwell.web.errors.form_not_ours"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "worker-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:"],
    "media-src": [CSP.SELF, "blob:"],
    "connect-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
# A program with draws has some forty fields for each prize, and its ticks at locations: the bytes end before this.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 8_000

# --- Languages and time -----------------------------------------------------------------------

USE_I18N = True
USE_TZ = True
zoneinfo.reset_tzpath(
    ()
)  # the rules of time zones come from the package tzdata, not from the host, which may have none
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES: list[tuple[str, str | Promise]] = [
    ("en", _("English")),
    ("lv", _("Latvian")),
    ("et", _("Estonian")),
    ("uz", _("Uzbek")),
    ("kk", _("Kazakh")),
    ("ja", _("Japanese")),
]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600  # who once chose a language has chosen it
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [PACKAGE / "locale"]
if STAMPWELL_PSEUDO:
    LANGUAGES.append(("en-xa", "⟦Pseudo⟧"))
    LOCALE_PATHS.append(DATA_DIR / "pseudo")

# --- Files ------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STAMPWELL_STATIC", DATA_DIR / "static"))
STATICFILES_DIRS = [PACKAGE / "static"]
WHITENOISE_USE_FINDERS = True  # until they are collected, files come from where they were written
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "stampwell.web.assets.HashedFiles"},
}

# --- Wallets ----------------------------------------------------------------------------------

# Files in PEM or DER. Unset, the development chain of the data folder signs: real readers show such a
# pass, Apple's own devices take only one that Apple's chain has signed.
WALLET_APPLE_CERTIFICATE = os.environ.get("STAMPWELL_APPLE_CERTIFICATE", "")
WALLET_APPLE_KEY = os.environ.get("STAMPWELL_APPLE_KEY", "")
WALLET_APPLE_KEY_PASSWORD = os.environ.get("STAMPWELL_APPLE_KEY_PASSWORD", "")
WALLET_APPLE_INTERMEDIATE = os.environ.get("STAMPWELL_APPLE_INTERMEDIATE", "")
# Vouchers as passes of their own have a pass type of their own; without its certificate only the card is offered.
WALLET_APPLE_VOUCHER_CERTIFICATE = os.environ.get("STAMPWELL_APPLE_VOUCHER_CERTIFICATE", "")
WALLET_APPLE_VOUCHER_KEY = os.environ.get("STAMPWELL_APPLE_VOUCHER_KEY", "")
WALLET_APPLE_VOUCHER_KEY_PASSWORD = os.environ.get("STAMPWELL_APPLE_VOUCHER_KEY_PASSWORD", "")
# Pushes sign in with the pass certificate; a key of Apple's developer account (.p8) takes its place where one is set.
WALLET_APPLE_PUSH_KEY = os.environ.get("STAMPWELL_APPLE_PUSH_KEY", "")
WALLET_APPLE_PUSH_KEY_ID = os.environ.get("STAMPWELL_APPLE_PUSH_KEY_ID", "")
WALLET_APPLE_PUSH_HOST = os.environ.get("STAMPWELL_APPLE_PUSH_HOST", "")
WALLET_APPLE_PUSH_CA = os.environ.get("STAMPWELL_APPLE_PUSH_CA", "")
WALLET_GOOGLE_ACCOUNT = os.environ.get("STAMPWELL_GOOGLE_ACCOUNT", "")
WALLET_GOOGLE_ISSUER = os.environ.get("STAMPWELL_GOOGLE_ISSUER", "")
WALLET_GOOGLE_API = os.environ.get("STAMPWELL_GOOGLE_API", "https://walletobjects.googleapis.com")
WALLET_GOOGLE_CA = os.environ.get("STAMPWELL_GOOGLE_CA", "")
WALLET_GOOGLE_CALLBACK_KEYS = os.environ.get(
    "STAMPWELL_GOOGLE_CALLBACK_KEYS", "https://pay.google.com/gp/m/issuer/keys"
)
WALLET_GOOGLE_CALLBACK_SENDER = os.environ.get("STAMPWELL_GOOGLE_CALLBACK_SENDER", "GooglePayPasses")
# How often all processes together ask Google.
WALLET_GOOGLE_REQUESTS_A_SECOND = _chosen.google_requests_a_second
# A wallet of the development chain is offered to customers only where a developer asks for it, for on their phones it
# would lead nowhere.
WALLET_OFFER_DEVELOPMENT = _chosen.offer_development

# --- Asking others ---------------------------------------------------------------------------

# Networks inside, such as 10.1.2.0/24, that addresses given by shops may lead to; without it only the open internet.
OUTGOING_INSIDE = _chosen.outgoing_inside

# --- Mail, logs and figures ----------------------------------------------------------------------------

MAILERS = {"default": _mailer}
METRICS_ADDRESS = _chosen.metrics_address  # unset, nothing is counted
ALARM_TO = _chosen.alarm_to  # who is told when something is wrong
LOG_REQUESTS = _chosen.log_requests  # a line for each

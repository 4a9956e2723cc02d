"""Keys of front ends. They say which front end calls, never which person: that is what tokens are for."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from foundation import origins
from foundation.rates import read_rate

DIGEST_LENGTH = 64  # hexadecimal digits of SHA-256
BEGINNING_LENGTH = 10  # characters that lists show: the prefix and six of 256 bits
MAX_ORIGIN_LENGTH = 255
ORIGINS_HELP = (
    "Origins of the pages that may use a publishable key, such as https://shop.example or https://*.example.com. "
    "Leave empty to allow all."
)


def validate_origin(text: str) -> None:
    if not origins.is_name(text):
        raise ValidationError(f"These are {origins.EXAMPLES}, not {text!r}.")


def validate_rate(text: str) -> None:
    try:
        read_rate(text)
    except ValueError:
        raise ValidationError(f"A rate is one such as 300/minute or 20/second, not {text!r}.") from None


class ApiKey(models.Model):
    """Only the digest of a key is stored; it is random enough that a digest without salt does not help to guess it."""

    class Kind(models.TextChoices):
        PUBLISHABLE = "publishable", "publishable: in pages, for searches only"
        SERVER = "server", "server: secret, and passes the shoppers' addresses on"

    name = models.CharField(max_length=100, help_text="Which front end uses it.")
    kind = models.CharField(max_length=11, choices=Kind)
    beginning = models.CharField(max_length=BEGINNING_LENGTH, editable=False)
    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True, editable=False)
    origins = ArrayField(
        models.CharField(max_length=MAX_ORIGIN_LENGTH, validators=[validate_origin]),
        default=list,
        blank=True,
        help_text=ORIGINS_HELP,
    )
    caller_rate = models.CharField(
        "rate limit per shopper",
        max_length=40,
        blank=True,
        validators=[validate_rate],
        help_text=(
            "Requests per shopper address, counted for each kind of request: 300/minute. Leave empty for the default."
        ),
    )
    total_rate = models.CharField(
        "rate limit of the key",
        max_length=40,
        blank=True,
        validators=[validate_rate],
        help_text="All requests with this key together: 10000/minute. Leave empty for no limit.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "API key"
        ordering = ("-created_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="publishable") | Q(origins=[]),
                name="server_key_has_no_origins",
                violation_error_message="A server key is never in a page, so it has no origins.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.beginning}…)"

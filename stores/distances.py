"""How far stores are from a place."""

import math
import re

from django.db.models import Case, FloatField, Q, Value, When
from django.db.models.functions import ACos, Cast, Cos, Greatest, Least, Radians, Sin

EARTH_RADIUS = 6371.0  # km

MAX_LATITUDE, MAX_LONGITUDE = 90, 180  # degrees
_PLACE = re.compile(r"(-?\d{1,2}(?:\.\d{1,15})?),\s?(-?\d{1,3}(?:\.\d{1,15})?)", re.ASCII)

Place = tuple[float, float]  # latitude and longitude, in degrees


def parse_place(text: str) -> Place | None:
    """Latitude and longitude of '44.98,-93.27'; None if there is no such place."""
    match = _PLACE.fullmatch(text)
    if not match:
        return None
    latitude, longitude = float(match[1]), float(match[2])
    return (latitude, longitude) if abs(latitude) <= MAX_LATITUDE and abs(longitude) <= MAX_LONGITUDE else None


def kilometres_from(here: Place, prefix: str = "") -> Case:
    """Great-circle distance from latitude and longitude (degrees) to a row's store, or NULL."""
    latitude, longitude = (math.radians(degrees) for degrees in here)
    its_latitude = Radians(Cast(f"{prefix}latitude", FloatField()))
    its_longitude = Radians(Cast(f"{prefix}longitude", FloatField()))
    cosine = Value(math.sin(latitude)) * Sin(its_latitude) + Value(math.cos(latitude)) * Cos(its_latitude) * Cos(
        its_longitude - Value(longitude)
    )
    # Rounding may put the cosine of a store's distance to itself just above 1.
    angle = ACos(Least(Greatest(cosine, Value(-1.0)), Value(1.0)))
    known = Q(**{f"{prefix}latitude__isnull": False, f"{prefix}longitude__isnull": False})
    return Case(When(known, then=angle * Value(EARTH_RADIUS)), output_field=FloatField())

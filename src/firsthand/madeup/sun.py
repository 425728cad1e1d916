"""Where the sun stands: what casts the made-up event's shadows."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

_J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SunPosition:
    """azimuth_deg clockwise from true north; elevation_deg above the horizon, without refraction."""

    azimuth_deg: float
    elevation_deg: float

    def towards(self) -> NDArray[np.float64]:
        """Unit vector [east, north, up] from the ground to the sun."""
        azimuth, elevation = np.radians(self.azimuth_deg), np.radians(self.elevation_deg)
        flat = np.cos(elevation)
        return np.array([flat * np.sin(azimuth), flat * np.cos(azimuth), np.sin(elevation)])


def sun_position(*, lat_deg: float, lon_deg: float, at: datetime) -> SunPosition:
    """The sun over a place (WGS 84, sea level) at an instant with a zone.

    Method: the low-precision formulas of the Astronomical Almanac (ecliptic longitude to 0.01° between 1950 and 2050).
    Limits: no refraction, no parallax; together below 0.02° while the sun is more than 10° up.
    """
    if at.tzinfo is None:
        raise ValueError("an instant needs a zone")
    days = (at - _J2000).total_seconds() / 86_400
    mean_longitude = 280.460 + 0.9856474 * days
    anomaly = np.radians(357.528 + 0.9856003 * days)
    longitude = np.radians(mean_longitude + 1.915 * np.sin(anomaly) + 0.020 * np.sin(2 * anomaly))
    obliquity = np.radians(23.439 - 4e-7 * days)
    right_ascension = np.arctan2(np.cos(obliquity) * np.sin(longitude), np.cos(longitude))
    declination = np.arcsin(np.sin(obliquity) * np.sin(longitude))
    sidereal_deg = 280.46061837 + 360.98564736629 * days + lon_deg
    hour_angle = np.radians(sidereal_deg) - right_ascension
    latitude = np.radians(lat_deg)
    elevation = np.arcsin(
        np.sin(latitude) * np.sin(declination) + np.cos(latitude) * np.cos(declination) * np.cos(hour_angle)
    )
    azimuth = np.arctan2(
        -np.sin(hour_angle) * np.cos(declination),
        np.cos(latitude) * np.sin(declination) - np.sin(latitude) * np.cos(declination) * np.cos(hour_angle),
    )
    return SunPosition(azimuth_deg=float(np.degrees(azimuth) % 360), elevation_deg=float(np.degrees(elevation)))

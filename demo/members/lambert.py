"""RGF93 / Lambert-93 (EPSG:2154), in which French addresses are given beside degrees."""

from __future__ import annotations

import math

# IGN, "Projections cartographiques coniques conformes de Lambert": ellipsoid GRS 80, parallels 44° and 49° north,
# origin 3° east and 46°30' north at (700,000; 6,600,000).
_ECCENTRICITY = 0.0818191910428158
_EXPONENT = 0.7256077650532670
_CONSTANT = 11754255.4261
_POLE_X = 700_000.0
_POLE_Y = 12_655_612.0499


def lambert93(longitude: float, latitude: float) -> tuple[float, float]:
    """Degrees to metres."""
    sine = math.sin(math.radians(latitude))
    isometric = math.atanh(sine) - _ECCENTRICITY * math.atanh(_ECCENTRICITY * sine)
    radius = _CONSTANT * math.exp(-_EXPONENT * isometric)
    angle = _EXPONENT * math.radians(longitude - 3)
    return _POLE_X + radius * math.sin(angle), _POLE_Y - radius * math.cos(angle)

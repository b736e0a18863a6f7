"""Writes positions.csv: where astropy sees sources and bodies from FYST at random times.

python3 -m venv /tmp/v && /tmp/v/bin/pip install astropy==6.1.7 "numpy<2.3" astropy-iers-data==0.2026.11.2.0.34.55
/tmp/v/bin/python positions.py > positions.csv

Columns: target, time (UTC), azimuth, altitude, separation from the Sun, separation from the Moon (degrees). A fixed source
is "ra/dec/pm_ra_cosdec/pm_dec/parallax" in degrees, mas/yr and mas. No refraction; the ephemeris that comes with astropy.
"""

import numpy as np
from astropy import units as u
from astropy.coordinates import AltAz, Distance, EarthLocation, SkyCoord, get_body
from astropy.time import Time
from astropy.utils import iers
from astropy_iers_data import IERS_A_FILE

iers.conf.auto_download = False
iers.earth_orientation_table.set(iers.IERS_A.open(IERS_A_FILE))
rng = np.random.default_rng(20261121)
site = EarthLocation.from_geodetic(-67.740278, -22.985639, 5611.8)
FIRST, LAST = Time("2020-01-02", scale="utc"), Time("2027-10-01", scale="utc")
BODIES = ["sun", "moon", "mercury", "venus", "mars", "jupiter", "saturn", "uranus", "neptune"]


def row(name, time, target, frame):
    seen = target.transform_to(frame)
    sun = get_body("sun", time, site, ephemeris="builtin").transform_to(frame)
    moon = get_body("moon", time, site, ephemeris="builtin").transform_to(frame)
    apart = [angle(seen, other) for other in (sun, moon)]
    print(f"{name},{time.isot}Z,{seen.az.deg:.7f},{seen.alt.deg:.7f},{apart[0]:.6f},{apart[1]:.6f}")


def angle(a, b):
    """Between two directions in one frame, whatever their distances."""
    v, w = (x.represent_as("unitspherical").to_cartesian().xyz.value for x in (a, b))
    return np.degrees(np.arctan2(np.linalg.norm(np.cross(v, w)), np.dot(v, w)))


print("# target,time,azimuth,altitude,sun,moon; made by positions.py")
for i in range(2000):
    time = Time(np.round((FIRST + rng.random() * (LAST - FIRST)).unix), format="unix", scale="utc")
    time.precision = 0
    frame = AltAz(obstime=time, location=site)
    if i < 1100:
        ra, dec = rng.random() * 360, np.degrees(np.arcsin(2 * rng.random() - 1))
        pm_ra, pm_dec, parallax = (0.0, 0.0, 0.0)
        if i % 4 == 0:
            pm_ra, pm_dec, parallax = rng.normal(0, 1000), rng.normal(0, 1000), rng.uniform(1, 500)
            source = SkyCoord(ra * u.deg, dec * u.deg, distance=Distance(parallax=parallax * u.mas), pm_ra_cosdec=pm_ra * u.mas / u.yr,
                              pm_dec=pm_dec * u.mas / u.yr, radial_velocity=0 * u.km / u.s, obstime=Time("J2000", scale="tt"))
            source = source.apply_space_motion(new_obstime=time)
        else:
            source = SkyCoord(ra * u.deg, dec * u.deg)
        name = f"{ra:.9f}/{dec:.9f}/{pm_ra:.6f}/{pm_dec:.6f}/{parallax:.6f}"
    else:
        name = BODIES[i % len(BODIES)]
        source = get_body(name, time, site, ephemeris="builtin")
    row(name, time, source, frame)

"""Writes ../orientation.csv: the orientation of the Earth from the tables of the IERS that astropy-iers-data carries.

python3 -m venv /tmp/v && /tmp/v/bin/pip install astropy==6.1.7 "numpy<2.3" astropy-iers-data==0.2026.11.2.0.34.55 && /tmp/v/bin/python orientation.py > ../orientation.csv
"""

from astropy.time import Time
from astropy.utils import iers
from astropy_iers_data import IERS_A_FILE

iers.conf.auto_download = False
table = iers.IERS_A.open(IERS_A_FILE)

FIRST, STEP = 58849, 10  # 2020-01-01; days between rows

print("# modified Julian date, UT1-UTC (s), x and y of the pole (arcsec); IERS bulletins A and B; made by testdata/orientation.py")
last = int(table["MJD"].value[-1]) - 1
for mjd in list(range(FIRST, last, STEP)) + [last]:
    t = Time(mjd, format="mjd", scale="utc")
    dut1 = table.ut1_utc(t).to_value("s")
    x, y = (a.to_value("arcsec") for a in table.pm_xy(t))
    print(f"{mjd},{dut1:.4f},{x:.4f},{y:.4f}")

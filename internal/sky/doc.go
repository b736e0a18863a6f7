// Package sky computes where things stand in the sky of an observatory and when they can be observed. It works offline:
// the ephemerides are series of the program itself, and the orientation of the Earth comes from a table that is part of
// it.
//
// # Accuracy
//
// Positions are compared with astropy on 2,000 random cases (testdata): fixed sources within 5 arcsec, Sun, Moon and
// planets within 10; the worst of them are 0.2 and 0.4 arcsec off. There is no refraction: at the wavelengths of the
// observatory the telescope control applies its own. The ephemerides of the planets (SOFA Plan94) are within 90 arcsec of
// the truth for Uranus and Saturn, and within 10 for the inner planets and Mars. The deflection of light by the Sun, less
// than an arcsecond beyond 1 degree from its limb, is left out. Behind the end of the table of the Earth's orientation its
// last values go on: then the error grows by up to 15 arcsec for each second that UT1 has drifted, which takes years.
//
// The algorithms are those of the International Astronomical Union's SOFA library, used through its translation to Go,
// github.com/hebl/gofa; this package is derived work and is neither distributed nor endorsed by SOFA.
package sky

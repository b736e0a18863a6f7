insert into source (kind, name)
select new.kind::source_kind, new.name
from (values
  (1,  'fixed',               'Orion A'),
  (2,  'fixed',               'Orion KL'),
  (3,  'fixed',               'IRC+10216'),
  (4,  'fixed',               'Crab nebula'),
  (5,  'fixed',               'Barnard''s star'),
  (6,  'fixed',               'Sgr A*'),
  (7,  'fixed',               'LMC'),
  (8,  'fixed',               '30 Dor'),
  (9,  'fixed',               'SMC'),
  (10, 'fixed',               'E-COSMOS'),
  (11, 'fixed',               'E-CDFS'),
  (12, 'fixed',               'Deep56'),
  (13, 'fixed',               'Wide01'),
  (14, 'fixed',               'Stripe82'),
  (15, 'solar_system_object', 'Mars'),
  (16, 'solar_system_object', 'Jupiter'),
  (17, 'solar_system_object', 'Saturn'),
  (18, 'solar_system_object', 'Uranus'),
  (19, 'solar_system_object', 'Neptune'),
  (20, 'constant_elevation',  'Elevation 40 deg'),
  (21, 'constant_elevation',  'Elevation 60 deg')
) as new (place, kind, name)
where not exists (select from source s where s.name = new.name)
order by new.place;

insert into fixed_source (id, ra_deg, dec_deg, extent_ra_deg, extent_dec_deg, proper_motion_ra_mas_yr, proper_motion_dec_mas_yr)
select s.id, new.ra, new.dec, new.width, new.height, new.motion_ra, new.motion_dec
from (values
  ('Orion A',         84.0,     -6.0,     2.0,  2.0,  0,       0),
  ('Orion KL',        83.809,   -5.373,   0,    0,    0,       0),
  ('IRC+10216',       146.9892, 13.2788,  0,    0,    0,       0),
  ('Crab nebula',     83.633,   22.014,   0,    0,    0,       0),
  ('Barnard''s star', 269.452,  4.693,    0,    0,    -798.58, 10328.12),
  ('Sgr A*',          266.4168, -29.0078, 0,    0,    0,       0),
  ('LMC',             80.894,   -69.756,  0,    0,    0,       0),
  ('30 Dor',          84.676,   -69.101,  0,    0,    0,       0),
  ('SMC',             13.187,   -72.829,  0,    0,    0,       0),
  ('E-COSMOS',        150.119,  2.205,    2.5,  2.5,  0,       0),
  ('E-CDFS',          53.117,   -27.808,  0,    0,    0,       0),
  ('Deep56',          24.0,     -32.0,    40.0, 10.0, 0,       0),
  ('Wide01',          180.0,    -30.0,    20.0, 10.0, 0,       0),
  ('Stripe82',        0.0,      -2.0,     60.0, 14.0, 0,       0)
) as new (name, ra, dec, width, height, motion_ra, motion_dec)
join source s on s.name = new.name and s.kind = 'fixed'
where not exists (select from fixed_source f where f.id = s.id);

insert into solar_system_object (id, class, naif_id)
select s.id, 'planet', new.naif_id
from (values ('Mars', 499), ('Jupiter', 599), ('Saturn', 699), ('Uranus', 799), ('Neptune', 899)) as new (name, naif_id)
join source s on s.name = new.name and s.kind = 'solar_system_object'
where not exists (select from solar_system_object o where o.id = s.id);

insert into constant_elevation_source (id, elevation_deg, azimuth_min_deg, azimuth_max_deg)
select s.id, new.elevation, -180, 360
from (values ('Elevation 40 deg', 40), ('Elevation 60 deg', 60)) as new (name, elevation)
join source s on s.name = new.name and s.kind = 'constant_elevation'
where not exists (select from constant_elevation_source c where c.id = s.id);

-- Position and limits: the telescope control system of FYST.
insert into observatory (name, short_name)
select 'CCAT Observatory', 'ccat'
where not exists (select from observatory o where o.short_name = 'ccat');

insert into telescope (observatory_id, name, short_name, latitude_deg, longitude_deg, altitude_m, aperture_m)
select (select id from observatory where short_name = 'ccat'), 'Fred Young Submillimeter Telescope', 'FYST',
       -22.985639, -67.740278, 5611.8, 6
where not exists (select from telescope t where t.short_name = 'FYST');

insert into instrument (telescope_id, name, description)
select (select id from telescope where short_name = 'FYST'), new.name, new.description
from (values
  (1, 'Prime-Cam', 'camera of up to seven modules: polarimetric cameras and an imaging spectrometer'),
  (2, 'CHAI',      'CCAT Heterodyne Array Instrument: two arrays for high-resolution spectroscopy'),
  (3, 'Mod-Cam',   'camera of one module, for tests and first light')
) as new (place, name, description)
where not exists (select from instrument i where i.name = new.name)
order by new.place;

insert into instrument_module (instrument_id, name, description, position, pixels, frequency_min_ghz, frequency_max_ghz)
select (select id from instrument where name = new.instrument), new.name, new.description, new.position, new.pixels, new.lowest, new.highest
from (values
  (1, 'Prime-Cam', '280 GHz',   'polarimetric camera, about 10,000 detectors', 'i1',        null::integer, 280::double precision, 280::double precision),
  (2, 'Prime-Cam', '350 GHz',   'polarimetric camera',                         'i6',        null,          350,                   350),
  (3, 'Prime-Cam', '850 GHz',   'polarimetric camera',                         null,        null,          850,                   850),
  (4, 'Prime-Cam', 'EoR-Spec',  'Fabry-Perot imaging spectrometer, resolving power about 100', null, null,  210,                   420),
  (5, 'CHAI',      'LFA',       'low-frequency array',                         null,        64,            455,                   495),
  (6, 'CHAI',      'HFA',       'high-frequency array',                        null,        64,            800,                   820),
  (7, 'CHAI',      'Mini-CHAI', 'one pixel for both bands',                    null,        1,             null,                  null),
  (8, 'Mod-Cam',   'Mod-Cam',   'holds one module of Prime-Cam',               null,        null,          null,                  null)
) as new (place, instrument, name, description, position, pixels, lowest, highest)
where not exists (select from instrument_module m join instrument i on i.id = m.instrument_id
                  where i.name = new.instrument and m.name = new.name)
order by new.place;

insert into instrument_module_configuration (instrument_module_id, name, parameters)
select m.id, new.name, new.parameters::jsonb
from (values
  (1, '280 GHz',   'standard', '{}'),
  (2, '350 GHz',   'standard', '{}'),
  (3, '850 GHz',   'standard', '{}'),
  (4, 'EoR-Spec',  'standard', '{}'),
  (5, 'LFA',       'CO 4-3',   '{"line": "CO 4-3", "rest_frequency_ghz": 461.0408}'),
  (6, 'LFA',       '[CI] 1-0', '{"line": "[CI] 1-0", "rest_frequency_ghz": 492.1607}'),
  (7, 'HFA',       'CO 7-6',   '{"line": "CO 7-6", "rest_frequency_ghz": 806.6518}'),
  (8, 'HFA',       '[CI] 2-1', '{"line": "[CI] 2-1", "rest_frequency_ghz": 809.3420}'),
  (9, 'Mini-CHAI', 'standard', '{}'),
  (10, 'Mod-Cam',  'standard', '{}')
) as new (place, module, name, parameters)
join instrument_module m on m.name = new.module
where not exists (select from instrument_module_configuration c where c.instrument_module_id = m.id and c.name = new.name)
order by new.place;

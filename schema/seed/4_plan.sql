-- Scan patterns and calibrations of FYST, with their usual lengths.
insert into obs_mode (name, description)
select new.name, new.description
from (values
  (1,  'constant_el',  'scans in azimuth at one elevation, while the sky drifts through'),
  (2,  'pong',         'a closed curve that fills a rectangle evenly'),
  (3,  'daisy',        'petals through one point'),
  (4,  'linear',       'straight lines, row by row'),
  (5,  'sidereal',     'follows one point of the sky'),
  (6,  'planet',       'scans that follow a planet'),
  (7,  'retune',       'tunes the detectors'),
  (8,  'pointing_cal', 'offsets of the pointing'),
  (9,  'focus',        'position of the secondary mirror'),
  (10, 'skydip',       'opacity of the atmosphere'),
  (11, 'beam_map',     'shape of the beam')
) as new (place, name, description)
where not exists (select from obs_mode m where m.name = new.name)
order by new.place;

insert into observation_configuration (name, parameters)
select new.name, new.parameters::jsonb
from (values
  (1, 'wide scan',      '{"pattern": "constant_el", "az_speed_deg_s": 1.0, "az_accel_deg_s2": 0.5}'),
  (2, 'field of 2 deg', '{"pattern": "pong", "width_deg": 2.0, "height_deg": 2.0, "spacing_deg": 0.1, "velocity_deg_s": 0.5, "num_terms": 4}'),
  (3, 'point source',   '{"pattern": "daisy", "radius_deg": 0.3, "velocity_deg_s": 0.3, "turn_radius_deg": 0.1}'),
  (4, 'map by lines',   '{"pattern": "linear"}')
) as new (place, name, parameters)
where not exists (select from observation_configuration c where c.name = new.name)
order by new.place;

create temporary table new_unit on commit drop as
select new.*, p.id as program_id
from (values
  (1,  'Commissioning', null, 'Orion A',              'Orion A',          'constant_el',  'wide scan',      540,  array['280 GHz', '350 GHz']),
  (2,  'Cal',           null, 'Jupiter',              'Jupiter',          'planet',       'wide scan',      420,  array['280 GHz', '350 GHz']),
  (3,  'Cal',           null, 'Saturn',               'Saturn',           'planet',       'wide scan',      600,  array['280 GHz', '350 GHz']),
  (4,  'Cal',           null, 'Mars',                 'Mars',             'planet',       'wide scan',      600,  array['280 GHz', '350 GHz']),
  (5,  'Cal',           null, 'Uranus',               'Uranus',           'planet',       'wide scan',      600,  array['280 GHz', '350 GHz', '850 GHz']),
  (6,  'Cal',           null, 'Neptune',              'Neptune',          'planet',       'wide scan',      600,  array['280 GHz', '350 GHz', '850 GHz']),
  (7,  'Cal',           null, 'Beam on the Crab nebula', 'Crab nebula',   'beam_map',     'point source',   600,  array['280 GHz', '350 GHz']),
  (8,  'Cal',           null, 'Focus on Jupiter',     'Jupiter',          'focus',        null,             300,  array['280 GHz']),
  (9,  'Cal',           null, 'Pointing on IRC+10216', 'IRC+10216',       'pointing_cal', 'point source',   180,  array['CO 4-3', 'CO 7-6']),
  (10, 'Cal',           null, 'Skydip',               'Elevation 40 deg', 'skydip',       null,             300,  array['280 GHz', '350 GHz']),
  (11, 'ENG',           null, 'Noise at 60 deg',      'Elevation 60 deg', 'constant_el',  'wide scan',      300,  array['280 GHz', '350 GHz', '850 GHz', 'EoR-Spec']),
  (12, 'GEco',          'MW', 'Orion KL',             'Orion KL',         'linear',       'map by lines',   1800, array['CO 4-3', '[CI] 2-1']),
  (13, 'GEco',          'MW', 'Sgr A*',               'Sgr A*',           'linear',       'map by lines',   1800, array['[CI] 1-0', 'CO 7-6']),
  (14, 'GEco',          'MC', '30 Dor',               '30 Dor',           'linear',       'map by lines',   1800, array['CO 4-3', 'CO 7-6']),
  (15, 'GEco',          'MC', 'LMC',                  'LMC',              'linear',       'map by lines',   3600, array['[CI] 1-0', '[CI] 2-1']),
  (16, 'GEco',          'MC', 'SMC',                  'SMC',              'linear',       'map by lines',   3600, array['CO 4-3', 'CO 7-6']),
  (17, 'CMB',           null, 'Deep56',               'Deep56',           'constant_el',  'wide scan',      3600, array['280 GHz', '350 GHz', '850 GHz']),
  (18, 'CMB',           null, 'Wide01',               'Wide01',           'constant_el',  'wide scan',      3600, array['280 GHz', '350 GHz', '850 GHz']),
  (19, 'CMB',           null, 'Stripe82',             'Stripe82',         'constant_el',  'wide scan',      3600, array['280 GHz', '350 GHz', '850 GHz']),
  (20, 'EoR',           null, 'E-COSMOS',             'E-COSMOS',         'pong',         'field of 2 deg', 3600, array['EoR-Spec']),
  (21, 'EoR',           null, 'E-CDFS',               'E-CDFS',           'pong',         'field of 2 deg', 3600, array['EoR-Spec'])
) as new (place, program, sub_program, name, source, mode, configuration, duration_s, setups)
join observing_program p on p.short_name = new.program
where not exists (select from obs_unit u where u.observing_program_id = p.id and u.name = new.name);

insert into obs_unit (observing_program_id, sub_observing_program_id, source_id, obs_mode_id, observation_configuration_id, name, duration_s)
select new.program_id,
       (select s.id from sub_observing_program s where s.observing_program_id = new.program_id and s.short_name = new.sub_program),
       (select s.id from source s where s.name = new.source),
       (select m.id from obs_mode m where m.name = new.mode),
       (select c.id from observation_configuration c where c.name = new.configuration),
       new.name, new.duration_s
from new_unit new
order by new.place;

-- A camera of Prime-Cam has one configuration, an array of CHAI one for each line.
insert into obs_unit_module_configuration (obs_unit_id, instrument_module_configuration_id)
select u.id, c.id
from new_unit new
join obs_unit u on u.observing_program_id = new.program_id and u.name = new.name
join instrument_module m on true
join instrument_module_configuration c on c.instrument_module_id = m.id
where c.name = any (new.setups) or (c.name = 'standard' and m.name = any (new.setups));

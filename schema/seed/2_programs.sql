insert into observing_program (short_name, name, scientific, description)
select new.short_name, new.name, new.scientific, new.description
from (values
  (1, 'GEco',          'Galactic Ecology',            true,  'CO and [CI] lines in the Milky Way, the Magellanic Clouds and nearby galaxies, with CHAI'),
  (2, 'CMB',           'Cosmic Microwave Background', true,  'foregrounds, Rayleigh scattering and clusters of galaxies, with Prime-Cam'),
  (3, 'EoR',           'Epoch of Reionization',       true,  'line intensity mapping of E-COSMOS and E-CDFS, with EoR-Spec'),
  (4, 'Cal',           'Calibration',                 false, 'planets, beams, pointing, focus and atmosphere'),
  (5, 'ENG',           'Engineering',                 false, 'tests of the telescope and the instruments'),
  (6, 'Commissioning', 'Commissioning',               false, 'first observations with each instrument')
) as new (place, short_name, name, scientific, description)
where not exists (select from observing_program p where p.short_name = new.short_name)
order by new.place;

insert into sub_observing_program (observing_program_id, short_name, name)
select (select id from observing_program where short_name = 'GEco'), new.short_name, new.name
from (values
  (1, 'MW', 'Milky Way'),
  (2, 'MC', 'Magellanic Clouds'),
  (3, 'NG', 'Nearby galaxies')
) as new (place, short_name, name)
where not exists (select from sub_observing_program s join observing_program p on p.id = s.observing_program_id
                  where p.short_name = 'GEco' and s.short_name = new.short_name)
order by new.place;

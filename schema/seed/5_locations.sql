insert into site (name, short_name, description)
select new.name, new.short_name, new.description
from (values
  (1, 'CCAT Observatory, Cerro Chajnantor', 'ccat', 'where the data come from'),
  (2, 'University of Cologne', 'cologne', 'the main database, the primary archive, processing'),
  (3, 'Cornell University', 'us', 'the archive in the United States'),
  (4, 'RAMSES, the cluster of the University of Cologne', 'ramses', 'processing')
) as new (place, name, short_name, description)
where not exists (select from site s where s.short_name = new.short_name)
order by new.place;

insert into data_location (site_id, name, location_type, storage_type, priority)
select s.id, new.name, new.location_type::location_type, new.storage_type::storage_type, new.priority
from (values
  (1, 'ccat',    'primecam_raw_data',   'source',            'disk', 0),
  (2, 'ccat',    'chai_raw_data',       'source',            'disk', 0),
  (3, 'ccat',    'telescope_computer',  'source',            'disk', 0),
  (4, 'ccat',    'output_buffer',       'buffer',            'disk', 10),
  (5, 'cologne', 'input_buffer',        'buffer',            'disk', 10),
  (6, 'cologne', 'long_term_archive',   'long_term_archive', 's3',   0),
  (7, 'us',      'input_buffer',        'buffer',            'disk', 10),
  (8, 'us',      'long_term_archive',   'long_term_archive', 'tape', 0),
  (9, 'ramses',  'processing',          'processing',        'disk', 0)
) as new (place, site, name, location_type, storage_type, priority)
join site s on s.short_name = new.site
where not exists (select from data_location l where l.site_id = s.id and l.name = new.name)
order by new.place;

insert into disk_data_location (id, host, path)
select l.id, new.host, new.path
from (values
  ('ccat',    'primecam_raw_data',  'telescope.ccat.cl', '/data/fyst/primecam'),
  ('ccat',    'chai_raw_data',      'telescope.ccat.cl', '/data/fyst/chai'),
  ('ccat',    'telescope_computer', 'telescope.ccat.cl', '/data/fyst'),
  ('ccat',    'output_buffer',      'buffer.ccat.cl',    '/buffer/out'),
  ('cologne', 'input_buffer',       'input-a.data.ccat.uni-koeln.de', '/buffer/in'),
  ('us',      'input_buffer',       'buffer.cornell.example', '/buffer/in'),
  ('ramses',  'processing',         'ramses.example',    '/scratch/ccat')
) as new (site, name, host, path)
join site s on s.short_name = new.site
join data_location l on l.site_id = s.id and l.name = new.name and l.storage_type = 'disk'
where not exists (select from disk_data_location d where d.id = l.id);

insert into s3_data_location (id, endpoint, bucket)
select l.id, 'https://s3.archive.example', 'ccat-raw'
from data_location l join site s on s.id = l.site_id and s.short_name = 'cologne'
where l.name = 'long_term_archive' and not exists (select from s3_data_location d where d.id = l.id);

insert into tape_data_location (id, library, pool)
select l.id, 'us-tape', 'ccat-raw'
from data_location l join site s on s.id = l.site_id and s.short_name = 'us'
where l.name = 'long_term_archive' and not exists (select from tape_data_location d where d.id = l.id);

insert into data_transfer_route (name, route_type, method, origin_site_id, destination_site_id, relay_site_id)
select new.name, new.route_type::route_type, new.method, origin.id, destination.id, relay.id
from (values
  (1, 'ccat_to_cologne', 'direct', 'bbcp', 'ccat',    'cologne', null),
  (2, 'ccat_to_us',      'relay',  'bbcp', 'ccat',    'us',      'cologne'),
  (3, 'cologne_to_ramses', 'direct', 'rsync', 'cologne', 'ramses', null)
) as new (place, name, route_type, method, origin, destination, relay)
join site origin on origin.short_name = new.origin
join site destination on destination.short_name = new.destination
left join site relay on relay.short_name = new.relay
where not exists (select from data_transfer_route r where r.name = new.name)
order by new.place;

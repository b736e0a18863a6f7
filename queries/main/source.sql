-- name: ReserveSource :one
select nextval(pg_get_serial_sequence('source', 'id'))::integer as id;

-- name: ReadSource :one
select to_jsonb(a)::jsonb as source from any_source a where a.id = @id;

-- name: CreateSource :exec
with made as (
  insert into source (id, kind, name) values (@id, @kind, @name) returning id, kind
), fixed as (
  insert into fixed_source (id, ra_deg, dec_deg, extent_ra_deg, extent_dec_deg, proper_motion_ra_mas_yr, proper_motion_dec_mas_yr)
  select m.id, sqlc.narg('ra_deg')::double precision, sqlc.narg('dec_deg')::double precision,
         sqlc.narg('extent_ra_deg')::double precision, sqlc.narg('extent_dec_deg')::double precision,
         sqlc.narg('proper_motion_ra_mas_yr')::double precision, sqlc.narg('proper_motion_dec_mas_yr')::double precision
  from made m where m.kind = 'fixed'
  returning 1
), body as (
  insert into solar_system_object (id, class, naif_id)
  select m.id, sqlc.narg('class')::solar_system_class, sqlc.narg('naif_id')::integer from made m where m.kind = 'solar_system_object'
  returning 1
), scan as (
  insert into constant_elevation_source (id, elevation_deg, azimuth_min_deg, azimuth_max_deg)
  select m.id, sqlc.narg('elevation_deg')::double precision, sqlc.narg('azimuth_min_deg')::double precision,
         sqlc.narg('azimuth_max_deg')::double precision
  from made m where m.kind = 'constant_elevation'
  returning 1
)
select expect_rows((select count(*) from fixed) + (select count(*) from body) + (select count(*) from scan), 1, 'source');

-- name: UpdateSource :exec
-- All that can change, over the version that the writer saw and no other.
with changed as (
  update source s set name = @name, version = 1 + @version::integer
  where s.id = @id and s.kind = @kind and s.version = @version::integer
  returning s.id
), fixed as (
  update fixed_source f
  set ra_deg = sqlc.narg('ra_deg')::double precision, dec_deg = sqlc.narg('dec_deg')::double precision,
      extent_ra_deg = sqlc.narg('extent_ra_deg')::double precision, extent_dec_deg = sqlc.narg('extent_dec_deg')::double precision,
      proper_motion_ra_mas_yr = sqlc.narg('proper_motion_ra_mas_yr')::double precision,
      proper_motion_dec_mas_yr = sqlc.narg('proper_motion_dec_mas_yr')::double precision
  from changed c where f.id = c.id
  returning 1
), body as (
  update solar_system_object o set class = sqlc.narg('class')::solar_system_class, naif_id = sqlc.narg('naif_id')::integer
  from changed c where o.id = c.id
  returning 1
), scan as (
  update constant_elevation_source e
  set elevation_deg = sqlc.narg('elevation_deg')::double precision, azimuth_min_deg = sqlc.narg('azimuth_min_deg')::double precision,
      azimuth_max_deg = sqlc.narg('azimuth_max_deg')::double precision
  from changed c where e.id = c.id
  returning 1
)
select expect_rows((select count(*) from fixed) + (select count(*) from body) + (select count(*) from scan), 1, 'source',
  case when not exists (select from changed) then (select to_jsonb(s) from source s where s.id = @id) end);

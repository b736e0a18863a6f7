-- name: ReserveObservationConfiguration :one
select nextval(pg_get_serial_sequence('observation_configuration', 'id'))::integer as id;

-- name: ReadObservationConfiguration :one
select to_jsonb(c)::jsonb as configuration from full_observation_configuration c where c.id = @id;

-- name: CreateObservationConfiguration :exec
with created as (
  insert into observation_configuration (id, name, description, parameters) values (@id, @name, @description, @parameters)
  returning id
), chai as (
  insert into chai_observation_configuration (id, reference_offset_lon, reference_offset_lat, integration_time_s)
  select c.id, (w.chai->>'reference_offset_lon_arcsec')::double precision, (w.chai->>'reference_offset_lat_arcsec')::double precision,
         (w.chai->>'integration_time_s')::double precision
  from created c, (select sqlc.narg('chai')::jsonb as chai) w where w.chai is not null
  returning id
), tiles as (
  insert into chai_tiling (chai_observation_configuration_id, ordinal, offset_lon_arcsec, offset_lat_arcsec, width_arcsec, height_arcsec, angle_deg)
  select h.id, t.place - 1, (t.tile->>'offset_lon_arcsec')::double precision, (t.tile->>'offset_lat_arcsec')::double precision,
         (t.tile->>'width_arcsec')::double precision, (t.tile->>'height_arcsec')::double precision, (t.tile->>'angle_deg')::double precision
  from chai h, jsonb_array_elements(sqlc.narg('chai')::jsonb->'tiles') with ordinality as t (tile, place)
), inpar as (
  insert into chai_inpar_parameter (chai_observation_configuration_id, name, value, unit)
  select h.id, p.parameter->>'name', p.parameter->>'value', p.parameter->>'unit'
  from chai h, jsonb_array_elements(sqlc.narg('chai')::jsonb->'inpar') as p (parameter)
)
select expect_rows(count(*), 1, 'observation_configuration') from created;

-- name: UpdateObservationConfiguration :exec
-- The parts are replaced: what one statement deletes it cannot insert again, so rows that stay are changed.
with updated as (
  update observation_configuration c
  set name = @name, description = @description, parameters = @parameters, version = 1 + @version::integer
  where c.id = @id and c.version = @version::integer
  returning c.id
), wanted as (
  select u.id, sqlc.narg('chai')::jsonb as chai from updated u
), gone as (
  delete from chai_observation_configuration h using wanted w where h.id = w.id and w.chai is null
), chai as (
  insert into chai_observation_configuration as h (id, reference_offset_lon, reference_offset_lat, integration_time_s)
  select w.id, (w.chai->>'reference_offset_lon_arcsec')::double precision, (w.chai->>'reference_offset_lat_arcsec')::double precision,
         (w.chai->>'integration_time_s')::double precision
  from wanted w where w.chai is not null
  on conflict (id) do update set reference_offset_lon = excluded.reference_offset_lon,
    reference_offset_lat = excluded.reference_offset_lat, integration_time_s = excluded.integration_time_s
  returning h.id
), surplus as (
  delete from chai_tiling t using wanted w
  where t.chai_observation_configuration_id = w.id and w.chai is not null and t.ordinal >= coalesce(jsonb_array_length(w.chai->'tiles'), 0)
), tiles as (
  insert into chai_tiling (chai_observation_configuration_id, ordinal, offset_lon_arcsec, offset_lat_arcsec, width_arcsec, height_arcsec, angle_deg)
  select h.id, t.place - 1, (t.tile->>'offset_lon_arcsec')::double precision, (t.tile->>'offset_lat_arcsec')::double precision,
         (t.tile->>'width_arcsec')::double precision, (t.tile->>'height_arcsec')::double precision, (t.tile->>'angle_deg')::double precision
  from chai h, jsonb_array_elements(sqlc.narg('chai')::jsonb->'tiles') with ordinality as t (tile, place)
  on conflict (chai_observation_configuration_id, ordinal) do update set offset_lon_arcsec = excluded.offset_lon_arcsec,
    offset_lat_arcsec = excluded.offset_lat_arcsec, width_arcsec = excluded.width_arcsec, height_arcsec = excluded.height_arcsec,
    angle_deg = excluded.angle_deg
), dropped as (
  delete from chai_inpar_parameter p using wanted w
  where p.chai_observation_configuration_id = w.id and w.chai is not null
    and not exists (select from jsonb_array_elements(w.chai->'inpar') as x (parameter) where x.parameter->>'name' = p.name)
), inpar as (
  insert into chai_inpar_parameter (chai_observation_configuration_id, name, value, unit)
  select h.id, p.parameter->>'name', p.parameter->>'value', p.parameter->>'unit'
  from chai h, jsonb_array_elements(sqlc.narg('chai')::jsonb->'inpar') as p (parameter)
  on conflict (chai_observation_configuration_id, name) do update set value = excluded.value, unit = excluded.unit
)
select expect_rows(count(*), 1, 'observation_configuration',
  case when count(*) = 0 then (select to_jsonb(c) from observation_configuration c where c.id = @id) end) from updated;

-- name: ReserveModuleConfiguration :one
select nextval(pg_get_serial_sequence('instrument_module_configuration', 'id'))::integer as id;

-- name: ReadModuleConfiguration :one
select to_jsonb(c)::jsonb as configuration from full_instrument_module_configuration c where c.id = @id;

-- name: CreateModuleConfiguration :exec
with created as (
  insert into instrument_module_configuration (id, instrument_module_id, name, description, parameters)
  values (@id, @instrument_module_id, @name, @description, @parameters)
  returning id
), chai as (
  insert into chai_module_configuration (id, line, rest_frequency_ghz, velocity_km_s, sideband)
  select c.id, w.chai->>'line', (w.chai->>'rest_frequency_ghz')::double precision, (w.chai->>'velocity_km_s')::double precision,
         (w.chai->>'sideband')::sideband
  from created c, (select sqlc.narg('chai')::jsonb as chai) w where w.chai is not null
)
select expect_rows(count(*), 1, 'instrument_module_configuration') from created;

-- name: UpdateModuleConfiguration :exec
with updated as (
  update instrument_module_configuration c
  set name = @name, description = @description, parameters = @parameters, version = 1 + @version::integer
  where c.id = @id and c.version = @version::integer
  returning c.id
), wanted as (
  select u.id, sqlc.narg('chai')::jsonb as chai from updated u
), gone as (
  delete from chai_module_configuration h using wanted w where h.id = w.id and w.chai is null
), chai as (
  insert into chai_module_configuration (id, line, rest_frequency_ghz, velocity_km_s, sideband)
  select w.id, w.chai->>'line', (w.chai->>'rest_frequency_ghz')::double precision, (w.chai->>'velocity_km_s')::double precision,
         (w.chai->>'sideband')::sideband
  from wanted w where w.chai is not null
  on conflict (id) do update set line = excluded.line, rest_frequency_ghz = excluded.rest_frequency_ghz,
    velocity_km_s = excluded.velocity_km_s, sideband = excluded.sideband
)
select expect_rows(count(*), 1, 'instrument_module_configuration',
  case when count(*) = 0 then (select to_jsonb(c) from instrument_module_configuration c where c.id = @id) end) from updated;

-- name: ReadInstrument :one
select id, available, version from instrument where id = @id;

-- name: UpdateInstrument :exec
with updated as (
  update instrument i set available = @available, version = 1 + @version::integer
  where i.id = @id and i.version = @version::integer
  returning 1
)
select expect_rows(count(*), 1, 'instrument',
  case when count(*) = 0 then (select to_jsonb(i) from instrument i where i.id = @id) end) from updated;

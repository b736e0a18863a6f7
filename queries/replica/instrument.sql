-- name: ListInstruments :many
-- A name is taken once at a telescope, so the number decides.
select i.id, i.name, i.description, i.available, i.version, t.id as telescope_id, t.name as telescope_name, t.short_name as telescope_short_name,
       t.latitude_deg, t.longitude_deg, t.altitude_m, t.aperture_m, o.id as observatory_id, o.name as observatory_name,
       o.short_name as observatory_short_name
from instrument i
join telescope t on t.id = i.telescope_id
join observatory o on o.id = t.observatory_id
where (sqlc.narg('q')::text is null or strpos(lower(i.name), lower(sqlc.narg('q')::text)) > 0)
  and (sqlc.narg('id')::integer is null or i.id = sqlc.narg('id')::integer)
  and (sqlc.narg('available')::boolean is null or i.available = sqlc.narg('available')::boolean)
  and (sqlc.narg('telescope_id')::integer is null or i.telescope_id = sqlc.narg('telescope_id')::integer)
  and (i.name collate "C", i.id) > (@after_name::text, @after_id::integer)
order by i.name collate "C", i.id
limit @row_limit;

-- name: ListInstrumentModules :many
-- A name is taken once in an instrument.
select m.* from instrument_module m
where m.instrument_id = any (@instrument_ids::integer[]) and m.name collate "C" > @after_name::text
order by m.name collate "C", m.id
limit sqlc.narg('row_limit')::integer;

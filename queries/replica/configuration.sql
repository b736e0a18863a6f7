-- name: ListObservationConfigurations :many
select to_jsonb(c)::jsonb as configuration from full_observation_configuration c
where (sqlc.narg('q')::text is null or strpos(lower(c.name), lower(sqlc.narg('q')::text)) > 0) and c.name collate "C" > @after_name::text
order by c.name collate "C"
limit @row_limit;

-- name: GetObservationConfiguration :one
select to_jsonb(c)::jsonb as configuration from full_observation_configuration c where c.id = @id;

-- name: ListModuleConfigurations :many
-- A name is taken once in a module, so the number decides.
select to_jsonb(c)::jsonb as configuration from full_instrument_module_configuration c
where (sqlc.narg('q')::text is null or strpos(lower(c.name), lower(sqlc.narg('q')::text)) > 0)
  and (sqlc.narg('instrument_module_id')::integer is null or c.instrument_module_id = sqlc.narg('instrument_module_id')::integer)
  and (c.name collate "C", c.id) > (@after_name::text, @after_id::integer)
order by c.name collate "C", c.id
limit @row_limit;

-- name: GetModuleConfiguration :one
select to_jsonb(c)::jsonb as configuration from full_instrument_module_configuration c where c.id = @id;

-- name: ModuleConfigurationsOfObsUnit :many
select to_jsonb(c)::jsonb as configuration
from obs_unit_module_configuration u
join full_instrument_module_configuration c on c.id = u.instrument_module_configuration_id
where u.obs_unit_id = @obs_unit_id
order by c.id;

-- name: ModuleConfigurationsOfModules :many
select to_jsonb(c)::jsonb as configuration from full_instrument_module_configuration c
where c.instrument_module_id = any (@instrument_module_ids::integer[])
order by c.name collate "C", c.id;

-- name: KnownObsUnits :many
select id from obs_unit where id = any(@ids::integer[]);

-- name: KnownInstrumentModules :many
select id from instrument_module where id = any(@ids::integer[]);

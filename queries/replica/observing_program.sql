-- name: GetObservingProgram :one
select * from observing_program where id = @id;

-- name: ListObservingPrograms :many
select p.* from observing_program p
where (sqlc.narg('q')::text is null or strpos(lower(p.short_name || e'\n' || p.name), lower(sqlc.narg('q')::text)) > 0)
  and (sqlc.narg('active')::boolean is null or p.active = sqlc.narg('active')::boolean)
  and (sqlc.narg('scientific')::boolean is null or p.scientific = sqlc.narg('scientific')::boolean)
  and (case when @by_name::boolean then p.name else p.short_name end collate "C", p.id) > (@after_name::text, @after_id::integer)
order by case when @by_name::boolean then p.name else p.short_name end collate "C", p.id
limit @row_limit;

-- name: GetSubObservingProgram :one
select * from sub_observing_program where observing_program_id = @observing_program_id and id = @id;

-- name: ListSubObservingPrograms :many
-- A short name is taken once in a program.
select s.* from sub_observing_program s
where s.observing_program_id = @observing_program_id
  and (sqlc.narg('q')::text is null or strpos(lower(s.short_name || e'\n' || s.name), lower(sqlc.narg('q')::text)) > 0)
  and s.short_name collate "C" > @after_short_name::text
order by s.short_name collate "C"
limit @row_limit;

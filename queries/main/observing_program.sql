-- name: ReserveObservingProgram :one
select nextval(pg_get_serial_sequence('observing_program', 'id'))::integer as id;

-- name: ReadObservingProgram :one
select * from observing_program where id = @id;

-- name: CreateObservingProgram :exec
with created as (
  insert into observing_program (id, short_name, name, scientific, description, active)
  values (@id, @short_name, @name, @scientific, @description, @active)
  returning 1
)
select expect_rows(count(*), 1, 'observing_program') from created;

-- name: UpdateObservingProgram :exec
-- All that can change, over the version that the writer saw and no other.
with updated as (
  update observing_program p
  set short_name = @short_name, name = @name, scientific = @scientific, description = @description, active = @active,
      version = 1 + @version::integer
  where p.id = @id and p.version = @version::integer
  returning 1
)
select expect_rows(count(*), 1, 'observing_program',
  case when count(*) = 0 then (select to_jsonb(p) from observing_program p where p.id = @id) end) from updated;

-- name: ReserveSubObservingProgram :one
-- No row: there is no such program.
select nextval(pg_get_serial_sequence('sub_observing_program', 'id'))::integer as id
from observing_program p where p.id = @observing_program_id;

-- name: ReadSubObservingProgram :one
select * from sub_observing_program where observing_program_id = @observing_program_id and id = @id;

-- name: CreateSubObservingProgram :exec
with created as (
  insert into sub_observing_program (id, observing_program_id, short_name, name, description)
  values (@id, @observing_program_id, @short_name, @name, @description)
  returning 1
)
select expect_rows(count(*), 1, 'sub_observing_program') from created;

-- name: UpdateSubObservingProgram :exec
with updated as (
  update sub_observing_program s
  set short_name = @short_name, name = @name, description = @description, version = 1 + @version::integer
  where s.id = @id and s.version = @version::integer
  returning 1
)
select expect_rows(count(*), 1, 'sub_observing_program',
  case when count(*) = 0 then (select to_jsonb(s) from sub_observing_program s where s.id = @id) end) from updated;

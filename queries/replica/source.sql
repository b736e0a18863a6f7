-- name: GetSources :many
select * from any_source where id = any (@ids::integer[]) order by name;

-- name: FindSource :many
-- The sources that people may mean by a name.
select a.* from any_source a where a.id in (select s.id from source s where plain_name(s.name) = plain_name(@name::text))
order by (a.name = @name::text) desc, a.name
limit 1;

-- name: FindBody :many
select a.* from any_source a where a.id in (select o.id from solar_system_object o where o.naif_id = @naif_id::integer);

-- name: ListSources :many
-- In order of their names.
select a.* from any_source a
where a.name > @after_name::text
  and (sqlc.narg('kind')::source_kind is null or a.kind = sqlc.narg('kind')::source_kind)
  and (sqlc.narg('part')::text is null or strpos(lower(a.name), lower(sqlc.narg('part')::text)) > 0)
order by a.name
limit @row_limit::integer;

-- name: ListSourcesInCone :many
-- The fixed sources around a place, of which two boxes of the index are a superset, in order of their names or distances.
with place as (
  select f.id, separation_deg(f.ra_deg, f.dec_deg, @ra::double precision, @dec::double precision) as distance
  from fixed_source f
  where point(f.ra_deg, f.dec_deg) <@ box(point(@ra_from_a::double precision, @dec_from::double precision), point(@ra_to_a::double precision, @dec_to::double precision))
     or point(f.ra_deg, f.dec_deg) <@ box(point(@ra_from_b::double precision, @dec_from::double precision), point(@ra_to_b::double precision, @dec_to::double precision))
), found as (
  select s.id, s.name, p.distance, case when @by_distance::boolean then p.distance else 0 end as rank
  from place p join source s on s.id = p.id
  where p.distance <= @radius::double precision
    and (sqlc.narg('part')::text is null or strpos(lower(s.name), lower(sqlc.narg('part')::text)) > 0)
), page as (
  select id, distance, rank, name from found
  where (rank, name) > (@after_rank::double precision, @after_name::text)
  order by rank, name
  limit @row_limit::integer
)
select sqlc.embed(a), p.distance::double precision as distance from page p join any_source a on a.id = p.id order by p.rank, p.name;

-- name: ListUnitsOfSource :many
-- The planned units that observe a source, with what was executed of them.
select u.id, u.name, u.observing_program_id, p.short_name as observing_program, u.active, u.planned_executions,
       done.executions::bigint as executed_count, done.seconds::double precision as executed_s
from obs_unit u
join observing_program p on p.id = u.observing_program_id
cross join lateral (
  select count(*) as executions, coalesce(extract(epoch from sum(e.end_time - e.start_time)), 0) as seconds
  from executed_obs_unit e where e.obs_unit_id = u.id and e.status = 'completed') done
where u.source_id = @source_id::integer
order by u.name, u.id
limit @row_limit::integer;

-- name: TotalsOfSource :one
select (select count(*) from obs_unit u where u.source_id = @source_id::integer)::bigint as units,
       count(*)::bigint as executed_count,
       coalesce(extract(epoch from sum(e.end_time - e.start_time)), 0)::double precision as executed_s
from executed_obs_unit e
where e.status = 'completed' and e.obs_unit_id in (select u.id from obs_unit u where u.source_id = @source_id::integer);

-- name: OutboxState :one
-- What is below the horizon is complete: nothing can be committed there any more. known tells whether the event that was
-- read last is still the one it was. Without a heartbeat beat is 0.
select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as horizon,
  coalesce((select h.history from heartbeat h), '')::text as history,
  coalesce((select h.beat from heartbeat h), 0)::bigint as beat,
  coalesce((select h.at from heartbeat h), 'epoch'::timestamptz)::timestamptz as as_of,
  exists (select from event_outbox o where o.xid = cast(cast(@after_xid as text) as xid8) and o.position = cast(@after_position as bigint) and o.at = cast(@after_at as timestamptz))::boolean as known;

-- name: OutboxAfter :many
select o.xid::text::bigint as xid, o.position, o.topic, o.action, o.ids, o.at from event_outbox o
where (o.xid, o.position) > (cast(cast(@after_xid as text) as xid8), cast(@after_position as bigint)) and o.xid < pg_snapshot_xmin(pg_current_snapshot())
order by o.xid, o.position limit 250;

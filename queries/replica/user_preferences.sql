-- name: GetUserPreferences :many
select * from user_preferences where user_id = any (@ids::uuid[]);

-- +goose Up

-- An angle in degrees, 0 for less than anybody can tell from it: PostgreSQL refuses products that are too small for a double.
-- +goose StatementBegin
create function tellable_deg(angle double precision) returns double precision
language sql immutable parallel safe as $$
  select case when abs(angle) < 1e-12 then 0 else angle end
$$;
-- +goose StatementEnd

-- The angle between two directions in degrees, exact for small and for large ones.
-- +goose StatementBegin
create or replace function separation_deg(ra_a double precision, dec_a double precision, ra_b double precision, dec_b double precision) returns double precision
language sql immutable parallel safe as $$
  select atan2d(
    sqrt((cosd(tellable_deg(dec_b)) * sind(tellable_deg(ra_b - ra_a))) ^ 2
      + (cosd(tellable_deg(dec_a)) * sind(tellable_deg(dec_b))
        - sind(tellable_deg(dec_a)) * cosd(tellable_deg(dec_b)) * cosd(tellable_deg(ra_b - ra_a))) ^ 2),
    sind(tellable_deg(dec_a)) * sind(tellable_deg(dec_b))
      + cosd(tellable_deg(dec_a)) * cosd(tellable_deg(dec_b)) * cosd(tellable_deg(ra_b - ra_a)))
$$;
-- +goose StatementEnd

-- +goose Down

-- +goose StatementBegin
create or replace function separation_deg(ra_a double precision, dec_a double precision, ra_b double precision, dec_b double precision) returns double precision
language sql immutable parallel safe as $$
  select atan2d(
    sqrt((cosd(dec_b) * sind(ra_b - ra_a)) ^ 2 + (cosd(dec_a) * sind(dec_b) - sind(dec_a) * cosd(dec_b) * cosd(ra_b - ra_a)) ^ 2),
    sind(dec_a) * sind(dec_b) + cosd(dec_a) * cosd(dec_b) * cosd(ra_b - ra_a))
$$;
-- +goose StatementEnd
drop function tellable_deg;

-- +goose Up
create table instrument_module (id integer primary key);
create table obs_unit (id integer primary key);
-- +goose Down
drop table obs_unit, instrument_module;

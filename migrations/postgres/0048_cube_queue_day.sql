-- +goose Up
-- A post changes a day, and of that alone the facts are made anew; where there is none, any day of the year may have changed.
ALTER TABLE cube_queue ADD COLUMN day date;

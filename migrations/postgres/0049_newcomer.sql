-- +goose Up
-- Facts of the first day on which a person was ever active say so: who is new is counted from a year's facts without those of all years before.
ALTER TABLE cube_facts ADD COLUMN newcomer boolean NOT NULL DEFAULT false;
UPDATE cube_facts SET newcomer = true FROM (SELECT volunteer_id, MIN(day) AS day FROM cube_facts GROUP BY volunteer_id) AS first
    WHERE cube_facts.volunteer_id = first.volunteer_id AND cube_facts.day = first.day;

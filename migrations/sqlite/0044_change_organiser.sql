-- +goose Up
-- A camp looks through the changes of its own presences: among those of a whole city they are found by it.
ALTER TABLE attendance_changes ADD COLUMN organiser_id uuid NOT NULL DEFAULT '';
UPDATE attendance_changes SET organiser_id = (SELECT a.organiser_id FROM attendances a WHERE a.id = attendance_changes.attendance_id);
CREATE INDEX attendance_changes_organiser_idx ON attendance_changes (organiser_id, id);

-- +goose Up
-- With whom somebody came is told once, like when: figures are made of it.
DROP TRIGGER attendances_as_told ON attendances;
CREATE TRIGGER attendances_as_told BEFORE UPDATE ON attendances FOR EACH ROW
    WHEN (OLD.checked_in_at <> NEW.checked_in_at OR OLD.checked_out_at <> NEW.checked_out_at
          OR (OLD.checked_out_at IS NOT NULL AND NEW.checked_out_at IS NULL)
          OR OLD.volunteer_id <> NEW.volunteer_id OR OLD.shift_id <> NEW.shift_id OR OLD.recorded_by <> NEW.recorded_by
          OR OLD.group_name IS DISTINCT FROM NEW.group_name)
    EXECUTE FUNCTION refuse_change();

-- +goose Up
-- Households (동거 가족): who declared to live with whom. One declaration binds both: neither decides on the other's rows.
-- It is ended by the centre, never deleted.
CREATE TABLE households (
    id           uuid        NOT NULL,
    volunteer_id uuid        NOT NULL,
    other_id     uuid        NOT NULL,
    declared_at  timestamptz NOT NULL,
    declared_by  uuid        NOT NULL,
    ended_at     timestamptz,
    ended_by     uuid,
    reason       text        NOT NULL,
    CONSTRAINT households_pkey PRIMARY KEY (id),
    CONSTRAINT households_two_check CHECK (volunteer_id <> other_id),
    CONSTRAINT households_end_check CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CONSTRAINT households_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT households_other_fkey FOREIGN KEY (other_id) REFERENCES volunteers (id)
);
CREATE UNIQUE INDEX households_volunteer_other_key ON households (volunteer_id, other_id) WHERE ended_at IS NULL;
CREATE INDEX households_other_idx ON households (other_id);
CREATE TRIGGER households_no_delete BEFORE DELETE ON households FOR EACH ROW EXECUTE FUNCTION refuse_change();

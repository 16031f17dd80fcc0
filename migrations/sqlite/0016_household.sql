-- +goose Up
-- Households (동거 가족): who declared to live with whom. One declaration binds both: neither decides on the other's rows.
-- It is ended by the centre, never deleted.
CREATE TABLE households (
    id           text        NOT NULL,
    volunteer_id text        NOT NULL,
    other_id     text        NOT NULL,
    declared_at  datetime NOT NULL,
    declared_by  text        NOT NULL,
    ended_at     datetime,
    ended_by     text,
    reason       text        NOT NULL,
    CONSTRAINT households_pkey PRIMARY KEY (id),
    CONSTRAINT households_two_check CHECK (volunteer_id <> other_id),
    CONSTRAINT households_end_check CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CONSTRAINT households_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT households_other_fkey FOREIGN KEY (other_id) REFERENCES volunteers (id)
);
CREATE UNIQUE INDEX households_volunteer_other_key ON households (volunteer_id, other_id) WHERE ended_at IS NULL;
CREATE INDEX households_other_idx ON households (other_id);
-- +goose StatementBegin
CREATE TRIGGER households_no_delete BEFORE DELETE ON households
BEGIN
    SELECT RAISE(ABORT, 'households is append-only');
END;
-- +goose StatementEnd

-- +goose Up
-- Attendances (출결): one person's presence at one shift. checked_… is what was first told and stays; counted_… is
-- what counts after verified corrections, each of which is a row of its own.
CREATE TABLE attendances (
    id                 text        NOT NULL,
    shift_id           text        NOT NULL,
    activity_id        text        NOT NULL,
    organiser_id       text        NOT NULL,
    volunteer_id       text        NOT NULL,
    client_id          text,
    client_hash        text,
    checked_in_at      datetime NOT NULL,
    checked_out_at     datetime,
    counted_in_at      datetime NOT NULL,
    counted_out_at     datetime,
    travel_minutes     integer     NOT NULL,
    evidence           text        NOT NULL,
    walk_in            boolean     NOT NULL,
    state              text        NOT NULL,
    worked_minutes     integer     NOT NULL,
    recognised_minutes integer     NOT NULL,
    day                date        NOT NULL,
    recorded_at        datetime NOT NULL,
    recorded_by        text        NOT NULL,
    verified_at        datetime,
    verified_by        text,
    decided_at         datetime,
    decided_by         text,
    reason             text        NOT NULL,
    CONSTRAINT attendances_pkey PRIMARY KEY (id),
    CONSTRAINT attendances_organiser_id_client_id_key UNIQUE (organiser_id, client_id),
    CONSTRAINT attendances_evidence_check CHECK (evidence IN ('qr', 'leader', 'self', 'imported')),
    CONSTRAINT attendances_state_check CHECK (state IN ('open', 'auto_closed', 'pending', 'held', 'verified', 'rejected', 'reversed')),
    CONSTRAINT attendances_span_check CHECK (checked_out_at IS NULL OR checked_out_at >= checked_in_at),
    CONSTRAINT attendances_counted_check CHECK ((counted_out_at IS NULL) = (checked_out_at IS NULL) AND (counted_out_at IS NULL OR counted_out_at >= counted_in_at)),
    CONSTRAINT attendances_closed_check CHECK (checked_out_at IS NOT NULL OR state IN ('open', 'rejected')),
    CONSTRAINT attendances_minutes_check CHECK (worked_minutes >= 0 AND recognised_minutes >= 0 AND travel_minutes BETWEEN 0 AND 1440),
    CONSTRAINT attendances_verified_check CHECK (state <> 'verified' OR (verified_at IS NOT NULL AND verified_by IS NOT NULL)),
    CONSTRAINT attendances_shift_fkey FOREIGN KEY (shift_id) REFERENCES shifts (id),
    CONSTRAINT attendances_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT attendances_travel_minutes_integer CHECK (typeof(travel_minutes) = 'integer'),
    CONSTRAINT attendances_worked_minutes_integer CHECK (typeof(worked_minutes) = 'integer'),
    CONSTRAINT attendances_recognised_minutes_integer CHECK (typeof(recognised_minutes) = 'integer')
);
CREATE INDEX attendances_organiser_day_idx ON attendances (organiser_id, day, id);
CREATE INDEX attendances_volunteer_in_idx ON attendances (volunteer_id, counted_in_at);
CREATE INDEX attendances_shift_volunteer_idx ON attendances (shift_id, volunteer_id);
CREATE INDEX attendances_waiting_idx ON attendances (volunteer_id) WHERE state IN ('open', 'auto_closed', 'pending', 'held');
CREATE INDEX attendances_open_idx ON attendances (shift_id) WHERE state = 'open';

-- Corrections and reversals as proposed by one person and decided by another.
CREATE TABLE attendance_changes (
    id             text        NOT NULL,
    attendance_id  text        NOT NULL,
    kind           text        NOT NULL,
    checked_in_at  datetime,
    checked_out_at datetime,
    reason         text        NOT NULL,
    state          text        NOT NULL,
    proposed_at    datetime NOT NULL,
    proposed_by    text        NOT NULL,
    decided_at     datetime,
    decided_by     text,
    decision       text        NOT NULL,
    CONSTRAINT attendance_changes_pkey PRIMARY KEY (id),
    CONSTRAINT attendance_changes_kind_check CHECK (kind IN ('correction', 'reversal')),
    CONSTRAINT attendance_changes_state_check CHECK (state IN ('proposed', 'applied', 'refused')),
    CONSTRAINT attendance_changes_times_check CHECK ((kind = 'reversal' AND checked_in_at IS NULL AND checked_out_at IS NULL) OR (kind = 'correction' AND checked_out_at > checked_in_at)),
    CONSTRAINT attendance_changes_decision_check CHECK ((state = 'proposed') = (decided_at IS NULL) AND (state = 'proposed') = (decided_by IS NULL)),
    CONSTRAINT attendance_changes_two_check CHECK (decided_by IS NULL OR decided_by <> proposed_by),
    CONSTRAINT attendance_changes_attendance_fkey FOREIGN KEY (attendance_id) REFERENCES attendances (id)
);
CREATE UNIQUE INDEX attendance_changes_open_key ON attendance_changes (attendance_id) WHERE state = 'proposed';
CREATE INDEX attendance_changes_attendance_idx ON attendance_changes (attendance_id, proposed_at);

-- Times stay as they were first told: an end may be added once, nothing is overwritten, no row goes.
-- +goose StatementBegin
CREATE TRIGGER attendances_as_told BEFORE UPDATE ON attendances
WHEN OLD.checked_in_at <> NEW.checked_in_at OR OLD.checked_out_at <> NEW.checked_out_at
    OR (OLD.checked_out_at IS NOT NULL AND NEW.checked_out_at IS NULL)
    OR OLD.volunteer_id <> NEW.volunteer_id OR OLD.shift_id <> NEW.shift_id OR OLD.recorded_by <> NEW.recorded_by
BEGIN
    SELECT RAISE(ABORT, 'attendances is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER attendances_no_delete BEFORE DELETE ON attendances
BEGIN
    SELECT RAISE(ABORT, 'attendances is append-only');
END;
-- +goose StatementEnd

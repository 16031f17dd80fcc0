-- +goose Up
-- Late windows (입력 기한): for how many months after an activity a centre takes its presences. gu_code is the centre's gu;
-- empty is what holds where a gu has set nothing. Rows are never changed; the highest version of the activity's day counts.
CREATE TABLE late_windows (
    id             text    NOT NULL,
    gu_code        text    NOT NULL,
    months         integer NOT NULL,
    effective_from date    NOT NULL,
    version        integer NOT NULL,
    reference      text    NOT NULL,
    CONSTRAINT late_windows_pkey PRIMARY KEY (id),
    CONSTRAINT late_windows_version_key UNIQUE (version),
    CONSTRAINT late_windows_months_check CHECK (months BETWEEN 1 AND 24),
    CONSTRAINT late_windows_months_integer CHECK (typeof(months) = 'integer'),
    CONSTRAINT late_windows_version_integer CHECK (typeof(version) = 'integer')
);
CREATE INDEX late_windows_gu_idx ON late_windows (gu_code);
INSERT INTO late_windows (id, gu_code, months, effective_from, version, reference) VALUES
    ('00000000-0000-7000-8000-000000000021', '', 3, '2000-01-01', 1, '활동일로부터 3개월 이내 입력');
-- +goose StatementBegin
CREATE TRIGGER late_windows_append_only BEFORE UPDATE ON late_windows
BEGIN
    SELECT RAISE(ABORT, 'late_windows is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER late_windows_no_delete BEFORE DELETE ON late_windows
BEGIN
    SELECT RAISE(ABORT, 'late_windows is append-only');
END;
-- +goose StatementEnd

-- Who approves late entries holds a right of his own. SQLite changes a CHECK only by building the table anew; nothing
-- refers to this one.
CREATE TABLE role_grants_anew (
    id         text        NOT NULL,
    account_id text        NOT NULL,
    role       text        NOT NULL,
    scope_type text        NOT NULL,
    scope_id   text        NOT NULL,
    starts_at  datetime NOT NULL,
    ends_at    datetime,
    granted_by text,
    reason     text        NOT NULL,
    revoked_at datetime,
    revoked_by text,
    CONSTRAINT role_grants_pkey PRIMARY KEY (id),
    CONSTRAINT role_grants_role_check CHECK (role IN ('camp_head', 'camp_keeper', 'demand_site_manager', 'centre_officer', 'late_entry_approver', 'analyst', 'administrator')),
    CONSTRAINT role_grants_scope_check CHECK (scope_type IN ('city', 'camp', 'demand_site')),
    CONSTRAINT role_grants_term_check CHECK (ends_at IS NULL OR ends_at > starts_at),
    CONSTRAINT role_grants_account_fkey FOREIGN KEY (account_id) REFERENCES accounts (id)
);
INSERT INTO role_grants_anew SELECT * FROM role_grants;
DROP TABLE role_grants;
ALTER TABLE role_grants_anew RENAME TO role_grants;
CREATE UNIQUE INDEX role_grants_live_key ON role_grants (account_id, role, scope_id) WHERE revoked_at IS NULL;
CREATE INDEX role_grants_scope_idx ON role_grants (scope_id);

-- A presence or correction that is told after the window names its proof. Changes refer to attendances: both are built anew,
-- the changes on the new attendances, whose name they follow when it becomes the old one.
CREATE TABLE attendances_anew (
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
    late_proof_id      text,
    CONSTRAINT attendances_pkey PRIMARY KEY (id),
    CONSTRAINT attendances_organiser_id_client_id_key UNIQUE (organiser_id, client_id),
    CONSTRAINT attendances_evidence_check CHECK (evidence IN ('qr', 'leader', 'self', 'imported', 'late_proof')),
    CONSTRAINT attendances_state_check CHECK (state IN ('open', 'auto_closed', 'pending', 'held', 'verified', 'rejected', 'reversed')),
    CONSTRAINT attendances_span_check CHECK (checked_out_at IS NULL OR checked_out_at >= checked_in_at),
    CONSTRAINT attendances_counted_check CHECK ((counted_out_at IS NULL) = (checked_out_at IS NULL) AND (counted_out_at IS NULL OR counted_out_at >= counted_in_at)),
    CONSTRAINT attendances_closed_check CHECK (checked_out_at IS NOT NULL OR state IN ('open', 'rejected')),
    CONSTRAINT attendances_minutes_check CHECK (worked_minutes >= 0 AND recognised_minutes >= 0 AND travel_minutes BETWEEN 0 AND 1440),
    CONSTRAINT attendances_verified_check CHECK (state <> 'verified' OR (verified_at IS NOT NULL AND verified_by IS NOT NULL)),
    CONSTRAINT attendances_shift_fkey FOREIGN KEY (shift_id) REFERENCES shifts (id),
    CONSTRAINT attendances_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT attendances_late_check CHECK ((evidence = 'late_proof') = (late_proof_id IS NOT NULL)),
    CONSTRAINT attendances_late_proof_fkey FOREIGN KEY (late_proof_id) REFERENCES documents (id),
    CONSTRAINT attendances_travel_minutes_integer CHECK (typeof(travel_minutes) = 'integer'),
    CONSTRAINT attendances_worked_minutes_integer CHECK (typeof(worked_minutes) = 'integer'),
    CONSTRAINT attendances_recognised_minutes_integer CHECK (typeof(recognised_minutes) = 'integer')
);
INSERT INTO attendances_anew (
    id, shift_id, activity_id, organiser_id, volunteer_id, client_id, client_hash, checked_in_at, checked_out_at,
    counted_in_at, counted_out_at, travel_minutes, evidence, walk_in, state, worked_minutes, recognised_minutes, day,
    recorded_at, recorded_by, verified_at, verified_by, decided_at, decided_by, reason)
SELECT
    id, shift_id, activity_id, organiser_id, volunteer_id, client_id, client_hash, checked_in_at, checked_out_at,
    counted_in_at, counted_out_at, travel_minutes, evidence, walk_in, state, worked_minutes, recognised_minutes, day,
    recorded_at, recorded_by, verified_at, verified_by, decided_at, decided_by, reason
FROM attendances;
CREATE TABLE attendance_changes_anew (
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
    late_proof_id  text,
    CONSTRAINT attendance_changes_pkey PRIMARY KEY (id),
    CONSTRAINT attendance_changes_kind_check CHECK (kind IN ('correction', 'reversal')),
    CONSTRAINT attendance_changes_state_check CHECK (state IN ('proposed', 'applied', 'refused')),
    CONSTRAINT attendance_changes_times_check CHECK ((kind = 'reversal' AND checked_in_at IS NULL AND checked_out_at IS NULL) OR (kind = 'correction' AND checked_out_at > checked_in_at)),
    CONSTRAINT attendance_changes_decision_check CHECK ((state = 'proposed') = (decided_at IS NULL) AND (state = 'proposed') = (decided_by IS NULL)),
    CONSTRAINT attendance_changes_two_check CHECK (decided_by IS NULL OR decided_by <> proposed_by),
    CONSTRAINT attendance_changes_attendance_fkey FOREIGN KEY (attendance_id) REFERENCES attendances_anew (id),
    CONSTRAINT attendance_changes_late_check CHECK (late_proof_id IS NULL OR kind = 'correction'),
    CONSTRAINT attendance_changes_late_proof_fkey FOREIGN KEY (late_proof_id) REFERENCES documents (id)
);
INSERT INTO attendance_changes_anew (
    id, attendance_id, kind, checked_in_at, checked_out_at, reason, state, proposed_at, proposed_by, decided_at,
    decided_by, decision)
SELECT
    id, attendance_id, kind, checked_in_at, checked_out_at, reason, state, proposed_at, proposed_by, decided_at,
    decided_by, decision
FROM attendance_changes;
DROP TABLE attendance_changes;
DROP TABLE attendances;
ALTER TABLE attendances_anew RENAME TO attendances;
ALTER TABLE attendance_changes_anew RENAME TO attendance_changes;
CREATE INDEX attendances_organiser_day_idx ON attendances (organiser_id, day, id);
CREATE INDEX attendances_volunteer_in_idx ON attendances (volunteer_id, counted_in_at);
CREATE INDEX attendances_shift_volunteer_idx ON attendances (shift_id, volunteer_id);
CREATE INDEX attendances_waiting_idx ON attendances (volunteer_id) WHERE state IN ('open', 'auto_closed', 'pending', 'held');
CREATE INDEX attendances_open_idx ON attendances (shift_id) WHERE state = 'open';
CREATE UNIQUE INDEX attendance_changes_open_key ON attendance_changes (attendance_id) WHERE state = 'proposed';
CREATE INDEX attendance_changes_attendance_idx ON attendance_changes (attendance_id, proposed_at);
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

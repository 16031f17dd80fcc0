-- +goose Up
-- Exports (내보내기): views of the one ledger for schools, the portal 1365 and the tax office. No hours are kept here but what was sent.

-- Class periods (수업 시수): on days with classes a pupil has 8 hours less these. The highest version that names the day counts,
-- a school's own before that of all schools (''). weekdays are seven digits, Monday first.
CREATE TABLE class_periods (
    id        text        NOT NULL,
    version   integer     NOT NULL,
    school    text        NOT NULL,
    first_day date        NOT NULL,
    last_day  date        NOT NULL,
    weekdays  text        NOT NULL,
    periods   integer     NOT NULL,
    reference text        NOT NULL,
    added_at  datetime NOT NULL,
    added_by  text        NOT NULL,
    CONSTRAINT class_periods_pkey PRIMARY KEY (id),
    CONSTRAINT class_periods_version_key UNIQUE (version),
    CONSTRAINT class_periods_days_check CHECK (last_day >= first_day),
    CONSTRAINT class_periods_weekdays_check CHECK (length(weekdays) = 7),
    CONSTRAINT class_periods_periods_check CHECK (periods BETWEEN 0 AND 8),
    CONSTRAINT class_periods_version_integer CHECK (typeof(version) = 'integer'),
    CONSTRAINT class_periods_periods_integer CHECK (typeof(periods) = 'integer')
);

-- Special disaster areas (특별재난지역): service there has a value for the tax office, by the day.
CREATE TABLE disaster_areas (
    id          text        NOT NULL,
    name        text        NOT NULL,
    region_code text        NOT NULL,
    first_day   date        NOT NULL,
    last_day    date        NOT NULL,
    won_per_day integer     NOT NULL,
    reference   text        NOT NULL,
    added_at    datetime NOT NULL,
    added_by    text        NOT NULL,
    CONSTRAINT disaster_areas_pkey PRIMARY KEY (id),
    CONSTRAINT disaster_areas_days_check CHECK (last_day >= first_day),
    CONSTRAINT disaster_areas_won_check CHECK (won_per_day >= 0),
    CONSTRAINT disaster_areas_region_fkey FOREIGN KEY (region_code) REFERENCES regions (code),
    CONSTRAINT disaster_areas_won_per_day_integer CHECK (typeof(won_per_day) = 'integer')
);

-- What was sent to schools (나이스 전송), as it was sent: whole hours, and minutes that are left for the next time.
CREATE TABLE school_exports (
    id          text        NOT NULL,
    school      text        NOT NULL,
    first_day   date        NOT NULL,
    last_day    date        NOT NULL,
    reason      text        NOT NULL,
    exported_at datetime NOT NULL,
    exported_by text        NOT NULL,
    CONSTRAINT school_exports_pkey PRIMARY KEY (id),
    CONSTRAINT school_exports_days_check CHECK (last_day >= first_day)
);
CREATE TABLE school_export_lines (
    export_id    text    NOT NULL,
    volunteer_id text    NOT NULL,
    sequence     integer NOT NULL,
    carried      integer NOT NULL,
    minutes      integer NOT NULL,
    hours        integer NOT NULL,
    remainder    integer NOT NULL,
    CONSTRAINT school_export_lines_pkey PRIMARY KEY (export_id, volunteer_id),
    CONSTRAINT school_export_lines_volunteer_id_sequence_key UNIQUE (volunteer_id, sequence),
    CONSTRAINT school_export_lines_sum_check CHECK (carried + minutes = hours * 60 + remainder AND remainder BETWEEN 0 AND 59 AND minutes > 0),
    CONSTRAINT school_export_lines_export_fkey FOREIGN KEY (export_id) REFERENCES school_exports (id),
    CONSTRAINT school_export_lines_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT school_export_lines_sequence_integer CHECK (typeof(sequence) = 'integer'),
    CONSTRAINT school_export_lines_carried_integer CHECK (typeof(carried) = 'integer'),
    CONSTRAINT school_export_lines_minutes_integer CHECK (typeof(minutes) = 'integer'),
    CONSTRAINT school_export_lines_hours_integer CHECK (typeof(hours) = 'integer'),
    CONSTRAINT school_export_lines_remainder_integer CHECK (typeof(remainder) = 'integer')
);
CREATE TABLE school_export_days (
    export_id    text    NOT NULL,
    volunteer_id text    NOT NULL,
    day          date    NOT NULL,
    minutes      integer NOT NULL,
    CONSTRAINT school_export_days_pkey PRIMARY KEY (volunteer_id, day, export_id),
    CONSTRAINT school_export_days_minutes_check CHECK (minutes > 0),
    CONSTRAINT school_export_days_line_fkey FOREIGN KEY (export_id, volunteer_id) REFERENCES school_export_lines (export_id, volunteer_id),
    CONSTRAINT school_export_days_minutes_integer CHECK (typeof(minutes) = 'integer')
);

-- Attendances that a school has: only the school changes them now.
CREATE TABLE exported_attendances (
    attendance_id text NOT NULL,
    export_id     text NOT NULL,
    CONSTRAINT exported_attendances_pkey PRIMARY KEY (attendance_id),
    CONSTRAINT exported_attendances_attendance_fkey FOREIGN KEY (attendance_id) REFERENCES attendances (id),
    CONSTRAINT exported_attendances_export_fkey FOREIGN KEY (export_id) REFERENCES school_exports (id)
);
-- +goose StatementBegin
CREATE TRIGGER class_periods_append_only BEFORE UPDATE ON class_periods
BEGIN
    SELECT RAISE(ABORT, 'class_periods is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER class_periods_no_delete BEFORE DELETE ON class_periods
BEGIN
    SELECT RAISE(ABORT, 'class_periods is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER disaster_areas_append_only BEFORE UPDATE ON disaster_areas
BEGIN
    SELECT RAISE(ABORT, 'disaster_areas is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER disaster_areas_no_delete BEFORE DELETE ON disaster_areas
BEGIN
    SELECT RAISE(ABORT, 'disaster_areas is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER school_exports_append_only BEFORE UPDATE ON school_exports
BEGIN
    SELECT RAISE(ABORT, 'school_exports is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER school_exports_no_delete BEFORE DELETE ON school_exports
BEGIN
    SELECT RAISE(ABORT, 'school_exports is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER school_export_lines_append_only BEFORE UPDATE ON school_export_lines
BEGIN
    SELECT RAISE(ABORT, 'school_export_lines is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER school_export_lines_no_delete BEFORE DELETE ON school_export_lines
BEGIN
    SELECT RAISE(ABORT, 'school_export_lines is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER school_export_days_append_only BEFORE UPDATE ON school_export_days
BEGIN
    SELECT RAISE(ABORT, 'school_export_days is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER school_export_days_no_delete BEFORE DELETE ON school_export_days
BEGIN
    SELECT RAISE(ABORT, 'school_export_days is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER exported_attendances_append_only BEFORE UPDATE ON exported_attendances
BEGIN
    SELECT RAISE(ABORT, 'exported_attendances is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER exported_attendances_no_delete BEFORE DELETE ON exported_attendances
BEGIN
    SELECT RAISE(ABORT, 'exported_attendances is append-only');
END;
-- +goose StatementEnd

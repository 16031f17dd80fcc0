-- +goose Up
-- Rules of what is unusual: thresholds as rows with a first day and a version; none is ever changed or taken away.
-- What the two thresholds mean, and in which unit, is said where the kinds are declared.
CREATE TABLE anomaly_rules (
    id               text    NOT NULL,
    kind             text    NOT NULL,
    threshold        integer NOT NULL,
    second_threshold integer NOT NULL,
    active           boolean NOT NULL,
    effective_from   date    NOT NULL,
    version          integer NOT NULL,
    reference        text    NOT NULL,
    CONSTRAINT anomaly_rules_pkey PRIMARY KEY (id),
    CONSTRAINT anomaly_rules_version_key UNIQUE (version),
    CONSTRAINT anomaly_rules_kind_check CHECK (kind IN ('entries_per_hour', 'walk_ins_per_day', 'no_consent', 'too_far', 'repeated_group', 'unlike_shift', 'night')),
    CONSTRAINT anomaly_rules_thresholds_check CHECK (threshold >= 0 AND second_threshold >= 0),
    CONSTRAINT anomaly_rules_threshold_integer CHECK (typeof(threshold) = 'integer'),
    CONSTRAINT anomaly_rules_second_threshold_integer CHECK (typeof(second_threshold) = 'integer'),
    CONSTRAINT anomaly_rules_version_integer CHECK (typeof(version) = 'integer')
);

INSERT INTO anomaly_rules (id, kind, threshold, second_threshold, active, effective_from, version, reference) VALUES
    ('00000000-0000-7000-8000-000000000021', 'entries_per_hour', 200,    0, TRUE, '2000-01-01', 1, '한 계정이 1시간에 적는 출결의 수'),
    ('00000000-0000-7000-8000-000000000022', 'walk_ins_per_day',  30,    0, TRUE, '2000-01-01', 2, '한 계정이 하루에 적는 신청 없는 참여의 수'),
    ('00000000-0000-7000-8000-000000000023', 'no_consent',         0,    0, TRUE, '2000-01-01', 3, '이용약관과 개인정보 처리에 대한 동의 (개인정보 보호법 제15조)'),
    ('00000000-0000-7000-8000-000000000024', 'too_far',          100, 3000, TRUE, '2000-01-01', 4, '두 활동처 사이를 시속 100 km보다 빨리 옮길 수는 없음; 3 km까지는 보지 않음'),
    ('00000000-0000-7000-8000-000000000025', 'repeated_group',     5,   10, TRUE, '2000-01-01', 5, '같은 5명 이상이 30일 안에 10일 이상 같은 시간(분)으로 적힘'),
    ('00000000-0000-7000-8000-000000000026', 'unlike_shift',     200,    5, TRUE, '2000-01-01', 6, '회차 길이의 200 %를 3시간 넘게 웃돌거나 5 %에 못 미치는 참여'),
    ('00000000-0000-7000-8000-000000000027', 'night',           1380,  300, TRUE, '2000-01-01', 7, '낮 회차인데 23시부터 5시 사이에 1시간 넘게 걸친 참여');

-- What a rule found unusual about an attendance (이상 징후). The attendance is held while one of them is open.
CREATE TABLE anomalies (
    id            text        NOT NULL,
    attendance_id text        NOT NULL,
    kind          text        NOT NULL,
    rule_version  integer     NOT NULL,
    detail        text        NOT NULL,
    found_at      datetime NOT NULL,
    state         text        NOT NULL,
    decided_at    datetime,
    decided_by    text,
    reason        text        NOT NULL,
    CONSTRAINT anomalies_pkey PRIMARY KEY (id),
    CONSTRAINT anomalies_attendance_id_kind_key UNIQUE (attendance_id, kind),
    CONSTRAINT anomalies_state_check CHECK (state IN ('open', 'released', 'rejected')),
    CONSTRAINT anomalies_decision_check CHECK ((state = 'open') = (decided_at IS NULL) AND (state = 'open') = (decided_by IS NULL)),
    CONSTRAINT anomalies_attendance_fkey FOREIGN KEY (attendance_id) REFERENCES attendances (id),
    CONSTRAINT anomalies_rule_fkey FOREIGN KEY (rule_version) REFERENCES anomaly_rules (version),
    CONSTRAINT anomalies_rule_version_integer CHECK (typeof(rule_version) = 'integer')
);
CREATE INDEX anomalies_state_idx ON anomalies (state, id);

-- What one account recorded of late; presences proved by the code are not counted and need no place in it.
CREATE INDEX attendances_recorded_idx ON attendances (recorded_by, recorded_at) WHERE evidence <> 'qr';

-- +goose StatementBegin
CREATE TRIGGER anomaly_rules_append_only BEFORE UPDATE ON anomaly_rules
BEGIN
    SELECT RAISE(ABORT, 'anomaly_rules is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER anomaly_rules_no_delete BEFORE DELETE ON anomaly_rules
BEGIN
    SELECT RAISE(ABORT, 'anomaly_rules is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER anomalies_no_delete BEFORE DELETE ON anomalies
BEGIN
    SELECT RAISE(ABORT, 'anomalies is append-only');
END;
-- +goose StatementEnd

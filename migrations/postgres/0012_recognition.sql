-- +goose Up
-- Rules of recognition (인정 기준): what counts, as rows with effective days, owner and version.
CREATE TABLE recognition_rules (
    id             uuid    NOT NULL,
    kind           text    NOT NULL,
    field_code     text    NOT NULL,
    minutes        integer NOT NULL,
    effective_from date    NOT NULL,
    effective_to   date,
    version        integer NOT NULL,
    owner          text    NOT NULL,
    reference      text    NOT NULL,
    CONSTRAINT recognition_rules_pkey PRIMARY KEY (id),
    CONSTRAINT recognition_rules_version_key UNIQUE (version),
    CONSTRAINT recognition_rules_kind_check CHECK (kind IN ('daily_cap', 'break', 'travel', 'shift_window')),
    CONSTRAINT recognition_rules_minutes_check CHECK (minutes BETWEEN 0 AND 1440),
    CONSTRAINT recognition_rules_days_check CHECK (effective_to IS NULL OR effective_to >= effective_from)
);

INSERT INTO recognition_rules (id, kind, field_code, minutes, effective_from, effective_to, version, owner, reference) VALUES
    ('00000000-0000-7000-8000-000000000011', 'daily_cap',    '',     480, '2000-01-01', NULL, 1, 'nation', '행정안전부 자원봉사활동 인정·보상 기준안 (2010)'),
    ('00000000-0000-7000-8000-000000000012', 'break',        '',       0, '2000-01-01', NULL, 2, 'city',   '회차에 적힌 쉬는 시간은 인정하지 않음'),
    ('00000000-0000-7000-8000-000000000013', 'shift_window', '',       0, '2000-01-01', NULL, 3, 'city',   '회차 시작 전과 종료 후의 시간은 인정하지 않음');

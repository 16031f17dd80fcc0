-- +goose Up
-- Targets (목표): what the city has set itself. Metrics are what targets can be set for; what is measured 'later' has no actual until
-- its feature is there. tolerance is how far from the straight line still is on it, as a share of the way from baseline to goal.
CREATE TABLE target_metrics (
    code          text             NOT NULL,
    name          text             NOT NULL,
    name_en       text             NOT NULL,
    unit          text             NOT NULL,
    measured      text             NOT NULL,
    tolerance     real             NOT NULL,
    rank          integer          NOT NULL,
    definition    text             NOT NULL,
    definition_en text             NOT NULL,
    CONSTRAINT target_metrics_pkey PRIMARY KEY (code),
    CONSTRAINT target_metrics_unit_check CHECK (unit IN ('rate', 'count')),
    CONSTRAINT target_metrics_measured_check CHECK (measured = 'later'
        OR measured = 'day' AND code IN ('registration_rate', 'registered', 'camps')
        OR measured = 'year' AND code IN ('participation_rate', 'activity_rate', 'persons', 'visits', 'minutes')),
    CONSTRAINT target_metrics_tolerance_check CHECK (tolerance >= 0 AND tolerance < 1)
);
INSERT INTO target_metrics (code, name, name_en, unit, measured, tolerance, rank, definition, definition_en) VALUES
    ('registration_rate', '등록률', 'Registration rate', 'rate', 'day', 0.05, 10,
        '그날 등록되어 있는 시민 ÷ 주민등록인구. 시민은 시 안에 사는 사람이며, 인구는 그날보다 뒤가 아닌 가장 최근 달의 값이다. 지난날은 그날까지 끝난 마지막 달의 말을 기준으로 센다.',
        'Residents registered on the day ÷ resident population of the latest month not after it. A past day is counted at the end of the last month that had ended by then.'),
    ('participation_rate', '참여율', 'Participation rate', 'rate', 'year', 0.05, 20,
        '그해에 한 번이라도 활동한 시민(실인원) ÷ 주민등록인구. 올해는 지난해 같은 날까지와 견주어 한 해 값을 추정한다.',
        'Residents active at least once in the calendar year (distinct persons) ÷ resident population. The running year is held against the same days of last year.'),
    ('activity_rate', '활동률', 'Activity rate', 'rate', 'year', 0.05, 30,
        '그해에 한 번이라도 활동한 시민(실인원) ÷ 등록되어 있는 시민.',
        'Residents active at least once in the calendar year ÷ residents registered at its end, or today.'),
    ('registered', '등록인원', 'Registered residents', 'count', 'day', 0.05, 40,
        '그날 등록되어 있는 시민. 지난날은 그날까지 끝난 마지막 달의 말을 기준으로 센다.',
        'Residents registered on the day. A past day is counted at the end of the last month that had ended by then.'),
    ('persons', '실인원', 'Active residents', 'count', 'year', 0.05, 50,
        '그해에 한 번이라도 활동한 시민(서로 다른 사람).',
        'Residents active at least once in the calendar year, each counted once.'),
    ('visits', '연인원', 'Visits', 'count', 'year', 0.05, 60,
        '그해 시민의 활동 횟수를 모두 더한 값.',
        'Person-times of residents in the calendar year.'),
    ('minutes', '인정시간(분)', 'Recognised minutes', 'count', 'year', 0.05, 70,
        '그해 시민의 인정시간을 분으로 모두 더한 값.',
        'Recognised minutes of residents in the calendar year.'),
    ('camps', '자원봉사캠프', 'Volunteer camps', 'count', 'day', 0.05, 80,
        '그날 열려 있는 동 자원봉사캠프.',
        'Neighbourhood camps open on the day.'),
    ('social_jobs', '사회공헌 일자리', 'Social-contribution jobs', 'count', 'later', 0.05, 110,
        '사회공헌 일자리 수. 그 기능이 생긴 뒤에 센다.',
        'Jobs of social contribution; counted once there is a feature for them.'),
    ('specialist_groups', '전문자원봉사단', 'Specialist volunteer groups', 'count', 'later', 0.05, 120,
        '전문자원봉사단 수. 그 기능이 생긴 뒤에 센다.',
        'Groups of specialist volunteers; counted once there is a feature for them.'),
    ('village_activists', '안녕마을 활동가', 'Village activists', 'count', 'later', 0.05, 130,
        '양성한 안녕마을 활동가 수. 그 기능이 생긴 뒤에 센다.',
        'Activists trained for the neighbourhoods of welfare; counted once there is a feature for them.'),
    ('council_meetings', '주민자치 협의', 'Residents'' council meetings', 'count', 'later', 0.05, 140,
        '주민자치회와 함께한 협의 수. 그 기능이 생긴 뒤에 센다.',
        'Meetings with residents'' councils; counted once there is a feature for them.'),
    ('courses', '교육과정', 'Courses', 'count', 'later', 0.05, 150,
        '연 교육과정 수. 그 기능이 생긴 뒤에 센다.',
        'Courses held; counted once there is a feature for them.');

-- What was decided is never changed: a new title or a withdrawal is a new version.
CREATE TABLE targets (
    id             text    NOT NULL,
    version        integer NOT NULL,
    title          text NOT NULL,
    metric         text NOT NULL,
    region         text NOT NULL,
    baseline_value real             NOT NULL,
    baseline_on    date NOT NULL,
    goal_value     real             NOT NULL,
    due_on         date NOT NULL,
    source         text NOT NULL,
    state          text NOT NULL,
    decided_by     text    NOT NULL,
    decided_at     datetime    NOT NULL,
    reason         text NOT NULL,
    CONSTRAINT targets_pkey PRIMARY KEY (id, version),
    CONSTRAINT targets_version_check CHECK (version >= 1),
    CONSTRAINT targets_values_check CHECK (baseline_value >= 0 AND goal_value >= 0 AND baseline_value <> goal_value),
    CONSTRAINT targets_days_check CHECK (due_on > baseline_on),
    CONSTRAINT targets_state_check CHECK (state = 'standing' AND reason = '' OR state = 'withdrawn' AND reason <> ''),
    CONSTRAINT targets_metric_fkey FOREIGN KEY (metric) REFERENCES target_metrics (code),
    CONSTRAINT targets_version_integer CHECK (typeof(version) = 'integer')
);
-- +goose StatementBegin
CREATE TRIGGER targets_append_only BEFORE UPDATE ON targets
BEGIN
    SELECT RAISE(ABORT, 'targets is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER targets_no_delete BEFORE DELETE ON targets
BEGIN
    SELECT RAISE(ABORT, 'targets is append-only');
END;
-- +goose StatementEnd

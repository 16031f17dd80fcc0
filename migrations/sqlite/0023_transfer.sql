-- +goose Up
-- Transfers (실적연계): hours that other systems have recorded, taken over as attendances of our own.

-- Region codes of the 1365 portal (시도·시군구 코드), which knows no dong. region_code is our own first level; a gu is found by its name.
CREATE TABLE portal_regions (
    code        text NOT NULL,
    sido_code   text NOT NULL,
    name        text NOT NULL,
    region_code text,
    CONSTRAINT portal_regions_pkey PRIMARY KEY (code),
    CONSTRAINT portal_regions_code_check CHECK (length(code) = 7 AND length(sido_code) = 7),
    CONSTRAINT portal_regions_region_fkey FOREIGN KEY (region_code) REFERENCES regions (code)
);
INSERT INTO portal_regions (code, sido_code, name, region_code) VALUES
    ('6110000', '6110000', '서울특별시',     '1100000000'),
    ('6260000', '6260000', '부산광역시',     '2600000000'),
    ('6270000', '6270000', '대구광역시',     '2700000000'),
    ('6280000', '6280000', '인천광역시',     '2800000000'),
    ('6290000', '6290000', '광주광역시',     '2900000000'),
    ('6300000', '6300000', '대전광역시',     '3000000000'),
    ('6310000', '6310000', '울산광역시',     '3100000000'),
    ('5690000', '5690000', '세종특별자치시', '3600000000'),
    ('6410000', '6410000', '경기도',         '4100000000'),
    ('6420000', '6420000', '강원특별자치도', '5100000000'),
    ('6430000', '6430000', '충청북도',       '4300000000'),
    ('6440000', '6440000', '충청남도',       '4400000000'),
    ('6450000', '6450000', '전북특별자치도', '5200000000'),
    ('6460000', '6460000', '전라남도',       '4600000000'),
    ('6470000', '6470000', '경상북도',       '4700000000'),
    ('6480000', '6480000', '경상남도',       '4800000000'),
    ('6500000', '6500000', '제주특별자치도', '5000000000'),
    ('3590000', '6290000', '동구',           NULL),
    ('3600000', '6290000', '서구',           NULL),
    ('3610000', '6290000', '남구',           NULL),
    ('3620000', '6290000', '북구',           NULL),
    ('3630000', '6290000', '광산구',         NULL);

-- The systems, each with the demand site that stands for it here. That site is made closed, so that no public list shows it.
CREATE TABLE transfer_systems (
    code    text NOT NULL,
    name    text NOT NULL,
    site_id text NOT NULL,
    CONSTRAINT transfer_systems_pkey PRIMARY KEY (code),
    CONSTRAINT transfer_systems_site_id_key UNIQUE (site_id)
);
INSERT INTO transfer_systems (code, name, site_id) VALUES
    ('1365',  '1365 자원봉사포털 실적연계',          '00000000-0000-7000-8000-000000001365'),
    ('vms',   '사회복지자원봉사인증관리(VMS) 실적연계', '00000000-0000-7000-8000-000000001366'),
    ('dovol', '청소년자원봉사(DOVOL) 실적연계',       '00000000-0000-7000-8000-000000001367'),
    ('blood', '헌혈 실적연계',                       '00000000-0000-7000-8000-000000001368');

-- What a blood donation (헌혈) counts, and how many of them in a year that begins with a month. Kinds of one quota share its count.
CREATE TABLE donation_rules (
    id             text    NOT NULL,
    owner          text    NOT NULL,
    kind           text    NOT NULL,
    name           text    NOT NULL,
    quota          text    NOT NULL,
    minutes        integer NOT NULL,
    yearly_maximum integer NOT NULL,
    first_month    integer NOT NULL,
    effective_from date    NOT NULL,
    effective_to   date,
    reference      text    NOT NULL,
    CONSTRAINT donation_rules_pkey PRIMARY KEY (id),
    CONSTRAINT donation_rules_owner_kind_key UNIQUE (owner, kind, effective_from),
    CONSTRAINT donation_rules_owner_check CHECK (owner IN ('nation', 'school_office')),
    CONSTRAINT donation_rules_minutes_check CHECK (minutes BETWEEN 1 AND 1440 AND yearly_maximum >= 0),
    CONSTRAINT donation_rules_month_check CHECK (first_month BETWEEN 1 AND 12),
    CONSTRAINT donation_rules_days_check CHECK (effective_to IS NULL OR effective_to >= effective_from),
    CONSTRAINT donation_rules_minutes_integer CHECK (typeof(minutes) = 'integer'),
    CONSTRAINT donation_rules_yearly_maximum_integer CHECK (typeof(yearly_maximum) = 'integer'),
    CONSTRAINT donation_rules_first_month_integer CHECK (typeof(first_month) = 'integer')
);
INSERT INTO donation_rules (id, owner, kind, name, quota, minutes, yearly_maximum, first_month, effective_from, effective_to, reference) VALUES
    ('00000000-0000-7000-8000-000000002301', 'nation', 'whole_blood', '전혈',   'whole_blood', 240,  5, 1, '2010-07-01', NULL, '헌혈 봉사시간 인정 (2010-07-01): 1회 4시간, 전혈 연 5회'),
    ('00000000-0000-7000-8000-000000002302', 'nation', 'plasma',      '혈장',   'component',   240, 24, 1, '2010-07-01', NULL, '헌혈 봉사시간 인정 (2010-07-01): 1회 4시간, 성분헌혈 연 24회'),
    ('00000000-0000-7000-8000-000000002303', 'nation', 'platelets',   '혈소판', 'component',   240, 24, 1, '2010-07-01', NULL, '헌혈 봉사시간 인정 (2010-07-01): 1회 4시간, 성분헌혈 연 24회'),
    ('00000000-0000-7000-8000-000000002304', 'school_office', 'whole_blood', '전혈',   'donation', 240, 3, 3, '2010-07-01', NULL, '학교: 학년도(3월-2월)에 3회까지'),
    ('00000000-0000-7000-8000-000000002305', 'school_office', 'plasma',      '혈장',   'donation', 240, 3, 3, '2010-07-01', NULL, '학교: 학년도(3월-2월)에 3회까지'),
    ('00000000-0000-7000-8000-000000002306', 'school_office', 'platelets',   '혈소판', 'donation', 240, 3, 3, '2010-07-01', NULL, '학교: 학년도(3월-2월)에 3회까지');

-- One file of which something was taken.
CREATE TABLE transfers (
    id          text        NOT NULL,
    system      text        NOT NULL,
    file_hash   text        NOT NULL,
    lines       integer     NOT NULL,
    imported    integer     NOT NULL,
    imported_at datetime NOT NULL,
    imported_by text        NOT NULL,
    CONSTRAINT transfers_pkey PRIMARY KEY (id),
    CONSTRAINT transfers_counts_check CHECK (imported BETWEEN 1 AND lines),
    CONSTRAINT transfers_system_fkey FOREIGN KEY (system) REFERENCES transfer_systems (code),
    CONSTRAINT transfers_lines_integer CHECK (typeof(lines) = 'integer'),
    CONSTRAINT transfers_imported_integer CHECK (typeof(imported) = 'integer')
);

-- Where an imported attendance came from. A number of a system is taken once; hash is of what the system said of it.
CREATE TABLE transfer_origins (
    attendance_id text    NOT NULL,
    transfer_id   text    NOT NULL,
    origin_system text    NOT NULL,
    origin_id     text    NOT NULL,
    hash          text    NOT NULL,
    line          integer NOT NULL,
    donation_kind text,
    CONSTRAINT transfer_origins_pkey PRIMARY KEY (attendance_id),
    CONSTRAINT transfer_origins_origin_system_origin_id_key UNIQUE (origin_system, origin_id),
    CONSTRAINT transfer_origins_attendance_fkey FOREIGN KEY (attendance_id) REFERENCES attendances (id),
    CONSTRAINT transfer_origins_transfer_fkey FOREIGN KEY (transfer_id) REFERENCES transfers (id),
    CONSTRAINT transfer_origins_system_fkey FOREIGN KEY (origin_system) REFERENCES transfer_systems (code),
    CONSTRAINT transfer_origins_line_integer CHECK (typeof(line) = 'integer')
);
CREATE INDEX transfer_origins_transfer_idx ON transfer_origins (transfer_id);
-- +goose StatementBegin
CREATE TRIGGER transfers_append_only BEFORE UPDATE ON transfers
BEGIN
    SELECT RAISE(ABORT, 'transfers is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER transfers_no_delete BEFORE DELETE ON transfers
BEGIN
    SELECT RAISE(ABORT, 'transfers is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER transfer_origins_append_only BEFORE UPDATE ON transfer_origins
BEGIN
    SELECT RAISE(ABORT, 'transfer_origins is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER transfer_origins_no_delete BEFORE DELETE ON transfer_origins
BEGIN
    SELECT RAISE(ABORT, 'transfer_origins is append-only');
END;
-- +goose StatementEnd

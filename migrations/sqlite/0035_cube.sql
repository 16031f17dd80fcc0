-- +goose Up
-- Cubes (통계 큐브): the city's figures two ways at a time. Facts are the ledger's days of attendance with what the person was
-- then; cells are counted from facts, and moved by the difference when a person's facts change. Whatever may change them
-- puts the person into the queue, which is worked off within a second or so; a row without a person asks for a recount of all facts.
CREATE TABLE cube_queue (
    id           integer NOT NULL,
    volunteer_id text,
    year         integer NOT NULL CHECK (typeof(year) = 'integer'),
    CONSTRAINT cube_queue_pkey PRIMARY KEY (id)
);
CREATE INDEX cube_queue_recount_idx ON cube_queue (id) WHERE volunteer_id IS NULL;

-- One row, the lock of whoever keeps the figures.
CREATE TABLE cube_keepers (
    id integer NOT NULL,
    CONSTRAINT cube_keepers_pkey PRIMARY KEY (id),
    CONSTRAINT cube_keepers_one_check CHECK (id = 1)
);
INSERT INTO cube_keepers (id) VALUES (1);

CREATE TABLE cube_facts (
    volunteer_id   text    NOT NULL,
    day            date    NOT NULL,
    attendance_id  text    NOT NULL,
    visits         integer NOT NULL CHECK (typeof(visits) = 'integer'),
    minutes        integer NOT NULL CHECK (typeof(minutes) = 'integer'),
    age            integer NOT NULL CHECK (typeof(age) = 'integer'),
    sex            text    NOT NULL,
    home_code      text    NOT NULL,
    place_code     text    NOT NULL,
    camp_code      text    NOT NULL,
    field_code     text    NOT NULL,
    evidence       text    NOT NULL,
    organiser_type text    NOT NULL,
    organiser_id   text    NOT NULL,
    party          text    NOT NULL,
    CONSTRAINT cube_facts_pkey PRIMARY KEY (volunteer_id, day, attendance_id),
    CONSTRAINT cube_facts_counts_check CHECK (visits >= 0 AND minutes >= 0 AND visits + minutes > 0)
) WITHOUT ROWID;

-- How the number of registered residents came about: +1 where somebody registered or moved to, -1 where he moved from or withdrew.
CREATE TABLE cube_steps (
    volunteer_id text    NOT NULL,
    day          date    NOT NULL,
    home_code    text    NOT NULL,
    sex          text    NOT NULL,
    birth_date   date    NOT NULL,
    delta        integer NOT NULL CHECK (typeof(delta) = 'integer'),
    CONSTRAINT cube_steps_pkey PRIMARY KEY (volunteer_id, day, home_code),
    CONSTRAINT cube_steps_delta_check CHECK (delta IN (-1, 1))
) WITHOUT ROWID;

CREATE TABLE cube_cells (
    name       text    NOT NULL,
    year       integer NOT NULL CHECK (typeof(year) = 'integer'),
    row_key    text    NOT NULL,
    column_key text    NOT NULL,
    persons    integer NOT NULL CHECK (typeof(persons) = 'integer'),
    visits     integer NOT NULL CHECK (typeof(visits) = 'integer'),
    minutes    integer NOT NULL CHECK (typeof(minutes) = 'integer'),
    newcomer   integer NOT NULL CHECK (typeof(newcomer) = 'integer'),
    regular    integer NOT NULL CHECK (typeof(regular) = 'integer'),
    CONSTRAINT cube_cells_pkey PRIMARY KEY (name, year, row_key, column_key),
    CONSTRAINT cube_cells_counts_check CHECK (persons >= 0 AND visits >= 0 AND minutes >= 0 AND newcomer BETWEEN 0 AND persons AND regular BETWEEN 0 AND persons)
) WITHOUT ROWID;

CREATE TABLE cube_stock (
    month     date    NOT NULL,
    home_code text    NOT NULL,
    sex       text    NOT NULL,
    delta     integer NOT NULL CHECK (typeof(delta) = 'integer'),
    CONSTRAINT cube_stock_pkey PRIMARY KEY (month, home_code, sex)
) WITHOUT ROWID;

-- Public holidays (공휴일), substitute days and days of elections among them.
CREATE TABLE holidays (
    day  date NOT NULL,
    name text NOT NULL,
    CONSTRAINT holidays_pkey PRIMARY KEY (day)
);
INSERT INTO holidays (day, name) VALUES
    ('2023-01-01', '신정'),
    ('2023-01-21', '설날 연휴'),
    ('2023-01-22', '설날'),
    ('2023-01-23', '설날 연휴'),
    ('2023-01-24', '설날 대체공휴일'),
    ('2023-03-01', '삼일절'),
    ('2023-05-05', '어린이날'),
    ('2023-05-27', '부처님오신날'),
    ('2023-05-29', '부처님오신날 대체공휴일'),
    ('2023-06-06', '현충일'),
    ('2023-08-15', '광복절'),
    ('2023-09-28', '추석 연휴'),
    ('2023-09-29', '추석'),
    ('2023-09-30', '추석 연휴'),
    ('2023-10-02', '임시공휴일'),
    ('2023-10-03', '개천절'),
    ('2023-10-09', '한글날'),
    ('2023-12-25', '성탄절'),
    ('2024-01-01', '신정'),
    ('2024-02-09', '설날 연휴'),
    ('2024-02-10', '설날'),
    ('2024-02-11', '설날 연휴'),
    ('2024-02-12', '설날 대체공휴일'),
    ('2024-03-01', '삼일절'),
    ('2024-04-10', '국회의원선거'),
    ('2024-05-05', '어린이날'),
    ('2024-05-06', '어린이날 대체공휴일'),
    ('2024-05-15', '부처님오신날'),
    ('2024-06-06', '현충일'),
    ('2024-08-15', '광복절'),
    ('2024-09-16', '추석 연휴'),
    ('2024-09-17', '추석'),
    ('2024-09-18', '추석 연휴'),
    ('2024-10-01', '임시공휴일(국군의 날)'),
    ('2024-10-03', '개천절'),
    ('2024-10-09', '한글날'),
    ('2024-12-25', '성탄절'),
    ('2025-01-01', '신정'),
    ('2025-01-27', '임시공휴일'),
    ('2025-01-28', '설날 연휴'),
    ('2025-01-29', '설날'),
    ('2025-01-30', '설날 연휴'),
    ('2025-03-01', '삼일절'),
    ('2025-03-03', '삼일절 대체공휴일'),
    ('2025-05-05', '어린이날·부처님오신날'),
    ('2025-05-06', '대체공휴일'),
    ('2025-06-03', '대통령선거'),
    ('2025-06-06', '현충일'),
    ('2025-08-15', '광복절'),
    ('2025-10-03', '개천절'),
    ('2025-10-05', '추석 연휴'),
    ('2025-10-06', '추석'),
    ('2025-10-07', '추석 연휴'),
    ('2025-10-08', '추석 대체공휴일'),
    ('2025-10-09', '한글날'),
    ('2025-12-25', '성탄절'),
    ('2026-01-01', '신정'),
    ('2026-02-16', '설날 연휴'),
    ('2026-02-17', '설날'),
    ('2026-02-18', '설날 연휴'),
    ('2026-03-01', '삼일절'),
    ('2026-03-02', '삼일절 대체공휴일'),
    ('2026-05-05', '어린이날'),
    ('2026-05-24', '부처님오신날'),
    ('2026-05-25', '부처님오신날 대체공휴일'),
    ('2026-06-03', '전국동시지방선거'),
    ('2026-06-06', '현충일'),
    ('2026-08-15', '광복절'),
    ('2026-08-17', '광복절 대체공휴일'),
    ('2026-09-24', '추석 연휴'),
    ('2026-09-25', '추석'),
    ('2026-09-26', '추석 연휴'),
    ('2026-10-03', '개천절'),
    ('2026-10-05', '개천절 대체공휴일'),
    ('2026-10-09', '한글날'),
    ('2026-12-25', '성탄절'),
    ('2027-01-01', '신정'),
    ('2027-02-06', '설날 연휴'),
    ('2027-02-07', '설날'),
    ('2027-02-08', '설날 연휴'),
    ('2027-02-09', '설날 대체공휴일'),
    ('2027-03-01', '삼일절'),
    ('2027-05-05', '어린이날'),
    ('2027-05-13', '부처님오신날'),
    ('2027-06-06', '현충일'),
    ('2027-08-15', '광복절'),
    ('2027-08-16', '광복절 대체공휴일'),
    ('2027-09-14', '추석 연휴'),
    ('2027-09-15', '추석'),
    ('2027-09-16', '추석 연휴'),
    ('2027-10-03', '개천절'),
    ('2027-10-04', '개천절 대체공휴일'),
    ('2027-10-09', '한글날'),
    ('2027-10-11', '한글날 대체공휴일'),
    ('2027-12-25', '성탄절'),
    ('2027-12-27', '성탄절 대체공휴일');

-- With whom somebody came, where he came with a group (단체).
ALTER TABLE attendances ADD COLUMN group_name text;

-- +goose StatementBegin
CREATE TRIGGER volunteers_counted_insert AFTER INSERT ON volunteers
BEGIN
    INSERT INTO cube_queue (volunteer_id, year) VALUES (NEW.id, 0);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER volunteers_counted AFTER UPdate OF birth_date, sex, region_code, status, registered_on, withdrawn_on ON volunteers
BEGIN
    INSERT INTO cube_queue (volunteer_id, year) VALUES (NEW.id, 0);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER residences_counted_insert AFTER INSERT ON residences
BEGIN
    INSERT INTO cube_queue (volunteer_id, year) VALUES (NEW.volunteer_id, 0);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER residences_counted AFTER UPdate ON residences
BEGIN
    INSERT INTO cube_queue (volunteer_id, year) VALUES (NEW.volunteer_id, 0);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER residences_counted_delete AFTER DELETE ON residences
BEGIN
    INSERT INTO cube_queue (volunteer_id, year) VALUES (OLD.volunteer_id, 0);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER activities_counted AFTER UPdate OF region_code, organiser_type, organiser_id ON activities WHEN OLD.region_code <> NEW.region_code OR OLD.organiser_type <> NEW.organiser_type OR OLD.organiser_id <> NEW.organiser_id
BEGIN
    INSERT INTO cube_queue (volunteer_id, year) SELECT DISTINCT a.volunteer_id, 0
        FROM shifts s JOIN attendances a ON a.shift_id = s.id WHERE s.activity_id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER camps_counted AFTER UPdate OF region_code ON camps WHEN OLD.region_code <> NEW.region_code
BEGIN
    INSERT INTO cube_queue (volunteer_id, year) SELECT DISTINCT a.volunteer_id, 0 FROM attendances a WHERE a.organiser_id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER regions_counted_insert AFTER INSERT ON regions
BEGIN
    INSERT INTO cube_queue (volunteer_id, year) SELECT NULL, 0 WHERE NOT EXISTS (SELECT 1 FROM cube_queue WHERE volunteer_id IS NULL);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER regions_counted_update AFTER UPdate ON regions
BEGIN
    INSERT INTO cube_queue (volunteer_id, year) SELECT NULL, 0 WHERE NOT EXISTS (SELECT 1 FROM cube_queue WHERE volunteer_id IS NULL);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER regions_counted_delete AFTER DELETE ON regions
BEGIN
    INSERT INTO cube_queue (volunteer_id, year) SELECT NULL, 0 WHERE NOT EXISTS (SELECT 1 FROM cube_queue WHERE volunteer_id IS NULL);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER population_totals_counted_insert AFTER INSERT ON population_totals
BEGIN
    INSERT INTO cube_queue (volunteer_id, year) SELECT NULL, 0 WHERE NOT EXISTS (SELECT 1 FROM cube_queue WHERE volunteer_id IS NULL);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER population_totals_counted_update AFTER UPdate ON population_totals
BEGIN
    INSERT INTO cube_queue (volunteer_id, year) SELECT NULL, 0 WHERE NOT EXISTS (SELECT 1 FROM cube_queue WHERE volunteer_id IS NULL);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER population_totals_counted_delete AFTER DELETE ON population_totals
BEGIN
    INSERT INTO cube_queue (volunteer_id, year) SELECT NULL, 0 WHERE NOT EXISTS (SELECT 1 FROM cube_queue WHERE volunteer_id IS NULL);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER holidays_counted_insert AFTER INSERT ON holidays
BEGIN
    INSERT INTO cube_queue (volunteer_id, year) SELECT NULL, 0 WHERE NOT EXISTS (SELECT 1 FROM cube_queue WHERE volunteer_id IS NULL);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER holidays_counted_update AFTER UPdate ON holidays
BEGIN
    INSERT INTO cube_queue (volunteer_id, year) SELECT NULL, 0 WHERE NOT EXISTS (SELECT 1 FROM cube_queue WHERE volunteer_id IS NULL);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER holidays_counted_delete AFTER DELETE ON holidays
BEGIN
    INSERT INTO cube_queue (volunteer_id, year) SELECT NULL, 0 WHERE NOT EXISTS (SELECT 1 FROM cube_queue WHERE volunteer_id IS NULL);
END;
-- +goose StatementEnd
-- What is there already is counted at the first start.
INSERT INTO cube_queue (volunteer_id, year) SELECT id, 0 FROM volunteers ORDER BY id;

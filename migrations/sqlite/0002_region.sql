-- +goose Up
-- Regions: administrative units by code, each code with the days on which it is valid, and population by month.
CREATE TABLE regions (
    code       text NOT NULL,
    level      text NOT NULL,
    parent     text,
    name       text NOT NULL,
    lat        real,
    lon        real,
    valid_from date,
    valid_to   date,
    successor  text,
    CONSTRAINT regions_pkey PRIMARY KEY (code),
    CONSTRAINT regions_level_check CHECK (level IN ('city', 'gu', 'dong')),
    CONSTRAINT regions_code_check CHECK (length(code) = 10),
    CONSTRAINT regions_parent_check CHECK ((level = 'city') = (parent IS NULL)),
    CONSTRAINT regions_valid_check CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from),
    CONSTRAINT regions_parent_fkey FOREIGN KEY (parent) REFERENCES regions (code),
    CONSTRAINT regions_successor_fkey FOREIGN KEY (successor) REFERENCES regions (code)
);
CREATE INDEX regions_parent_idx ON regions (parent);
CREATE INDEX regions_successor_idx ON regions (successor);

-- The country's first level (시·도): the roof of the city's own gu, and what people from elsewhere say they come from.
INSERT INTO regions (code, level, name, valid_from, valid_to, successor) VALUES
    ('1100000000', 'city', '서울특별시',         NULL,         NULL,         NULL),
    ('1200000000', 'city', '전남광주통합특별시', '2026-07-01', NULL,         NULL),
    ('2600000000', 'city', '부산광역시',         NULL,         NULL,         NULL),
    ('2700000000', 'city', '대구광역시',         NULL,         NULL,         NULL),
    ('2800000000', 'city', '인천광역시',         NULL,         NULL,         NULL),
    ('2900000000', 'city', '광주광역시',         NULL,         '2026-06-30', '1200000000'),
    ('3000000000', 'city', '대전광역시',         NULL,         NULL,         NULL),
    ('3100000000', 'city', '울산광역시',         NULL,         NULL,         NULL),
    ('3600000000', 'city', '세종특별자치시',     NULL,         NULL,         NULL),
    ('4100000000', 'city', '경기도',             NULL,         NULL,         NULL),
    ('4300000000', 'city', '충청북도',           NULL,         NULL,         NULL),
    ('4400000000', 'city', '충청남도',           NULL,         NULL,         NULL),
    ('4600000000', 'city', '전라남도',           NULL,         '2026-06-30', '1200000000'),
    ('4700000000', 'city', '경상북도',           NULL,         NULL,         NULL),
    ('4800000000', 'city', '경상남도',           NULL,         NULL,         NULL),
    ('5000000000', 'city', '제주특별자치도',     NULL,         NULL,         NULL),
    ('5100000000', 'city', '강원특별자치도',     NULL,         NULL,         NULL),
    ('5200000000', 'city', '전북특별자치도',     NULL,         NULL,         NULL);

-- Residents of a dong in a month; what stands above a dong is summed. Where the bands of that month are kept, they add up to it.
CREATE TABLE population_totals (
    region_code text    NOT NULL,
    month       date    NOT NULL,
    residents   integer NOT NULL,
    CONSTRAINT population_totals_pkey PRIMARY KEY (month, region_code),
    CONSTRAINT population_totals_residents_check CHECK (residents >= 0),
    CONSTRAINT population_totals_region_fkey FOREIGN KEY (region_code) REFERENCES regions (code),
    CONSTRAINT population_totals_residents_integer CHECK (typeof(residents) = 'integer')
);

-- The same by sex and age band as published; age_to is NULL for "and over".
CREATE TABLE populations (
    region_code text    NOT NULL,
    month       date    NOT NULL,
    sex         text    NOT NULL,
    age_from    integer NOT NULL,
    age_to      integer,
    residents   integer NOT NULL,
    CONSTRAINT populations_pkey PRIMARY KEY (month, region_code, sex, age_from),
    CONSTRAINT populations_sex_check CHECK (sex IN ('female', 'male')),
    CONSTRAINT populations_age_check CHECK (age_from >= 0 AND (age_to IS NULL OR age_to >= age_from)),
    CONSTRAINT populations_residents_check CHECK (residents >= 0),
    CONSTRAINT populations_region_fkey FOREIGN KEY (region_code) REFERENCES regions (code),
    CONSTRAINT populations_age_from_integer CHECK (typeof(age_from) = 'integer'),
    CONSTRAINT populations_age_to_integer CHECK (typeof(age_to) IN ('integer', 'null')),
    CONSTRAINT populations_residents_integer CHECK (typeof(residents) = 'integer')
);

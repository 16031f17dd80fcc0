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
    CONSTRAINT regions_valid_check CHECK (valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from),
    CONSTRAINT regions_parent_fkey FOREIGN KEY (parent) REFERENCES regions (code),
    CONSTRAINT regions_successor_fkey FOREIGN KEY (successor) REFERENCES regions (code)
);
CREATE INDEX regions_parent_idx ON regions (parent);
CREATE INDEX regions_successor_idx ON regions (successor);

-- One row a region, month, sex and age band as published; age_to is NULL for "and over".
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

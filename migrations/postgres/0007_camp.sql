-- +goose Up
-- Camps: neighbourhood centres, none to several in a dong, opened and closed on days.
CREATE TABLE camps (
    id             uuid             NOT NULL,
    name           text             NOT NULL,
    search         text             NOT NULL,
    region_code    text             NOT NULL,
    address        text             NOT NULL,
    phone          text             NOT NULL,
    lat            double precision NOT NULL,
    lon            double precision NOT NULL,
    opening_hours  text             NOT NULL,
    opened_on      date             NOT NULL,
    closed_on      date,
    version        integer          NOT NULL,
    CONSTRAINT camps_pkey PRIMARY KEY (id),
    CONSTRAINT camps_lat_check CHECK (lat BETWEEN -90 AND 90),
    CONSTRAINT camps_lon_check CHECK (lon BETWEEN -180 AND 180),
    CONSTRAINT camps_days_check CHECK (closed_on IS NULL OR closed_on >= opened_on),
    CONSTRAINT camps_region_fkey FOREIGN KEY (region_code) REFERENCES regions (code)
);
CREATE INDEX camps_region_idx ON camps (region_code);
CREATE INDEX camps_lat_lon_idx ON camps (lat, lon);

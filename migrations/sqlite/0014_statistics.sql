-- +goose Up
-- Rollups for the phone and the city's figures, kept in the transaction of each post; they can be rebuilt from the ledger.
CREATE TABLE person_months (
    volunteer_id text    NOT NULL,
    month        date    NOT NULL,
    minutes      integer  NOT NULL,
    visits       integer NOT NULL,
    CONSTRAINT person_months_pkey PRIMARY KEY (month, volunteer_id),
    CONSTRAINT person_months_minutes_integer CHECK (typeof(minutes) = 'integer'),
    CONSTRAINT person_months_visits_integer CHECK (typeof(visits) = 'integer')
);
CREATE TABLE person_years (
    volunteer_id text    NOT NULL,
    year         integer NOT NULL,
    minutes      integer  NOT NULL,
    visits       integer NOT NULL,
    reversed     integer  NOT NULL,
    CONSTRAINT person_years_pkey PRIMARY KEY (volunteer_id, year),
    CONSTRAINT person_years_year_integer CHECK (typeof(year) = 'integer'),
    CONSTRAINT person_years_minutes_integer CHECK (typeof(minutes) = 'integer'),
    CONSTRAINT person_years_visits_integer CHECK (typeof(visits) = 'integer'),
    CONSTRAINT person_years_reversed_integer CHECK (typeof(reversed) = 'integer')
);
CREATE TABLE person_fields (
    volunteer_id text   NOT NULL,
    field_code   text   NOT NULL,
    minutes      integer NOT NULL,
    CONSTRAINT person_fields_pkey PRIMARY KEY (volunteer_id, field_code),
    CONSTRAINT person_fields_minutes_integer CHECK (typeof(minutes) = 'integer')
);

-- +goose Up
-- Rollups for the phone and the city's figures, kept in the transaction of each post; they can be rebuilt from the ledger.
CREATE TABLE person_months (
    volunteer_id uuid    NOT NULL,
    month        date    NOT NULL,
    minutes      bigint  NOT NULL,
    visits       integer NOT NULL,
    CONSTRAINT person_months_pkey PRIMARY KEY (month, volunteer_id)
);
CREATE TABLE person_years (
    volunteer_id uuid    NOT NULL,
    year         integer NOT NULL,
    minutes      bigint  NOT NULL,
    visits       integer NOT NULL,
    reversed     bigint  NOT NULL,
    CONSTRAINT person_years_pkey PRIMARY KEY (volunteer_id, year)
);
CREATE TABLE person_fields (
    volunteer_id uuid   NOT NULL,
    field_code   text   NOT NULL,
    minutes      bigint NOT NULL,
    CONSTRAINT person_fields_pkey PRIMARY KEY (volunteer_id, field_code)
);

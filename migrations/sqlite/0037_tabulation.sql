-- +goose Up
-- Tabulations (교차표): any pair of axes of a year, worked out of the facts when a centre officer asks, and kept until these change.
-- The revision of a year moves in the transaction that changes its facts; that of year 0 when all are counted anew.
CREATE TABLE cube_revisions (
    year integer NOT NULL CHECK (typeof(year) = 'integer'),
    revision integer NOT NULL CHECK (typeof(revision) = 'integer'),
    CONSTRAINT cube_revisions_pkey PRIMARY KEY (year)
);

CREATE TABLE tabulations (
    id          text        NOT NULL,
    year integer NOT NULL CHECK (typeof(year) = 'integer'),
    row_side    text        NOT NULL,
    column_side text        NOT NULL,
    state       text        NOT NULL,
    asked_at    datetime NOT NULL,
    asked_by    text        NOT NULL,
    finished_at datetime,
    revision integer NOT NULL CHECK (typeof(revision) = 'integer'),
    failures integer NOT NULL CHECK (typeof(failures) = 'integer'),
    CONSTRAINT tabulations_pkey PRIMARY KEY (id),
    CONSTRAINT tabulations_state_check CHECK (state IN ('waiting', 'finished', 'failed')),
    CONSTRAINT tabulations_finished_check CHECK ((state = 'finished') = (finished_at IS NOT NULL))
);
CREATE UNIQUE INDEX tabulations_waiting_key ON tabulations (year, row_side, column_side) WHERE state = 'waiting';
CREATE INDEX tabulations_table_idx ON tabulations (year, row_side, column_side, id);

CREATE TABLE tabulation_cells (
    tabulation_id text   NOT NULL,
    row_key       text   NOT NULL,
    column_key    text   NOT NULL,
    persons integer NOT NULL CHECK (typeof(persons) = 'integer'),
    visits integer NOT NULL CHECK (typeof(visits) = 'integer'),
    minutes integer NOT NULL CHECK (typeof(minutes) = 'integer'),
    newcomer integer NOT NULL CHECK (typeof(newcomer) = 'integer'),
    regular integer NOT NULL CHECK (typeof(regular) = 'integer'),
    registered integer CHECK (typeof(registered) IN ('integer', 'null')),
    population integer CHECK (typeof(population) IN ('integer', 'null')),
    population_of date,
    CONSTRAINT tabulation_cells_pkey PRIMARY KEY (tabulation_id, row_key, column_key),
    CONSTRAINT tabulation_cells_tabulation_fkey FOREIGN KEY (tabulation_id) REFERENCES tabulations (id) ON DELETE CASCADE
);

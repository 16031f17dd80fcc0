-- +goose Up
-- Tabulations (교차표): any pair of axes of a year, worked out of the facts when a centre officer asks, and kept until these change.
-- The revision of a year moves in the transaction that changes its facts; that of year 0 when all are counted anew.
CREATE TABLE cube_revisions (
    year     integer NOT NULL,
    revision bigint  NOT NULL,
    CONSTRAINT cube_revisions_pkey PRIMARY KEY (year)
);

CREATE TABLE tabulations (
    id          uuid        NOT NULL,
    year        integer     NOT NULL,
    row_side    text        NOT NULL,
    column_side text        NOT NULL,
    state       text        NOT NULL,
    asked_at    timestamptz NOT NULL,
    asked_by    uuid        NOT NULL,
    finished_at timestamptz,
    revision    bigint      NOT NULL,
    failures    integer     NOT NULL,
    CONSTRAINT tabulations_pkey PRIMARY KEY (id),
    CONSTRAINT tabulations_state_check CHECK (state IN ('waiting', 'finished', 'failed')),
    CONSTRAINT tabulations_finished_check CHECK ((state = 'finished') = (finished_at IS NOT NULL))
);
CREATE UNIQUE INDEX tabulations_waiting_key ON tabulations (year, row_side, column_side) WHERE state = 'waiting';
CREATE INDEX tabulations_table_idx ON tabulations (year, row_side, column_side, id);

CREATE TABLE tabulation_cells (
    tabulation_id uuid   NOT NULL,
    row_key       text   NOT NULL,
    column_key    text   NOT NULL,
    persons       bigint NOT NULL,
    visits        bigint NOT NULL,
    minutes       bigint NOT NULL,
    newcomer      bigint NOT NULL,
    regular       bigint NOT NULL,
    registered    bigint,
    population    bigint,
    population_of date,
    CONSTRAINT tabulation_cells_pkey PRIMARY KEY (tabulation_id, row_key, column_key),
    CONSTRAINT tabulation_cells_tabulation_fkey FOREIGN KEY (tabulation_id) REFERENCES tabulations (id) ON DELETE CASCADE
);

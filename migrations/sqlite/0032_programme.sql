-- +goose Up
-- Incentive programmes (인센티브): who may have what, as data. A programme is its versions: each holds the whole of the terms
-- from a day on, and none changes what was claimed before that day. What the database has to prove stands in columns of its own.
CREATE TABLE programmes (
    id           text        NOT NULL,
    code         text        NOT NULL,
    name         text        NOT NULL,
    name_en      text        NOT NULL,
    owner        text        NOT NULL,
    source       text        NOT NULL,
    closed_on    date,
    close_reason text        NOT NULL,
    created_at   datetime NOT NULL,
    created_by   text        NOT NULL,
    version      integer     NOT NULL,
    CONSTRAINT programmes_pkey PRIMARY KEY (id),
    CONSTRAINT programmes_code_key UNIQUE (code),
    CONSTRAINT programmes_code_check CHECK (length(code) BETWEEN 3 AND 60),
    CONSTRAINT programmes_version_integer CHECK (typeof(version) = 'integer')
);

CREATE TABLE programme_versions (
    programme_id    text        NOT NULL,
    number          integer     NOT NULL,
    from_day        date        NOT NULL,
    terms           text        NOT NULL,
    per_year        integer     NOT NULL,
    budget_holdings integer     NOT NULL,
    budget_won      integer      NOT NULL,
    budget_each     text        NOT NULL,
    one_per_car     boolean     NOT NULL,
    created_at      datetime NOT NULL,
    created_by      text        NOT NULL,
    reason          text        NOT NULL,
    CONSTRAINT programme_versions_pkey PRIMARY KEY (programme_id, number),
    CONSTRAINT programme_versions_programme_id_from_day_key UNIQUE (programme_id, from_day),
    CONSTRAINT programme_versions_each_check CHECK (budget_each IN ('', 'year', 'programme')),
    CONSTRAINT programme_versions_caps_check CHECK (per_year >= 0 AND budget_holdings >= 0 AND budget_won >= 0),
    CONSTRAINT programme_versions_programme_fkey FOREIGN KEY (programme_id) REFERENCES programmes (id),
    CONSTRAINT programme_versions_number_integer CHECK (typeof(number) = 'integer'),
    CONSTRAINT programme_versions_per_year_integer CHECK (typeof(per_year) = 'integer'),
    CONSTRAINT programme_versions_budget_holdings_integer CHECK (typeof(budget_holdings) = 'integer'),
    CONSTRAINT programme_versions_budget_won_integer CHECK (typeof(budget_won) = 'integer')
);

-- A holding is what somebody has of a programme. period tells those apart that he may have beside one another (a coupon of
-- each month); the car's plate is kept as a hash, with the four digits by which people know it. ledger_sequence is the last
-- entry of the account when it was claimed, reviewed the last one that it was looked at again
-- with; camp_id is the claimant's own camp of that day, and camp_region where it stands.
CREATE TABLE holdings (
    id              text        NOT NULL,
    programme_id    text        NOT NULL,
    number          integer     NOT NULL,
    volunteer_id    text        NOT NULL,
    benefit         text        NOT NULL,
    state           text        NOT NULL,
    period          text        NOT NULL,
    ledger_sequence integer      NOT NULL,
    reviewed        integer      NOT NULL,
    camp_id         text,
    camp_region     text        NOT NULL,
    won             integer      NOT NULL,
    car_hash        text,
    car_last        text        NOT NULL,
    claimed_at      datetime NOT NULL,
    claimed_on      date        NOT NULL,
    claimed_by      text        NOT NULL,
    granted_at      datetime,
    granted_by      text,
    valid_from      date,
    valid_to        date,
    exchanged_for   text,
    ended_at        datetime,
    CONSTRAINT holdings_pkey PRIMARY KEY (id),
    CONSTRAINT holdings_benefit_check CHECK (benefit IN ('card', 'badge', 'mileage', 'voucher', 'merchant_discount', 'facility_discount', 'parking', 'award')),
    CONSTRAINT holdings_state_check CHECK (state IN ('requested', 'refused', 'held', 'expired', 'taken_back', 'exchanged')),
    CONSTRAINT holdings_granted_check CHECK ((granted_at IS NULL) = (state IN ('requested', 'refused'))),
    CONSTRAINT holdings_valid_check CHECK ((valid_from IS NULL) = (granted_at IS NULL) AND (valid_to IS NULL OR valid_to >= valid_from)),
    CONSTRAINT holdings_ended_check CHECK ((ended_at IS NULL) = (state IN ('requested', 'held'))),
    CONSTRAINT holdings_exchanged_check CHECK (state <> 'exchanged' OR exchanged_for IS NOT NULL),
    CONSTRAINT holdings_won_check CHECK (won >= 0),
    CONSTRAINT holdings_version_fkey FOREIGN KEY (programme_id, number) REFERENCES programme_versions (programme_id, number),
    CONSTRAINT holdings_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT holdings_exchanged_fkey FOREIGN KEY (exchanged_for) REFERENCES holdings (id),
    CONSTRAINT holdings_number_integer CHECK (typeof(number) = 'integer'),
    CONSTRAINT holdings_ledger_sequence_integer CHECK (typeof(ledger_sequence) = 'integer'),
    CONSTRAINT holdings_reviewed_integer CHECK (typeof(reviewed) = 'integer'),
    CONSTRAINT holdings_won_integer CHECK (typeof(won) = 'integer')
);
CREATE UNIQUE INDEX holdings_live_key ON holdings (programme_id, volunteer_id, period) WHERE state IN ('requested', 'held');
CREATE UNIQUE INDEX holdings_car_key ON holdings (programme_id, car_hash) WHERE state IN ('requested', 'held');
CREATE INDEX holdings_volunteer_idx ON holdings (volunteer_id, id);
CREATE INDEX holdings_programme_idx ON holdings (programme_id, state, id);
CREATE INDEX holdings_ending_idx ON holdings (valid_to) WHERE state = 'held';
CREATE INDEX holdings_exchanged_idx ON holdings (exchanged_for);

-- What a holding was earned by: of each requirement the conditions as they were measured when it was claimed.
CREATE TABLE holding_bases (
    holding_id  text    NOT NULL,
    requirement integer NOT NULL,
    line        integer NOT NULL,
    measure     text    NOT NULL,
    window_from date,
    window_to   date    NOT NULL,
    at_least    integer  NOT NULL,
    measured    integer  NOT NULL,
    CONSTRAINT holding_bases_pkey PRIMARY KEY (holding_id, requirement, line),
    CONSTRAINT holding_bases_measure_check CHECK (measure IN ('minutes', 'visits', 'active_days')),
    CONSTRAINT holding_bases_window_check CHECK (window_from IS NULL OR window_to >= window_from),
    CONSTRAINT holding_bases_holding_fkey FOREIGN KEY (holding_id) REFERENCES holdings (id),
    CONSTRAINT holding_bases_requirement_integer CHECK (typeof(requirement) = 'integer'),
    CONSTRAINT holding_bases_line_integer CHECK (typeof(line) = 'integer'),
    CONSTRAINT holding_bases_at_least_integer CHECK (typeof(at_least) = 'integer'),
    CONSTRAINT holding_bases_measured_integer CHECK (typeof(measured) = 'integer')
);

-- What became of a holding, step by step, and which entry of the ledger was the reason.
CREATE TABLE incentive_steps (
    id           text        NOT NULL,
    holding_id   text        NOT NULL,
    at           datetime NOT NULL,
    what         text        NOT NULL,
    why          text        NOT NULL,
    note         text        NOT NULL,
    entry_id     text,
    requirement  integer,
    line         integer,
    before       integer,
    after        integer,
    account_id   text,
    CONSTRAINT incentive_steps_pkey PRIMARY KEY (id),
    CONSTRAINT incentive_steps_what_check CHECK (what IN ('requested', 'refused', 'granted', 'decreased', 'taken_back', 'expired', 'exchanged')),
    CONSTRAINT incentive_steps_holding_fkey FOREIGN KEY (holding_id) REFERENCES holdings (id),
    CONSTRAINT incentive_steps_entry_fkey FOREIGN KEY (entry_id) REFERENCES ledger_entries (id),
    CONSTRAINT incentive_steps_requirement_integer CHECK (typeof(requirement) IN ('integer', 'null')),
    CONSTRAINT incentive_steps_line_integer CHECK (typeof(line) IN ('integer', 'null')),
    CONSTRAINT incentive_steps_before_integer CHECK (typeof(before) IN ('integer', 'null')),
    CONSTRAINT incentive_steps_after_integer CHECK (typeof(after) IN ('integer', 'null'))
);
CREATE INDEX incentive_steps_holding_idx ON incentive_steps (holding_id, id);

-- Whom a programme would find in the whole city on a day: counted in chunks of persons by id, so that it goes on where it was.
CREATE TABLE programme_evaluations (
    id           text        NOT NULL,
    programme_id text        NOT NULL,
    number       integer     NOT NULL,
    day          date        NOT NULL,
    state        text        NOT NULL,
    persons      integer      NOT NULL,
    seen         integer      NOT NULL,
    eligible     integer      NOT NULL,
    position     text        NOT NULL,
    started_at   datetime NOT NULL,
    started_by   text        NOT NULL,
    finished_at  datetime,
    CONSTRAINT programme_evaluations_pkey PRIMARY KEY (id),
    CONSTRAINT programme_evaluations_state_check CHECK (state IN ('running', 'finished')),
    CONSTRAINT programme_evaluations_finished_check CHECK ((state = 'finished') = (finished_at IS NOT NULL)),
    CONSTRAINT programme_evaluations_counts_check CHECK (seen >= 0 AND eligible >= 0 AND eligible <= seen),
    CONSTRAINT programme_evaluations_version_fkey FOREIGN KEY (programme_id, number) REFERENCES programme_versions (programme_id, number),
    CONSTRAINT programme_evaluations_number_integer CHECK (typeof(number) = 'integer'),
    CONSTRAINT programme_evaluations_persons_integer CHECK (typeof(persons) = 'integer'),
    CONSTRAINT programme_evaluations_seen_integer CHECK (typeof(seen) = 'integer'),
    CONSTRAINT programme_evaluations_eligible_integer CHECK (typeof(eligible) = 'integer')
);
CREATE UNIQUE INDEX programme_evaluations_running_key ON programme_evaluations (programme_id) WHERE state = 'running';
CREATE INDEX programme_evaluations_programme_idx ON programme_evaluations (programme_id, id);

-- Who met the terms; ranked is what the ranking measures, runner_up what decides between equals, place 0 where nothing is ranked.
CREATE TABLE programme_results (
    evaluation_id text    NOT NULL,
    volunteer_id  text    NOT NULL,
    place         integer NOT NULL,
    ranked        integer  NOT NULL,
    runner_up     integer  NOT NULL,
    measured      text    NOT NULL,
    CONSTRAINT programme_results_pkey PRIMARY KEY (evaluation_id, volunteer_id),
    CONSTRAINT programme_results_evaluation_fkey FOREIGN KEY (evaluation_id) REFERENCES programme_evaluations (id),
    CONSTRAINT programme_results_volunteer_fkey FOREIGN KEY (volunteer_id) REFERENCES volunteers (id),
    CONSTRAINT programme_results_place_integer CHECK (typeof(place) = 'integer'),
    CONSTRAINT programme_results_ranked_integer CHECK (typeof(ranked) = 'integer'),
    CONSTRAINT programme_results_runner_up_integer CHECK (typeof(runner_up) = 'integer')
);
CREATE INDEX programme_results_place_idx ON programme_results (evaluation_id, place, volunteer_id);

-- +goose StatementBegin
CREATE TRIGGER programme_versions_append_only BEFORE UPDATE ON programme_versions
BEGIN
    SELECT RAISE(ABORT, 'programme_versions is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER programme_versions_no_delete BEFORE DELETE ON programme_versions
BEGIN
    SELECT RAISE(ABORT, 'programme_versions is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER holding_bases_append_only BEFORE UPDATE ON holding_bases
BEGIN
    SELECT RAISE(ABORT, 'holding_bases is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER holding_bases_no_delete BEFORE DELETE ON holding_bases
BEGIN
    SELECT RAISE(ABORT, 'holding_bases is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER incentive_steps_append_only BEFORE UPDATE ON incentive_steps
BEGIN
    SELECT RAISE(ABORT, 'incentive_steps is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER incentive_steps_no_delete BEFORE DELETE ON incentive_steps
BEGIN
    SELECT RAISE(ABORT, 'incentive_steps is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER holdings_no_delete BEFORE DELETE ON holdings
BEGIN
    SELECT RAISE(ABORT, 'holdings is append-only');
END;
-- +goose StatementEnd

-- Service that is done from home (원격 봉사): some programmes do not count it.
ALTER TABLE activities ADD COLUMN remote boolean NOT NULL DEFAULT false;

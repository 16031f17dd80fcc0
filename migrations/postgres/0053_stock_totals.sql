-- +goose Up
-- How many are registered after all steps of cube_stock. Figures are mostly asked of late, and are told backwards from here: that reads
-- a few hundred rows, where all years up to a month (cube_stock_years) were thousands.
CREATE TABLE cube_stock_totals (
    home_code text    NOT NULL,
    sex       text    NOT NULL,
    delta     bigint NOT NULL,
    CONSTRAINT cube_stock_totals_pkey PRIMARY KEY (home_code, sex)
);
INSERT INTO cube_stock_totals SELECT home_code, sex, SUM(delta) FROM cube_stock GROUP BY home_code, sex;
DROP TABLE cube_stock_years;

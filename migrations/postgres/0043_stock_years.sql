-- +goose Up
-- The steps of cube_stock by whole years: who is registered is a sum over all that ever were, and most of them lie far back.
CREATE TABLE cube_stock_years (
    year      integer NOT NULL,
    home_code text    NOT NULL,
    sex       text    NOT NULL,
    delta     bigint  NOT NULL,
    CONSTRAINT cube_stock_years_pkey PRIMARY KEY (year, home_code, sex)
);
INSERT INTO cube_stock_years SELECT CAST(date_part('year', month) AS integer), home_code, sex, SUM(delta) FROM cube_stock GROUP BY 1, 2, 3;

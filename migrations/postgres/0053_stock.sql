-- +goose Up
-- The steps of who is registered: a row of a home and month with a column for each sex is a third of the rows, and most figures want
-- their sum. Figures are mostly asked of late, and told backwards from what it all comes to: that reads some hundred rows, where
-- all years up to a month (cube_stock_years) were thousands.
ALTER TABLE cube_stock RENAME TO cube_stock_by_sex;
ALTER INDEX cube_stock_pkey RENAME TO cube_stock_by_sex_pkey;
CREATE TABLE cube_stock (
    month       date NOT NULL,
    home_code   text NOT NULL,
    female      integer NOT NULL,
    male        integer NOT NULL,
    undisclosed integer NOT NULL,
    CONSTRAINT cube_stock_pkey PRIMARY KEY (month, home_code)
);
INSERT INTO cube_stock SELECT month, home_code, SUM(CASE sex WHEN 'female' THEN delta ELSE 0 END), SUM(CASE sex WHEN 'male' THEN delta ELSE 0 END),
    SUM(CASE sex WHEN 'undisclosed' THEN delta ELSE 0 END) FROM cube_stock_by_sex GROUP BY month, home_code;
DROP TABLE cube_stock_by_sex;
CREATE TABLE cube_stock_totals (
    home_code   text NOT NULL,
    female      integer NOT NULL,
    male        integer NOT NULL,
    undisclosed integer NOT NULL,
    CONSTRAINT cube_stock_totals_pkey PRIMARY KEY (home_code)
);
INSERT INTO cube_stock_totals SELECT home_code, SUM(female), SUM(male), SUM(undisclosed) FROM cube_stock GROUP BY home_code;
DROP TABLE cube_stock_years;

package main

import (
	"context"
	"fmt"
	"time"

	"dure/domain/cube"
	"dure/domain/kernel/calendar"
	"dure/domain/statistics"
	cubestore "dure/repository/cube"
	statisticsstore "dure/repository/statistics"
)

// rebuild makes all sums and figures anew from the ledger, where `verify` found that they are not what the ledger says. On
// PostgreSQL servers go on meanwhile; a SQLite file must be nobody else's.
func rebuild(ctx context.Context, sh shell, args []string) error {
	cfg, _, err := sh.called("rebuild").load(args)
	if err != nil {
		return err
	}
	db, letGo, err := own(ctx, cfg, newLogger(cfg, sh.err))
	if err != nil {
		return err
	}
	defer letGo()
	sums, clock := statisticsstore.NewStore(db), calendar.Clock{Instant: time.Now, Zone: cfg.TimeZone}
	if err := sums.Rebuild(ctx); err != nil {
		return fmt.Errorf("%s: %w", cfg.database(), err)
	}
	if err := statistics.NewService(sums, clock).SumHours(ctx); err != nil {
		return fmt.Errorf("%s: %w", cfg.database(), err)
	}
	persons := 0
	err = cube.NewKeeper(cubestore.NewStore(db)).Rebuild(ctx, func(done int) {
		persons = done
		if onTerminal(sh.err) {
			fmt.Fprintf(sh.err, "\r%d persons", done)
		}
	})
	if err != nil {
		return fmt.Errorf("%s: %w", cfg.database(), err)
	}
	_, err = fmt.Fprintf(sh.out, "%s: sums and figures of %d persons are made anew\n", cfg.database(), persons)
	return err
}

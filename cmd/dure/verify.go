package main

import (
	"context"
	"fmt"
	"slices"

	"dure/domain/proof"
	proofstore "dure/repository/proof"
)

// verify proves that the books are right, beside a running server, and names the first rows that are not.
func verify(ctx context.Context, sh shell, args []string) error {
	cfg, _, err := sh.called("verify").load(args)
	if err != nil {
		return err
	}
	db, err := visit(ctx, cfg)
	if err != nil {
		return err
	}
	defer db.Close()
	options := proof.Options{Zone: cfg.TimeZone, Batch: 1000}
	if onTerminal(sh.err) {
		options.Progress = func(accounts, entries int64) {
			fmt.Fprintf(sh.err, "\r%d accounts, %d entries", accounts, entries)
		}
		defer fmt.Fprintln(sh.err)
	}
	report, err := proof.Verify(ctx, proofstore.NewStore(db), options)
	if err != nil {
		return err
	}
	return tellReport(sh, cfg, report)
}

func tellReport(sh shell, cfg config, report proof.Report) error {
	for _, invariant := range proof.Invariants() {
		i := slices.IndexFunc(report.Findings, func(f proof.Finding) bool { return f.Invariant == invariant.Name })
		if i < 0 {
			continue
		}
		fmt.Fprintf(sh.out, "BROKEN %s: %s\n", invariant.Name, invariant.Says)
		for _, row := range report.Findings[i].Rows {
			fmt.Fprintln(sh.out, "  ", row)
		}
		if report.Findings[i].More {
			fmt.Fprintln(sh.out, "   and more")
		}
	}
	fmt.Fprintf(sh.out, "%s: %d accounts, %d entries, %d seals\n", cfg.database(), report.Accounts, report.Entries, report.Seals)
	if report.Seals > 0 {
		fmt.Fprintf(sh.out, "the seal of %s is %s\n", report.LastSeal.Day, report.LastSeal.Root)
	}
	if n := len(report.Findings); n > 0 {
		return fmt.Errorf("%d of %d invariants do not hold", n, len(proof.Invariants()))
	}
	_, err := fmt.Fprintf(sh.out, "all %d invariants hold\n", len(proof.Invariants()))
	return err
}

package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"text/tabwriter"

	"dure/domain/proof"
	proofstore "dure/repository/proof"
)

// verify proves that the books are right, beside a running server, and names the first rows that are not: exit code 0
// when every invariant holds, 1 when one does not, 2 when that could not be found out.
func verify(ctx context.Context, sh shell, args []string) error {
	cfg, report, err := examine(ctx, sh, args)
	switch {
	case err == nil:
		return tellReport(sh, cfg, report)
	case errors.Is(err, errUsage), errors.Is(err, flag.ErrHelp):
		return err
	}
	fmt.Fprintln(sh.err, "dure: nothing is proved:", tell(err))
	return errUsage
}

func examine(ctx context.Context, sh shell, args []string) (config, proof.Report, error) {
	cfg, _, err := sh.called("verify").load(args)
	if err != nil {
		return cfg, proof.Report{}, err
	}
	db, err := visit(ctx, cfg)
	if err != nil {
		return cfg, proof.Report{}, err
	}
	defer db.Close()
	options := proof.Options{Zone: cfg.TimeZone, Batch: 1000}
	if onTerminal(sh.err) {
		options.Progress = func(accounts, entries int64) {
			fmt.Fprintf(sh.err, "\r%d accounts, %d entries", accounts, entries)
		}
		defer fmt.Fprint(sh.err, "\r\033[K")
	}
	report, err := proof.Verify(ctx, proofstore.NewStore(db), options)
	return cfg, report, err
}

func tellReport(sh shell, cfg config, report proof.Report) error {
	table := tabwriter.NewWriter(sh.out, 0, 0, 2, ' ', 0)
	for _, invariant := range proof.Invariants() {
		i := slices.IndexFunc(report.Findings, func(f proof.Finding) bool { return f.Invariant == invariant.Name })
		if i < 0 {
			fmt.Fprintf(table, "ok\t%s\t%s\n", invariant.Name, invariant.Says)
			continue
		}
		fmt.Fprintf(table, "FAILED\t%s\t%s\n", invariant.Name, invariant.Says)
		for _, row := range report.Findings[i].Rows {
			fmt.Fprintf(table, "\t\t  %s\n", row)
		}
		if report.Findings[i].More {
			fmt.Fprint(table, "\t\t  and more\n")
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(sh.out, "\n%s: %d accounts, %d entries, %d seals\n", cfg.database(), report.Accounts, report.Entries, report.Seals)
	if report.Seals > 0 {
		fmt.Fprintf(sh.out, "the seal of %s is %s\n", report.LastSeal.Day, report.LastSeal.Root)
	}
	if n := len(report.Findings); n > 0 {
		return fmt.Errorf("%d of %d invariants do not hold", n, len(proof.Invariants()))
	}
	_, err := fmt.Fprintf(sh.out, "all %d invariants hold\n", len(proof.Invariants()))
	return err
}

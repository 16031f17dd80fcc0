package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

var tps = regexp.MustCompile(`tps = ([0-9.]+) \(without initial connection time\)`)

// pgbench runs a script for one round, in one of pgbench's protocols, and gives its transactions per second.
func (b *bench) pgbench(ctx context.Context, protocol, database, script string, clients int) (float64, error) {
	file := filepath.Join(b.dir, "script.sql")
	if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
		return 0, err
	}
	args := []string{"-n", "-M", protocol, "-c", strconv.Itoa(clients), "-j", "2", "-T", strconv.Itoa(max(1, int(b.round.Seconds()))), "-f", file}
	out, err := exec.CommandContext(ctx, "pgbench", append(args, b.url(database))...).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w\n%s", err, out)
	}
	found := tps.FindSubmatch(out)
	if found == nil {
		return 0, fmt.Errorf("pgbench said nothing of its rate:\n%s", out)
	}
	return strconv.ParseFloat(string(found[1]), 64)
}

// pgbenchWithout is pgbench for a prepared script that begins with fetching its parameters, which is no part of what is measured:
// fetching is run by itself, too, and its time is taken off.
func (b *bench) pgbenchWithout(ctx context.Context, fetch, script string, clients int) (float64, error) {
	both, err := b.pgbench(ctx, "prepared", "pgbench", script, clients)
	if err != nil {
		return 0, err
	}
	alone, err := b.pgbench(ctx, "prepared", "pgbench", fetch, clients)
	if err != nil {
		return 0, err
	}
	return 1 / (1/both - 1/alone), nil
}

// url names a database on the server that is measured.
func (b *bench) url(database string) string {
	u, err := url.Parse(b.admin)
	if err != nil {
		panic("TEST_POSTGRES_URL cannot be read")
	}
	u.Path = "/dure_bench_" + database
	return u.String()
}

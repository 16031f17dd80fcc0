// Command bench measures what the API costs on top of its database: every figure is a ratio against pgbench, which runs
// against the same PostgreSQL in the same run. Nothing here is a test; nothing in `make test` is timed.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// round is how long each side of a comparison runs; rounds are interleaved and the median counts.
type settings struct {
	round   time.Duration
	rounds  int
	clients []int
	out     string
	only    string
	metrics string
	share   float64
	reuse   bool
	plain   bool
}

func main() {
	var s settings
	flag.DurationVar(&s.round, "round", 4*time.Second, "length of one round")
	flag.IntVar(&s.rounds, "rounds", 3, "rounds of each side")
	flag.StringVar(&s.out, "out", "bench-report.json", "where the figures are written as JSON")
	flag.StringVar(&s.only, "only", "abcfg", "which of (a), (b), (c), (f) and (g) to measure")
	flag.Float64Var(&s.share, "share", 0.05, "how much of a city (f) and (g) are about; 1 for 20 million entries")
	flag.BoolVar(&s.reuse, "reuse", false, "take the city that an earlier run left on a server of one's own")
	flag.BoolVar(&s.plain, "plain", true, "ask the same by plain SQL, which takes minutes in a whole city")
	flag.StringVar(&s.metrics, "metrics", "off", "where the server shows its metrics and profiles (/debug/pprof/) meanwhile")
	flag.Parse()
	s.clients = []int{8, 32}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, s); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// figure is one measured comparison.
type figure struct {
	Name      string  `json:"name"`
	Clients   int     `json:"clients"`
	Unit      string  `json:"unit"`
	API       float64 `json:"api"`
	Reference float64 `json:"reference"`
	Against   string  `json:"against"`
	Ratio     float64 `json:"ratio"`
	Goal      float64 `json:"goal,omitempty"`
	P50       float64 `json:"p50_ms,omitempty"`
	P99       float64 `json:"p99_ms,omitempty"`
	Errors    int     `json:"errors"`
}

type report struct {
	Machine string   `json:"machine"`
	Figures []figure `json:"figures"`
	Verify  string   `json:"verify"`
	City    string   `json:"city,omitempty"` // how large it is, and how long it took to fill
}

func run(ctx context.Context, s settings) error {
	url := os.Getenv("TEST_POSTGRES_URL")
	if url == "" {
		return errors.New("TEST_POSTGRES_URL is not set: run `make bench`")
	}
	if _, err := exec.LookPath("pgbench"); err != nil {
		return errors.New("pgbench is not in PATH: it comes with the PostgreSQL server packages")
	}
	dir, err := os.MkdirTemp("", "dure-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := &bench{settings: s, admin: url, dir: dir, database: "http"}
	steps := []struct {
		text string
		do   func(context.Context) error
	}{
		{"building the server", b.build},
		{"filling the city", b.seed},
		{"(a) noting the SQL of check-outs", b.note},
		{"starting the server", b.start},
		{"(abc) waiting until it has counted what it found", b.settle},
		{"(c) reading hours", b.hours},
		{"(a) check-outs that post", b.checkOuts},
		{"(b) batches", b.batches},
		{"(b) verifications", b.verifications},
		{"(d) dure verify", b.verify},
		{"(fg) figures of a city, and posts into it", b.figures},
	}
	defer b.stop()
	for _, step := range steps {
		if text, part := strings.CutPrefix(step.text, "("); part && !strings.ContainsAny(s.only+"d", text[:strings.Index(text, ")")]) {
			continue
		}
		fmt.Println(step.text, "…")
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.text, err)
		}
	}
	b.report.Machine = fmt.Sprintf("%d cores, %s/%s, %s", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	b.print()
	text, err := json.MarshalIndent(b.report, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(s.out, append(text, '\n'), 0o644)
}

func (b *bench) print() {
	fmt.Printf("\n%-56s %7s %12s %12s %7s %6s %8s %8s %6s\n", "", "clients", "dure/s", "reference/s", "ratio", "goal", "p50 ms", "p99 ms", "5xx")
	for _, f := range b.report.Figures {
		goal, latency := "", [2]string{}
		if f.Goal > 0 {
			goal = fmt.Sprintf("%.2f", f.Goal)
		}
		if f.P50 > 0 {
			latency = [2]string{fmt.Sprintf("%.2f", f.P50), fmt.Sprintf("%.2f", f.P99)}
		}
		fmt.Printf("%-56s %7d %12.1f %12.2f %7.2f %6s %8s %8s %6d   against %s\n",
			f.Name, f.Clients, f.API, f.Reference, f.Ratio, goal, latency[0], latency[1], f.Errors, f.Against)
	}
	fmt.Println("\ndure verify:", b.report.Verify)
	if b.report.City != "" {
		fmt.Println("the city of (f):", b.report.City)
	}
}

// compare runs the API and its reference in turn and notes the medians.
func (b *bench) compare(ctx context.Context, f figure, api func(context.Context, int) (result, error), reference func(context.Context, int) (float64, error)) error {
	for _, clients := range b.clients {
		var ours []result
		var theirs []float64
		for range b.rounds {
			r, err := api(ctx, clients)
			if err != nil {
				return err
			}
			ours = append(ours, r)
			if reference != nil {
				t, err := reference(ctx, clients)
				if err != nil {
					return err
				}
				theirs = append(theirs, t)
			}
		}
		f := f
		f.Clients = clients
		slices.SortFunc(ours, func(a, b result) int { return int(a.rate - b.rate) })
		middle := ours[len(ours)/2]
		f.API, f.P50, f.P99 = middle.rate, middle.p50, middle.p99
		for _, r := range ours {
			f.Errors += r.failed
		}
		if len(theirs) > 0 {
			slices.Sort(theirs)
			f.Reference = theirs[len(theirs)/2]
			f.Ratio = f.API / f.Reference
		}
		b.report.Figures = append(b.report.Figures, f)
		fmt.Printf("    %-32s %2d clients: %8.0f %s, reference %8.0f, ratio %.2f\n", f.Name, clients, f.API, f.Unit, f.Reference, f.Ratio)
	}
	return nil
}

// build makes the program that is measured, as `make build` does.
func (b *bench) build(ctx context.Context) error {
	b.binary = filepath.Join(b.dir, "dure")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags", "nomsgpack", "-pgo", "cmd/dure/serve.pgo", "-o", b.binary, "./cmd/dure")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

func (b *bench) verify(ctx context.Context) error {
	b.stop()
	b.report.Verify = b.proved(ctx)
	return nil
}

// proved says whether every invariant holds in the database that the server had.
func (b *bench) proved(ctx context.Context) string {
	cmd := exec.CommandContext(ctx, b.binary, "verify")
	cmd.Env = b.environment()
	if text, err := cmd.CombinedOutput(); err != nil {
		fmt.Println(string(text))
		return "NOT clean"
	}
	return "clean"
}

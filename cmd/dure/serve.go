package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/term"

	"dure/cmd/dure/demo"
	"dure/domain/kernel/calendar"
)

// drain is how long requests under way may take to end after a signal.
const drain = 20 * time.Second

func serve(ctx context.Context, sh shell, args []string) error {
	c := sh.called("serve")
	madeUp := c.Bool("demo", false, "fill an empty database with a made-up city first, and log less")
	cfg, _, err := c.load(args)
	if err != nil {
		return err
	}
	log := newLogger(cfg, sh.err)
	slog.SetDefault(log)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // little is alive at a time: collecting less often costs some megabytes, and answers a tenth more
	}
	log.Info("starting", "version", version, "configuration", cfg)

	db, letGo, err := own(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer letGo()
	clock := calendar.Clock{Instant: time.Now, Zone: cfg.TimeZone}
	d, err := connect(ctx, cfg, db, clock)
	if err != nil {
		return err
	}
	if *madeUp {
		if err := demo.Fill(ctx, db, d.vault, clock, demo.Scales["town"], sh.out); err != nil {
			return fmt.Errorf("%s: %w", cfg.database(), err)
		}
	}
	metrics := newMetrics(db)
	requests := &lines{to: sh.err}
	defer requests.send()
	engine, err := newEngine(ctx, cfg, d, newLogger(cfg, requests), metrics.observe)
	if err != nil {
		return err
	}

	working, rest := context.WithCancel(ctx)
	work := jobs(d)
	if *madeUp {
		work = append(work, job{"publish the demo city", time.Second, time.Minute, func(ctx context.Context) error { return demo.Release(ctx, db, clock) }})
	}
	wait := start(working, log, work)
	defer wait()
	defer rest()
	servers := &servers{log: log, failed: make(chan error, 2)}
	defer servers.stop()
	addr, err := servers.start("ADDR", cfg.Addr, engine)
	if err != nil {
		return err
	}
	var metricsAddr net.Addr
	if cfg.MetricsAddr != "off" {
		if metricsAddr, err = servers.start("METRICS_ADDR", cfg.MetricsAddr, metrics.handler()); err != nil {
			return err
		}
	}
	if *madeUp {
		show(ctx, tour{db: db, clock: clock, base: "http://" + reachable(addr), http: http.DefaultClient, w: sh.out})
	}
	if *madeUp || onTerminal(sh.out) {
		welcome(sh.out, cfg, addr, metricsAddr)
	}
	select {
	case <-ctx.Done():
		log.Info("stopping")
		return nil
	case err := <-servers.failed:
		return err
	}
}

// servers are the addresses that the process listens on.
type servers struct {
	log    *slog.Logger
	all    []*http.Server
	failed chan error
}

// start listens on the address of a setting and serves it until stop.
func (s *servers) start(setting, address string, handler http.Handler) (net.Addr, error) {
	listener, err := net.Listen("tcp", address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s%s: something else listens on %s already", prefix, setting, address)
	case err != nil:
		return nil, fmt.Errorf("%s%s: %w", prefix, setting, err)
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
	s.all = append(s.all, server)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.failed <- err
		}
	}()
	s.log.Info("listening", "setting", prefix+setting, "address", listener.Addr().String())
	return listener.Addr(), nil
}

// stop takes no more requests and waits for those under way; what is not done by then is cut off.
func (s *servers) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	for _, server := range s.all {
		if err := server.Shutdown(ctx); err != nil {
			s.log.Warn("requests cut off", "error", err.Error())
			server.Close()
		}
	}
	s.log.Info("stopped")
}

func onTerminal(w any) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// welcome tells a person where to look.
func welcome(w io.Writer, cfg config, addr, metricsAddr net.Addr) {
	base := "http://" + reachable(addr)
	fmt.Fprintf(w, "dure %s answers, with its data in %s\n\n  API            %s/api/v1\n  Documentation  %s/swagger/index.html\n  Page           %s/dashboard\n",
		version, cfg.database(), base, base, base)
	if metricsAddr != nil {
		fmt.Fprintf(w, "  Metrics        http://%s/metrics\n", reachable(metricsAddr))
	}
	fmt.Fprint(w, "\nCtrl-C stops it.\n\n")
}

// reachable is an address that a browser on the same machine can open: not 0.0.0.0 or [::].
func reachable(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsUnspecified() {
		return addr.String()
	}
	return net.JoinHostPort("localhost", port)
}

package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"dure/domain/cube"
	"dure/domain/programme"
	"dure/domain/proof"
	"dure/domain/signup"
	"dure/domain/statistics"
	accountstore "dure/repository/account"
	cubestore "dure/repository/cube"
	proofstore "dure/repository/proof"
	signupstore "dure/repository/signup"
	statisticsstore "dure/repository/statistics"
)

// job is work that is done again and again beside the requests. Each run is idempotent: several processes may run the
// same job at once, and a run that was cut short is made good by the next one.
type job struct {
	name           string
	every, timeout time.Duration
	run            func(ctx context.Context) error
}

// answersKept is how long a repeated Idempotency-Key is recognised.
const answersKept = 7 * 24 * time.Hour

func jobs(d dependencies) []job {
	return []job{
		{"forget answers", time.Hour, time.Minute, func(ctx context.Context) error {
			return d.db.ForgetAnswers(ctx, d.clock.Now().Add(-answersKept))
		}},
		{"forget what cannot be used any more to sign in", time.Hour, time.Minute, func(ctx context.Context) error {
			return accountstore.NewStore(d.db).Sweep(ctx, d.clock.Now())
		}},
		{"mark no-shows", time.Hour, time.Minute, func(ctx context.Context) error {
			signUps := signupstore.NewStore(d.db, d.clock.Zone)
			_, err := signup.NewService(signUps, signUps, d.clock).NoShows(ctx)
			return err
		}},
		{"close forgotten check-outs", time.Minute, time.Minute, func(ctx context.Context) error {
			_, err := attendances(d).CloseForgotten(ctx)
			return err
		}},
		{"move disputes on", 10 * time.Minute, time.Minute, func(ctx context.Context) error {
			_, err := disputes(d).Expire(ctx)
			return err
		}},
		{"sweep files without a document", 24 * time.Hour, 10 * time.Minute, func(ctx context.Context) error {
			removed, err := documents(d).Sweep(ctx)
			if removed > 0 {
				slog.InfoContext(ctx, "files without a document removed", "count", removed)
			}
			return err
		}},
		{"take back what is not earned any more", time.Minute, 5 * time.Minute, func(ctx context.Context) error {
			_, err := programmes(d).ReviewAll(ctx)
			return err
		}},
		{"bring points for recognised minutes", time.Minute, 10 * time.Minute, func(ctx context.Context) error {
			done, err := programmes(d).AccrueAll(ctx)
			if done.Persons+len(done.Waiting) > 0 {
				slog.InfoContext(ctx, "points brought", "persons", done.Persons, "granted", done.Granted, "taken_back", done.TakenBack, "waiting", len(done.Waiting))
			}
			return err
		}},
		{"end incentives that have run out", time.Hour, 10 * time.Minute, func(ctx context.Context) error {
			_, err := programmes(d).Expire(ctx)
			return err
		}},
		{"evaluate incentive programmes", 5 * time.Second, 10 * time.Minute, func(ctx context.Context) error {
			for more := true; more; {
				var err error
				if more, err = programmes(d).Work(ctx, programme.Persons); err != nil {
					return err
				}
			}
			return nil
		}},
		{"review badges", time.Hour, 30 * time.Minute, func(ctx context.Context) error {
			review, err := awards(d).ReviewAll(ctx)
			if review.Issued+review.Revoked > 0 {
				slog.InfoContext(ctx, "badges reviewed", "issued", review.Issued, "revoked", review.Revoked)
			}
			return err
		}},
		{"deliver webhooks", 5 * time.Second, 5 * time.Minute, webhooks(d).Deliver},
		{"forget delivered webhooks", time.Hour, time.Minute, webhooks(d).Forget},
		{"expire points", time.Hour, 10 * time.Minute, func(ctx context.Context) error {
			_, err := pointsOf(d).Expire(ctx)
			return err
		}},
		{"keep the figures", time.Second, 30 * time.Minute, func(ctx context.Context) error {
			_, err := cube.NewKeeper(cubestore.NewStore(d.db)).CatchUp(ctx)
			return err
		}},
		{"add up hours of posting", 10 * time.Minute, 30 * time.Minute, func(ctx context.Context) error {
			return statistics.NewService(statisticsstore.NewStore(d.db), d.clock).SumHours(ctx)
		}},
		{"prepare publications", time.Second, 30 * time.Minute, func(ctx context.Context) error {
			for done := true; done; {
				var err error
				if done, err = publications(d).Work(ctx); err != nil {
					return err
				}
			}
			return nil
		}},
		{"work out tabulations", time.Second, 10 * time.Minute, func(ctx context.Context) error {
			for more := true; more; {
				var err error
				if more, err = cubes(d).Work(ctx); err != nil {
					return err
				}
			}
			return nil
		}},
		{"seal the day", 10 * time.Minute, 5 * time.Minute, func(ctx context.Context) error {
			seal, err := proof.NewSealer(proofstore.NewStore(d.db), d.clock).Seal(ctx)
			if err == nil && seal.Root != "" { // in the log it is out of reach of who can write to the database
				slog.InfoContext(ctx, "ledger sealed", "day", seal.Day.String(), "entries", seal.Entries, "root", seal.Root)
			}
			return err
		}},
	}
}

// start runs each job now and then, until the context ends; wait returns when the last run has ended.
func start(ctx context.Context, log *slog.Logger, jobs []job) (wait func()) {
	var running sync.WaitGroup
	for _, j := range jobs {
		running.Go(func() { j.repeat(ctx, log.With("job", j.name)) })
	}
	return running.Wait
}

func (j job) repeat(ctx context.Context, log *slog.Logger) {
	ticker := time.NewTicker(j.every)
	defer ticker.Stop()
	for {
		if err := j.once(ctx); err != nil && ctx.Err() == nil {
			log.Error("job failed", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (j job) once(ctx context.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, j.timeout)
	defer cancel()
	return j.run(ctx)
}

// Package target keeps targets, and reads the books that they are held against.
package target

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"dure/domain/cube"
	"dure/domain/kernel/id"
	"dure/domain/region"
	"dure/domain/target"
	"dure/repository"
	cubestore "dure/repository/cube"
	"dure/repository/sqlerr"
)

// Store runs the feature's use cases in transactions, and reads.
type Store struct {
	db        *repository.DB
	stretches *stretches
}

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store {
	return Store{db, &stretches{db: db, known: map[string]*stretch{}}}
}

type unit struct{ *repository.Tx }

func (u unit) Targets() target.Repository { return Targets{u.Tx} }

// Update implements target.Store.
func (s Store) Update(ctx context.Context, fn func(ctx context.Context, tx target.Tx) error) error {
	return s.db.Update(ctx, func(ctx context.Context, tx *repository.Tx) error { return fn(ctx, unit{tx}) })
}

// Snapshot implements target.Store. Where something is still being counted it waits without a connection, which the count may
// need, and then runs fn again.
func (s Store) Snapshot(ctx context.Context, fn func(ctx context.Context, r target.Reader) error) error {
	for {
		err := s.db.Snapshot(ctx, func(ctx context.Context, tx *repository.Tx) error {
			return fn(ctx, reader{Targets{tx}, s.stretches})
		})
		counted, waiting := errors.AsType[*stretch](err)
		if !waiting {
			return err
		}
		select {
		case <-counted.done:
			if counted.err != nil {
				return counted.err
			}
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", repository.ErrUnavailable, ctx.Err())
		}
	}
}

// Targets implements target.Repository inside a transaction.
type Targets struct{ Tx *repository.Tx }

// Metrics implements target.Repository.
func (r Targets) Metrics(context.Context) (metrics []target.Metric, err error) {
	err = r.Tx.Raw(`SELECT * FROM target_metrics ORDER BY rank, code`).Scan(&metrics).Error
	return metrics, err
}

// Atlas implements target.Repository.
func (r Targets) Atlas(ctx context.Context) (*cube.Atlas, error) {
	return cubestore.Cubes{Tx: r.Tx}.Atlas(ctx)
}

// Lock implements target.Repository. The first version stands for all of them.
func (r Targets) Lock(_ context.Context, targetID id.ID) (t target.Target, err error) {
	found := r.Tx.Exec(r.Tx.Pick(`SELECT id FROM targets WHERE id = ? AND version = 1 FOR UPDATE`, `SELECT id FROM targets WHERE id = ? AND version = 1`), targetID)
	if found.Error != nil {
		return t, found.Error
	}
	last := r.Tx.Raw(`SELECT * FROM targets WHERE id = ? ORDER BY version DESC LIMIT 1`, targetID).Scan(&t)
	if last.Error == nil && last.RowsAffected == 0 {
		return t, target.ErrNotFound
	}
	return t, last.Error
}

// Add implements target.Repository.
func (r Targets) Add(_ context.Context, t target.Target) error {
	err := r.Tx.Table("targets").Create(&t).Error
	if sqlerr.Unique(err, "targets_pkey") {
		return target.ErrChanged
	}
	return err
}

// reader implements target.Reader inside a snapshot.
type reader struct {
	Targets
	stretches *stretches
}

// Newest implements target.Reader. Ids are in the order in which targets were first set.
func (r reader) Newest(_ context.Context, withdrawn bool) (targets []target.Target, err error) {
	query := `SELECT t.* FROM targets t WHERE NOT EXISTS (SELECT 1 FROM targets n WHERE n.id = t.id AND n.version > t.version)`
	if !withdrawn {
		query += ` AND t.state = '` + string(target.Standing) + `'`
	}
	err = r.Tx.Raw(query + ` ORDER BY t.id`).Scan(&targets).Error
	return targets, err
}

// Versions implements target.Reader.
func (r reader) Versions(_ context.Context, targetID id.ID) (versions []target.Target, err error) {
	err = r.Tx.Raw(`SELECT * FROM targets WHERE id = ? ORDER BY version`, targetID).Scan(&versions).Error
	if err == nil && len(versions) == 0 {
		err = target.ErrNotFound
	}
	return versions, err
}

// Regions implements target.Reader.
func (r reader) Regions(ctx context.Context) (regions []region.Region, atlas *cube.Atlas, err error) {
	if err = r.Tx.Raw(`SELECT * FROM regions ORDER BY code`).Scan(&regions).Error; err != nil {
		return nil, nil, err
	}
	atlas, err = r.Atlas(ctx)
	return regions, atlas, err
}

// Stock implements target.Reader.
func (r reader) Stock(context.Context) (stock []target.Stock, err error) {
	err = r.Tx.Raw(`SELECT month, home_code, female + male + undisclosed AS delta FROM cube_stock ORDER BY month, home_code`).Scan(&stock).Error
	return stock, err
}

// Residents implements target.Reader.
func (r reader) Residents(context.Context) (totals []region.Total, err error) {
	err = r.Tx.Raw(`SELECT region_code, month, residents AS count FROM population_totals`).Scan(&totals).Error
	return totals, err
}

// Camps implements target.Reader.
func (r reader) Camps(context.Context) (camps []target.Camp, err error) {
	err = r.Tx.Raw(`SELECT region_code, opened_on, closed_on FROM camps`).Scan(&camps).Error
	return camps, err
}

// margin is the table of the years' figures of a region: by its level, because somebody of whom only the gu is known stands under
// its code among the dong, too.
func margin(key string) string {
	level := cube.CityLevel
	switch l, _ := region.LevelOf(key); l {
	case region.Gu:
		level = cube.GuLevel
	case region.Dong:
		level = cube.DongLevel
	}
	return cube.Grouping{Row: cube.Home.On(level), Column: cube.Time.On(cube.Total)}.Name()
}

// Years implements target.Reader.
func (r reader) Years(_ context.Context, keys []string) (years []target.Year, err error) {
	rows := make([]repository.Row, len(keys))
	for i, key := range keys {
		rows[i] = repository.Row{"name", margin(key), "key", key}
	}
	err = r.Tx.Raw(`SELECT DISTINCT c.year, c.row_key AS key, c.persons, c.visits, c.minutes, c.newcomer, c.regular FROM `+r.Tx.Records("name text, key text")+`
		JOIN cube_cells c ON c.name = r.name AND c.row_key = r.key WHERE c.persons > 0 ORDER BY c.year, c.row_key`, repository.JSON(rows)).Scan(&years).Error
	return years, err
}

// Stretch implements target.Reader.
func (r reader) Stretch(ctx context.Context, s target.Stretch, whole cube.Figures) (cube.Figures, error) {
	if whole.IsZero() {
		return cube.Figures{}, nil
	}
	counted := r.stretches.of(ctx, s, whole)
	select {
	case <-counted.done:
		return counted.Figures, counted.err
	default:
		return cube.Figures{}, counted
	}
}

// stretches remembers what was counted of a part of last year, which asks for millions of facts where a city is large, and seldom
// changes: by region, the days last asked for. What is posted to that year afterwards moves the whole year's figures, and so is seen.
// Each is counted once, however many ask for it, and to its end, even when nobody has the patience to wait.
type stretches struct {
	db    *repository.DB
	mu    sync.Mutex
	known map[string]*stretch
}

// stretch is a count, and the error that it is not there yet.
type stretch struct {
	asked target.Stretch
	whole cube.Figures
	done  chan struct{} // closed when what follows is there
	cube.Figures
	err error
}

func (s *stretch) Error() string { return "target: " + s.asked.Key + " is still being counted" }

// longest bounds a count.
const longest = 10 * time.Minute

func (s *stretches) of(ctx context.Context, asked target.Stretch, whole cube.Figures) *stretch {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, ok := s.known[asked.Key]; ok && known.asked.From == asked.From && known.asked.To == asked.To && len(known.asked.Codes) == len(asked.Codes) && known.whole == whole {
		return known
	}
	counted := &stretch{asked: asked, whole: whole, done: make(chan struct{})}
	s.known[asked.Key] = counted
	go func() {
		defer close(counted.done)
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), longest)
		defer cancel()
		if counted.Figures, counted.err = s.count(ctx, asked); counted.err != nil {
			s.forget(counted)
		}
	}()
	return counted
}

// forget lets what has failed be tried again.
func (s *stretches) forget(failed *stretch) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known[failed.asked.Key] == failed {
		delete(s.known, failed.asked.Key)
	}
}

func (s *stretches) count(ctx context.Context, asked target.Stretch) (f cube.Figures, err error) {
	rows := make([]repository.Row, len(asked.Codes))
	for i, code := range asked.Codes {
		rows[i] = repository.Row{"code", code}
	}
	err = s.db.Snapshot(ctx, func(_ context.Context, tx *repository.Tx) error {
		if tx.Postgres() {
			if err := tx.Exec(`SELECT set_config('statement_timeout', '0', true), set_config('work_mem', '64MB', true)`).Error; err != nil {
				return err
			}
		}
		return tx.Raw(`SELECT COUNT(*) AS persons, CAST(COALESCE(SUM(visits), 0) AS bigint) AS visits, CAST(COALESCE(SUM(minutes), 0) AS bigint) AS minutes
			FROM (SELECT volunteer_id, SUM(visits) AS visits, SUM(minutes) AS minutes FROM cube_facts
				WHERE day BETWEEN ? AND ? AND home_code IN (SELECT r.code FROM `+tx.Records("code text")+`) GROUP BY volunteer_id) AS p`,
			asked.From, asked.To, repository.JSON(rows)).Scan(&f).Error
	})
	return f, err
}

var (
	_ target.Store  = Store{}
	_ target.Reader = reader{}
)

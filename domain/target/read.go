package target

import (
	"cmp"
	"context"
	"slices"

	"dure/domain/cube"
	"dure/domain/kernel/audit"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/region"
)

// Listed is a target with how it stands.
type Listed struct {
	Target
	Metric     Metric
	RegionName string // empty for the whole city
	Position
}

// Found is a target as its own page shows it.
type Found struct {
	Listed
	Versions []Target // the oldest first
}

// Filter says which targets are wanted.
type Filter struct {
	Metric    string // any where empty
	Withdrawn bool   // withdrawn ones, too
}

// List gives targets to the centre, with exact actuals as the books stand now; that somebody looked is kept. Errors: auth.forbidden.
func (s *Service) List(ctx context.Context, f Filter) (found []Listed, err error) {
	now, err := s.look(ctx, "")
	if err != nil {
		return nil, err
	}
	err = s.store.Snapshot(ctx, func(ctx context.Context, r Reader) error {
		targets, err := r.Newest(ctx, f.Withdrawn)
		if err != nil {
			return err
		}
		if f.Metric != "" {
			targets = slices.DeleteFunc(targets, func(t Target) bool { return t.Metric != f.Metric })
		}
		found, err = position(ctx, r, targets, now, Metric.exact)
		return err
	})
	return found, err
}

// Get is List for one target, withdrawn or not, with all its versions. Errors: auth.forbidden, target.not_found.
func (s *Service) Get(ctx context.Context, targetID id.ID) (found Found, err error) {
	now, err := s.look(ctx, targetID.String())
	if err != nil {
		return found, err
	}
	err = s.store.Snapshot(ctx, func(ctx context.Context, r Reader) error {
		found = Found{}
		if found.Versions, err = r.Versions(ctx, targetID); err != nil {
			return err
		}
		listed, err := position(ctx, r, found.Versions[len(found.Versions)-1:], now, Metric.exact)
		if err == nil {
			found.Listed = listed[0]
		}
		return err
	})
	return found, err
}

// look lets the centre look, and keeps that it did; what cannot be kept is not shown.
func (s *Service) look(ctx context.Context, target string) (calendar.Day, error) {
	now, p := s.clock.Now(), auth.From(ctx)
	if err := CanKeep(p); err != nil {
		return calendar.Day{}, err
	}
	return s.clock.Day(now), s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "target.read", SubjectType: "target", SubjectID: target})
	})
}

// Open gives the targets that stand to everybody: of the city and its gu, and of a dong those of which everything is public. Figures
// about people are in tens, and pace and forecast are computed of these.
func (s *Service) Open(ctx context.Context) (found []Listed, err error) {
	err = s.store.Snapshot(ctx, func(ctx context.Context, r Reader) error {
		targets, err := r.Newest(ctx, false)
		if err != nil {
			return err
		}
		found, err = position(ctx, r, slices.DeleteFunc(targets, Target.closed), s.clock.Day(s.clock.Now()), Metric.open)
		return err
	})
	return found, err
}

// closed tells whether a target is the centre's alone: about few people.
func (t Target) closed() bool {
	level, _ := region.LevelOf(t.Region)
	return level == region.Dong && t.Metric != Camps
}

// Metrics gives all that targets can be set for.
func (s *Service) Metrics(ctx context.Context) (metrics []Metric, err error) {
	err = s.store.Snapshot(ctx, func(ctx context.Context, r Reader) error {
		metrics, err = r.Metrics(ctx)
		return err
	})
	return metrics, err
}

// exact shows a figure as it is.
func (m Metric) exact(f Figure) Figure { return f }

// position reads what targets need of the books, and holds each against them.
func position(ctx context.Context, r Reader, targets []Target, today calendar.Day, show func(Metric, Figure) Figure) ([]Listed, error) {
	metrics, err := r.Metrics(ctx)
	if err != nil {
		return nil, err
	}
	of := map[string]Metric{}
	for _, m := range metrics {
		of[m.Code] = m
	}
	shelf, err := fetch(ctx, r, targets, of, today)
	if err != nil {
		return nil, err
	}
	listed := make([]Listed, len(targets))
	for i, t := range targets {
		m := of[t.Metric]
		b, err := shelf.books(ctx, r, shelf.key(t.Region), m)
		if err != nil {
			return nil, err
		}
		listed[i] = Listed{Target: t, Metric: m, Position: t.stand(m, b, func(f Figure) Figure { return show(m, f) })}
		if t.Region != cube.City {
			listed[i].RegionName = shelf.atlas.Name(shelf.key(t.Region))
		}
	}
	return listed, nil
}

// shelf are the books of all regions.
type shelf struct {
	today  calendar.Day
	atlas  *cube.Atlas
	codes  map[string][]string // of a region's key, all that are counted under it
	stock  []Stock
	people []region.Total
	camps  []Camp
	years  []Year
	begin  int
}

// fetch reads the books as far as targets of some metrics need them.
func fetch(ctx context.Context, r Reader, targets []Target, of map[string]Metric, today calendar.Day) (*shelf, error) {
	s := &shelf{today: today, codes: map[string][]string{}}
	regions, atlas, err := r.Regions(ctx)
	if err != nil {
		return nil, err
	}
	s.atlas = atlas
	for _, known := range regions {
		dong, gu, city := atlas.Area(known.Code)
		for _, key := range slices.Compact([]string{dong, gu, city}) {
			s.codes[key] = append(s.codes[key], known.Code)
		}
	}
	var camps, people, years bool
	for _, t := range targets {
		m := of[t.Metric]
		camps = camps || m.Code == Camps
		people = people || m.Measured != Later && m.Code != Camps
		years = years || m.Measured == ByYear
	}
	if camps {
		if s.camps, err = r.Camps(ctx); err != nil {
			return nil, err
		}
	}
	if people {
		if s.stock, err = r.Stock(ctx); err != nil {
			return nil, err
		}
		if s.people, err = r.Residents(ctx); err != nil {
			return nil, err
		}
		byMonth := func(a, b region.Total) int {
			return cmp.Or(a.Month.Compare(b.Month), cmp.Compare(a.RegionCode, b.RegionCode))
		}
		slices.SortFunc(s.people, byMonth)
	}
	if !years {
		return s, nil
	}
	keys := []string{cube.City, cube.Outside} // by which the books are known to have begun
	for _, key := range keysOf(targets) {
		keys = append(keys, s.key(key))
	}
	if s.years, err = r.Years(ctx, keys); err != nil {
		return nil, err
	}
	for _, y := range s.years {
		if s.begin == 0 || y.Year < s.begin {
			s.begin = y.Year
		}
	}
	return s, nil
}

// key is what a region is counted under today, should it have been renamed since the target was set.
func (s *shelf) key(told string) string {
	key, err := regionOf(s.atlas, told)
	if err != nil {
		return told // it is of the city no more: nothing is counted there
	}
	return key
}

// books picks a region's.
func (s *shelf) books(ctx context.Context, r Reader, key string, m Metric) (books, error) {
	b := books{today: s.today, years: figuresOf(s.years, key), begin: s.begin}
	here := map[string]bool{}
	for _, code := range s.codes[key] {
		here[code] = true
	}
	for _, x := range s.stock {
		if here[x.HomeCode] {
			b.stock = append(b.stock, x)
		}
	}
	for _, x := range s.people {
		if here[x.RegionCode] {
			b.people = append(b.people, x)
		}
	}
	for _, x := range s.camps {
		if here[x.RegionCode] {
			b.camps = append(b.camps, x)
		}
	}
	from, to, ok := b.stretch()
	if !ok || m.Measured != ByYear {
		return b, nil
	}
	var err error
	b.before, err = r.Stretch(ctx, Stretch{from, to, key, s.codes[key]}, b.years[from.Year()])
	return b, err
}

package award

import (
	"cmp"
	"context"
	"regexp"
	"slices"

	"dure/domain/kernel/audit"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
)

// Scale (인증 등급표) says which lifetime hours earn which badge: data with a version and a source, never changed. Of a
// code's versions that hold on a day the highest counts; badges that were issued by an earlier one stay.
type Scale struct {
	ID            id.ID
	Code          string
	Version       int
	NameKo        string
	NameEn        string
	RegionCode    string // the gu whose residents it is for; empty for everybody
	EffectiveFrom calendar.Day
	RecentVisits  int // that a person needs beside, in the last year up to the day of issue; 0 for none
	RecentMinutes int // likewise
	Owner         string
	Reference     string      // where it is written
	Thresholds    []Threshold `gorm:"-"` // lowest first
}

// Threshold is one badge of a scale.
type Threshold struct {
	Code    string // the same badge keeps its code in every version
	Minutes int    // of a person's whole life
	NameKo  string
	NameEn  string
}

// Bounds of a scale.
const (
	MaxThresholds = 20
	MaxMinutes    = 100_000 * 60
	maxRecent     = 366 * 24 * 60
)

// Owners lists who may have set a scale.
func Owners() []string { return []string{"nation", "city", "gu", "centre", "welfare"} }

var code = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,39}$`)

// coded notes a code that is none.
func coded(f fault.Fields, name, s string) {
	if f.Require(s != "", name) && !code.MatchString(s) {
		f.Add(name, "code")
	}
}

// both notes what is wrong with a name in two languages.
func both(f fault.Fields, ko, en string) {
	text.Line(f, "name_ko", ko, 1, 100)
	text.Line(f, "name_en", en, 1, 100)
}

// check notes all that is wrong with a new scale.
func (s Scale) check(today calendar.Day, guKnown bool) error {
	f := fault.Collect()
	coded(f, "code", s.Code)
	both(f, s.NameKo, s.NameEn)
	if !guKnown {
		f.Add("region_code", "unknown")
	}
	if f.Require(!s.EffectiveFrom.IsZero(), "effective_from") && s.EffectiveFrom.Before(today) {
		f.Add("effective_from", "order", "after", today.Add(-1))
	}
	for name, n := range map[string]int{"recent_visits": s.RecentVisits, "recent_minutes": s.RecentMinutes} {
		if n < 0 || n > maxRecent {
			f.Add(name, "range", "min", 0, "max", maxRecent)
		}
	}
	if f.Require(s.Owner != "", "owner") && !slices.Contains(Owners(), s.Owner) {
		f.Add("owner", "unknown")
	}
	text.Line(f, "reference", s.Reference, 1, 200)
	f.Require(len(s.Thresholds) > 0, "thresholds")
	if len(s.Thresholds) > MaxThresholds {
		f.Add("thresholds", "too_many", "max", MaxThresholds)
		return f.Err()
	}
	for i, t := range s.Thresholds {
		of := f.Under("thresholds[%d]", i)
		coded(of, "code", t.Code)
		both(of, t.NameKo, t.NameEn)
		if t.Minutes < 1 || t.Minutes > MaxMinutes {
			of.Add("minutes", "range", "min", 1, "max", MaxMinutes)
		}
		for _, before := range s.Thresholds[:i] {
			if before.Code == t.Code {
				of.Add("code", "repeated")
			}
			if before.Minutes == t.Minutes {
				of.Add("minutes", "repeated")
			}
		}
	}
	return f.Err()
}

// next is the lowest threshold that is not among those held.
func (s Scale) next(held func(threshold string) bool, balance int) (t Threshold, ok bool) {
	for _, t := range s.Thresholds {
		if !held(t.Code) && (t.Minutes > balance || s.RecentVisits > 0 || s.RecentMinutes > 0) {
			return t, true
		}
	}
	return Threshold{}, false
}

// SetScale adds a scale, or a new version of one, from today at the earliest. What was issued before stays. Errors:
// auth.forbidden, request.invalid.
func (s *Service) SetScale(ctx context.Context, scale Scale) (Scale, error) {
	now := s.clock.Now()
	today := s.clock.Day(now)
	scale.ID = id.New()
	scale.Thresholds = slices.Clone(scale.Thresholds)
	err := s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		p, err := officer(ctx, tx, now)
		if err != nil {
			return err
		}
		known := true
		if scale.RegionCode != "" {
			if known, err = tx.Awards().Gu(ctx, scale.RegionCode, today); err != nil {
				return err
			}
		}
		if err := scale.check(today, known); err != nil {
			return err
		}
		last, err := tx.Awards().Version(ctx, scale.Code)
		if err != nil {
			return err
		}
		scale.Version = last + 1
		slices.SortFunc(scale.Thresholds, func(a, b Threshold) int { return cmp.Compare(a.Minutes, b.Minutes) })
		if err := tx.Awards().AddScale(ctx, scale); err != nil {
			return err
		}
		thresholds := audit.Members{}
		for _, t := range scale.Thresholds {
			thresholds[t.Code] = t.Minutes
		}
		return tx.Audit().Record(ctx, audit.Event{HappenedAt: now, AccountID: &p.AccountID, Action: "award.scale_set", SubjectType: "award_scale",
			SubjectID: scale.ID.String(), Reason: scale.Reference, Detail: audit.Change(nil, audit.Members{"code": scale.Code, "version": scale.Version,
				"region_code": scale.RegionCode, "effective_from": scale.EffectiveFrom, "recent_visits": scale.RecentVisits,
				"recent_minutes": scale.RecentMinutes, "owner": scale.Owner, "thresholds": thresholds})})
	})
	return scale, err
}

// Scales lists the scales for everybody who is signed in, newest first. Errors: page.cursor.
func (s *Service) Scales(ctx context.Context, p page.Request) (page.Page[Scale], error) {
	return s.reader.Scales(ctx, p)
}

package publication

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"dure/domain/cube"
	"dure/domain/disclosure"
)

// Proof is what is wrong with what was published: nothing, unless somebody changed rows.
type Proof struct {
	Frozen    []string // publications whose hash is not that of what is shown
	Chained   []string // versions that do not follow from the ones before, or were not decided by a second officer
	Protected []string // cells that are shown although they are too small, or tell other than what they were made of
}

// Prove goes through what was published, all versions of a year and audience in order.
func Prove(ctx context.Context, versions []Publication, tables func(ctx context.Context, p Publication) ([]Table, error)) (found Proof, err error) {
	versions = slices.SortedFunc(slices.Values(versions), func(a, b Publication) int {
		return cmp.Or(cmp.Compare(a.Year, b.Year), cmp.Compare(a.Audience, b.Audience), cmp.Compare(a.Version, b.Version))
	})
	var before Publication
	for _, p := range versions {
		if p.Year != before.Year || p.Audience != before.Audience {
			before = Publication{Year: p.Year, Audience: p.Audience}
		}
		all, err := tables(ctx, p)
		if err != nil {
			return found, err
		}
		if Hash(p, before.Hash, all) != p.Hash {
			found.Frozen = append(found.Frozen, p.ID.String())
		}
		if !p.after(before) {
			found.Chained = append(found.Chained, p.ID.String())
		}
		open, err := p.open(all)
		if err != nil {
			open = append(open, err.Error())
		}
		for _, cell := range open {
			found.Protected = append(found.Protected, p.ID.String()+" "+cell)
		}
		before = p
	}
	return found, nil
}

// after tells whether a version is the one after another, or the first.
func (p Publication) after(before Publication) bool {
	switch {
	case p.Version != before.Version+1, p.DecidedBy == nil || *p.DecidedBy == p.ProposedBy, p.AsOf == nil:
		return false
	case before.Version == 0:
		return p.Supersedes == nil
	default:
		return p.Supersedes != nil && *p.Supersedes == before.ID && !p.AsOf.Before(*before.AsOf)
	}
}

// open names cells that are shown of fewer persons than the threshold, or otherwise than they were counted.
func (p Publication) open(tables []Table) (wrong []string, err error) {
	kept := map[string]bool{}
	for _, t := range tables {
		kept[t.Name] = true
		if t.Name == frameName {
			continue
		}
		shown, err := t.Cells()
		if err != nil {
			return wrong, err
		}
		made, err := t.made()
		if err != nil {
			return wrong, err
		}
		if len(shown) != len(made) {
			wrong = append(wrong, t.Name)
			continue
		}
		for i, c := range shown {
			if f := made[i]; c.Row != f.Row || c.Column != f.Column || !p.covers(c, f) {
				wrong = append(wrong, fmt.Sprintf("%s %s %s", t.Name, c.Row, c.Column))
			}
		}
	}
	for _, g := range cube.Kept {
		if !kept[g.Name()] {
			wrong = append(wrong, g.Name()+" (missing)")
		}
	}
	return wrong, nil
}

// covers tells whether what is shown of a cell may be, and is what was counted, but for rounding.
func (p Publication) covers(c Cell, f fine) bool {
	near := func(shown, counted int) bool {
		return shown-counted < max(1, p.RoundTo) && counted-shown < max(1, p.RoundTo)
	}
	few := func(n int) bool { return n > 0 && n < p.Threshold }
	if r := c.Registered; r != nil && (f.registered == nil || few(*f.registered) || !near(*r, *f.registered)) {
		return false
	}
	if c.Hidden {
		return true
	}
	if n := c.NewPersons; n != nil && (f.NewPersons == nil || few(*f.NewPersons) || few(f.Persons-*f.NewPersons) || !near(*n, *f.NewPersons)) {
		return false
	}
	return !few(f.Persons) && near(c.Persons, f.Persons) && near(c.Visits, f.Visits) && near(c.Minutes, f.Minutes)
}

// Audit looks for what a publication's tables, taken together and with those of the versions before, would tell of few persons;
// nothing found is a proof.
func Audit(ctx context.Context, s Source, p Publication) ([]disclosure.Breach, error) {
	key, err := s.Key(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.Versions(ctx, p.Year, p.Audience)
	if err != nil {
		return nil, err
	}
	var earlier []past
	for _, v := range all {
		one, err := remember(ctx, s, v)
		if err != nil {
			return nil, err
		}
		if v.ID == p.ID {
			return one.audit(rules(p.Audience, key), earlier)
		}
		earlier = append(earlier, one)
	}
	return nil, ErrNotFound
}

func (v past) audit(r disclosure.Rules, earlier []past) ([]disclosure.Breach, error) {
	var told []disclosure.Version
	for _, e := range earlier {
		told = append(told, e.activity())
	}
	is := v.activity()
	found, err := disclosure.Audit(is.Figures, is.Protected, r, told...)
	if err != nil {
		return nil, err
	}
	for _, m := range v.frame.moments() {
		told = nil
		for _, e := range earlier {
			if version, ok := e.registered(m.month); ok {
				told = append(told, version)
			}
		}
		is, _ := v.registered(m.month)
		more, err := disclosure.Audit(is.Figures, is.Protected, standingRules(r), told...)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

package publication

import (
	"context"

	"dure/domain/disclosure"
)

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

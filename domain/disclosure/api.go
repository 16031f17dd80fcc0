package disclosure

import "errors"

var errSoon = errors.New("disclosure: being written")

// Protect hides what must not be told. What a stricter look at the same figures hides (above: the publication for analysts,
// when this is the public one) is hidden here, too, so that the two read together tell no more than the first alone. The same
// figures under the same rules give the same result, in whatever order they come. Errors: *Refusal, or what is wrong with the
// figures or rules.
func Protect(f Figures, r Rules, above ...Protected) (Protected, error) { return Protected{}, errSoon }

// Revise protects a new version of figures of which earlier versions were published. Errors: as Protect.
func Revise(f Figures, r Rules, earlier []Version, above ...Protected) (Protected, error) {
	return Protected{}, errSoon
}

// Audit looks for what the published tables would tell; nothing found is a proof. Errors: what is wrong with the figures.
func Audit(f Figures, p Protected, r Rules) ([]Breach, error) { return nil, errSoon }

// Bound is what an exact attacker knows about one hidden figure. High is -1 where there is none.
type Bound struct {
	Cell, Measure string
	Low, High     int
	Determined    bool
}

// Attack finds exact bounds of every hidden figure; for small cities, as it takes its time. Errors: as Audit.
func Attack(f Figures, p Protected) ([]Bound, error) { return nil, errSoon }

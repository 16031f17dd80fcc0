package statistics

import (
	"dure/domain/statistics"
	"dure/repository"
)

// sources name what figures are made of, and what must stand before a query for that, with its parameters: the tables as
// they stand, or people and moves as they were known at an instant. What is known from an instant on is known at it.
type sources struct {
	with          string // common table expressions, each followed by a comma
	args          []any
	people, moves string
}

const (
	knownPeople = `people AS (
		SELECT id, birth_date, sex, region_code, status, registered_on, withdrawn_on FROM volunteers
			WHERE COALESCE(recorded_at, registered_at) <= ?
		UNION ALL SELECT volunteer_id, birth_date, sex, region_code, status, registered_on, withdrawn_on FROM volunteers_before
			WHERE recorded_at <= ? AND until > ?
	), `
	knownMoves = `moves AS (
		SELECT volunteer_id, since, region_code FROM residences WHERE recorded_at <= ? OR (recorded_at IS NULL AND since <= ?)
		UNION ALL SELECT volunteer_id, since, region_code FROM residences_before
			WHERE (recorded_at <= ? OR (recorded_at IS NULL AND since <= ?)) AND until > ?
	), `
	knownRegions = `places AS (
		SELECT code, level, parent, name, valid_from, valid_to, successor FROM regions WHERE recorded_at IS NULL OR recorded_at <= ?
		UNION ALL SELECT b.code, r.level, r.parent, b.name, b.valid_from, b.valid_to, b.successor
			FROM regions_before b JOIN regions r ON r.code = b.code WHERE (b.recorded_at IS NULL OR b.recorded_at <= ?) AND b.until > ?
	), `
)

// persons are the sources of a question about people.
func persons(k statistics.Known) sources {
	if k.Now() {
		return sources{people: "volunteers", moves: "residences"}
	}
	return sources{with: knownPeople + knownMoves, people: "people", moves: "moves",
		args: []any{k.At, k.At, k.At, k.At, k.Day, k.At, k.Day, k.At}}
}

// atLeast moves an instant on to the first at which there was anything in a table of reference data.
func (r reader) atLeast(k statistics.Known, from string) (statistics.Known, error) {
	if k.Now() {
		return k, nil
	}
	var first []struct{ At *repository.Instant }
	if err := r.tx.Raw(`SELECT MIN(COALESCE(recorded_at, ?)) AS at FROM `+from, k.At).Scan(&first).Error; err != nil {
		return k, err
	}
	if len(first) == 1 && first[0].At != nil && first[0].At.After(k.At) {
		k.At = first[0].At.Time
	}
	return k, nil
}

// since is the condition that a row of reference data was known, and its parameter.
func since(k statistics.Known) (string, []any) {
	if k.Now() {
		return "1 = 1", nil
	}
	return "(recorded_at IS NULL OR recorded_at <= ?)", []any{k.At}
}

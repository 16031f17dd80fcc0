package ledger

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
	"dure/repository"
	"dure/repository/together"
)

// Store reads volunteers' accounts.
type Store struct {
	db       *repository.DB
	fields   *fieldNames
	together *together.Questions[id.ID, ledger.Hours]
}

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store {
	s := Store{db: db, fields: &fieldNames{}}
	s.together = together.New(db, s.hoursOf)
	return s
}

// fieldNames are the names of the 1365 fields by code. They come with the schema, so they are read once.
type fieldNames struct {
	mutex sync.Mutex
	of    map[string]string
}

func (f *fieldNames) read(tx *repository.Tx) (map[string]string, error) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.of != nil {
		return f.of, nil
	}
	var rows []struct{ Code, Name string }
	if err := tx.Raw(`SELECT code, name FROM activity_fields`).Scan(&rows).Error; err != nil {
		return nil, err
	}
	of := make(map[string]string, len(rows))
	for _, r := range rows {
		of[r.Code] = r.Name
	}
	f.of = of
	return of, nil
}

// hoursParts reads a person's account, its years and fields, and what waits, each part named by its first column: rows whose number
// does not grow with the history. All parts have columns of the same types, or each row would be made twice.
const hoursParts = `SELECT 'account' AS part, '' AS code, balance AS minutes, CAST(0 AS bigint) AS reversed, last_posted_at AS at
		FROM ledger_accounts WHERE owner_id = who.id AND kind = 'volunteer_minutes'
	UNION ALL SELECT 'year', CAST(year AS text), minutes, reversed, CAST(NULL AS timestamptz) FROM person_years WHERE volunteer_id = who.id
	UNION ALL SELECT 'field', field_code, minutes, CAST(0 AS bigint), CAST(NULL AS timestamptz) FROM person_fields WHERE volunteer_id = who.id
	UNION ALL SELECT state, '', CAST(worked_minutes AS bigint), CAST(0 AS bigint), CAST(NULL AS timestamptz) FROM attendances
		WHERE volunteer_id = who.id AND state IN ('auto_closed', 'pending', 'held')`

// hoursOfMany reads them for persons numbered from 1.
const hoursOfMany = `SELECT who.n, h.part, h.code, h.minutes, h.reversed, h.at
	FROM (SELECT t.id, t.n FROM unnest(CAST(? AS uuid[])) WITH ORDINALITY AS t(id, n) ` + repository.Few + `) AS who
	CROSS JOIN LATERAL (` + hoursParts + `) AS h`

// hoursOfOne reads them for one person and his number: SQLite has no LATERAL, and no way that would be worth sparing.
var hoursOfOne = `SELECT CAST(? AS integer), h.part, h.code, h.minutes, h.reversed, h.at FROM (` + strings.ReplaceAll(hoursParts, "who.id", "?") + `) AS h`

// Hours implements ledger.Reader. It is what every phone asks for: who asks at the same time asks together.
func (s Store) Hours(ctx context.Context, volunteer id.ID, year int) (ledger.Hours, error) {
	h, err := s.together.Ask(ctx, volunteer)
	thisYear(&h, year)
	return h, err
}

// hoursOf reads hours without a mapper: each person's in the order of the ids, but for the year asked about.
func (s Store) hoursOf(ctx context.Context, volunteers []id.ID) (of []ledger.Hours, err error) {
	of = make([]ledger.Hours, len(volunteers))
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		fields, err := s.fields.read(tx)
		if err != nil {
			return err
		}
		for i := range of {
			of[i].ByYear, of[i].ByField = []ledger.YearMinutes{}, []ledger.FieldMinutes{}
		}
		read := func(rows repository.Scanner) error { return addPart(rows, fields, of) }
		if tx.Postgres() {
			return tx.Each(read, hoursOfMany, volunteers)
		}
		for i, v := range volunteers {
			if err := tx.Each(read, hoursOfOne, i+1, v, v, v, v); err != nil {
				return err
			}
		}
		return nil
	})
	for i := range of {
		tidy(&of[i])
	}
	return of, err
}

// addPart adds the row at hand to the hours of its person.
func addPart(rows repository.Scanner, fields map[string]string, of []ledger.Hours) error {
	var (
		number            int
		part, code        string
		minutes, reversed int
		at                repository.Instant
	)
	if err := rows.Scan(&number, &part, &code, &minutes, &reversed, &at); err != nil {
		return err
	}
	h := &of[number-1]
	switch part {
	case "account":
		h.RecognisedMinutes = minutes
		if !at.IsZero() {
			h.LastPostedAt = &at.Time
		}
	case "year":
		y, err := strconv.Atoi(code)
		if err != nil {
			return err
		}
		h.ReversedMinutes += reversed
		h.ByYear = append(h.ByYear, ledger.YearMinutes{Year: y, Minutes: minutes})
	case "field":
		h.ByField = append(h.ByField, ledger.FieldMinutes{FieldCode: code, FieldName: fields[code], Minutes: minutes})
	case "held":
		h.HeldMinutes += minutes
	default:
		h.PendingMinutes += minutes
	}
	return nil
}

// HoursAsOf implements ledger.Reader.
func (s Store) HoursAsOf(ctx context.Context, volunteer id.ID, at time.Time, year int) (ledger.Hours, error) {
	h := ledger.Hours{AsOf: &at, ByYear: []ledger.YearMinutes{}, ByField: []ledger.FieldMinutes{}}
	years, codes := map[int]int{}, map[string]int{}
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		fields, err := s.fields.read(tx)
		if err != nil {
			return err
		}
		var rows []struct {
			Year, Minutes, Reversed int
			FieldCode               string
			Last                    repository.Instant
		}
		if err := tx.Raw(`SELECT `+tx.Pick(`CAST(EXTRACT(YEAR FROM e.effective_day) AS integer)`, `CAST(strftime('%Y', e.effective_day) AS integer)`)+` AS year,
				e.field_code, SUM(p.amount) AS minutes, SUM(CASE WHEN e.kind = 'reversal' THEN -p.amount ELSE 0 END) AS reversed, MAX(e.posted_at) AS last
			FROM ledger_accounts c JOIN ledger_entries e ON e.account_id = c.id JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1
			WHERE c.owner_id = ? AND c.kind = 'volunteer_minutes' AND e.posted_at <= ? GROUP BY 1, 2`, volunteer, at).Scan(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			h.RecognisedMinutes += r.Minutes
			h.ReversedMinutes += r.Reversed
			years[r.Year] += r.Minutes
			codes[r.FieldCode] += r.Minutes
			if h.LastPostedAt == nil || r.Last.After(*h.LastPostedAt) {
				h.LastPostedAt = &r.Last.Time
			}
		}
		for y, minutes := range years {
			h.ByYear = append(h.ByYear, ledger.YearMinutes{Year: y, Minutes: minutes})
		}
		for code, minutes := range codes {
			h.ByField = append(h.ByField, ledger.FieldMinutes{FieldCode: code, FieldName: fields[code], Minutes: minutes})
		}
		return nil
	})
	tidy(&h)
	thisYear(&h, year)
	return h, err
}

// tidy orders the parts and leaves out what adds up to nothing.
func tidy(h *ledger.Hours) {
	h.ByYear = slices.DeleteFunc(h.ByYear, func(y ledger.YearMinutes) bool { return y.Minutes == 0 })
	h.ByField = slices.DeleteFunc(h.ByField, func(f ledger.FieldMinutes) bool { return f.Minutes == 0 })
	slices.SortFunc(h.ByYear, func(a, b ledger.YearMinutes) int { return cmp.Compare(a.Year, b.Year) })
	slices.SortFunc(h.ByField, func(a, b ledger.FieldMinutes) int { return cmp.Compare(a.FieldCode, b.FieldCode) })
}

// thisYear picks the year asked about.
func thisYear(h *ledger.Hours, year int) {
	for _, y := range h.ByYear {
		if y.Year == year {
			h.ThisYearMinutes = y.Minutes
		}
	}
}

type listedRow struct {
	ID            id.ID
	Sequence      int64
	Kind          ledger.Kind
	AttendanceID  id.ID
	EffectiveDay  calendar.Day
	Minutes       int
	WorkedMinutes int
	Reductions    string
	ActivityTitle string
	Place         string
	FieldCode     string
	Evidence      string
	Reason        string
	DisputeID     *id.ID
	PostedAt      time.Time
}

func (r listedRow) listed() (ledger.Listed, error) {
	l := ledger.Listed{ID: r.ID, Sequence: r.Sequence, Kind: r.Kind, AttendanceID: r.AttendanceID, EffectiveDay: r.EffectiveDay,
		Minutes: r.Minutes, WorkedMinutes: r.WorkedMinutes, ActivityTitle: r.ActivityTitle, Place: r.Place,
		FieldCode: r.FieldCode, Evidence: r.Evidence, Reason: r.Reason, DisputeID: r.DisputeID, PostedAt: r.PostedAt}
	return l, json.Unmarshal([]byte(r.Reductions), &l.Reductions)
}

// Entries implements ledger.Reader.
func (s Store) Entries(ctx context.Context, volunteer id.ID, at time.Time, p page.Request) (page.Page[ledger.Listed], error) {
	rows, err := s.entries(ctx, volunteer, func(q *gorm.DB) *gorm.DB {
		if !at.IsZero() {
			q = q.Where("e.posted_at <= ?", at)
		}
		if len(p.After) == 1 {
			q = q.Where("e.sequence < ?", p.After[0])
		}
		return q.Order("e.sequence DESC").Limit(p.Limit + 1)
	})
	return page.Cut(rows, p, func(l ledger.Listed) []string { return []string{strconv.FormatInt(l.Sequence, 10)} }), err
}

// Entry implements ledger.Reader.
func (s Store) Entry(ctx context.Context, volunteer, entry id.ID) (ledger.Listed, error) {
	rows, err := s.entries(ctx, volunteer, func(q *gorm.DB) *gorm.DB { return q.Where("e.id = ?", entry) })
	if err == nil && len(rows) == 0 {
		err = ledger.ErrNotFound
	}
	if err != nil {
		return ledger.Listed{}, err
	}
	return rows[0], nil
}

func (s Store) entries(ctx context.Context, volunteer id.ID, restrict func(*gorm.DB) *gorm.DB) ([]ledger.Listed, error) {
	var rows []listedRow
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return restrict(tx.Table("ledger_accounts c").
			Select(`e.id, e.sequence, e.kind, e.source_id AS attendance_id, e.effective_day, p.amount AS minutes, e.worked_minutes,
				e.reductions, t.title AS activity_title, t.place, e.field_code, e.evidence, e.reason, x.dispute_id, e.posted_at`).
			Joins("JOIN ledger_entries e ON e.account_id = c.id").
			Joins("JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1").
			Joins("JOIN attendances a ON a.id = e.source_id").
			Joins("JOIN activities t ON t.id = a.activity_id").
			Joins("LEFT JOIN dispute_entries x ON x.entry_id = e.id").
			Where("c.owner_id = ? AND c.kind = 'volunteer_minutes'", volunteer)).Scan(&rows).Error
	})
	if err != nil {
		return nil, err
	}
	list := make([]ledger.Listed, len(rows))
	for i, r := range rows {
		if list[i], err = r.listed(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

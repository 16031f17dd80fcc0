package ledger

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"gorm.io/gorm"

	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/ledger"
	"dure/repository"
)

// Store reads volunteers' accounts.
type Store struct{ db *repository.DB }

// NewStore makes a store on an open database.
func NewStore(db *repository.DB) Store { return Store{db} }

// Hours implements ledger.Reader: one statement over rows whose number does not grow with the history.
func (s Store) Hours(ctx context.Context, volunteer id.ID, year int) (h ledger.Hours, err error) {
	var rows []struct {
		Part     string
		Code     string
		Name     string
		Minutes  int
		Reversed int
		At       repository.Instant
	}
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT 'account' AS part, '' AS code, '' AS name, balance AS minutes, 0 AS reversed, last_posted_at AS at
				FROM ledger_accounts WHERE owner_id = ? AND kind = 'volunteer_minutes'
			UNION ALL SELECT 'year', CAST(year AS text), '', minutes, reversed, NULL FROM person_years WHERE volunteer_id = ?
			UNION ALL SELECT 'field', f.code, f.name, p.minutes, 0, NULL
				FROM person_fields p JOIN activity_fields f ON f.code = p.field_code WHERE p.volunteer_id = ? AND p.minutes <> 0
			UNION ALL SELECT state, '', '', SUM(worked_minutes), 0, NULL FROM attendances
				WHERE volunteer_id = ? AND state IN ('auto_closed', 'pending', 'held') GROUP BY state
			ORDER BY 1, 2`, volunteer, volunteer, volunteer, volunteer).Scan(&rows).Error
	})
	h.ByYear, h.ByField = []ledger.YearMinutes{}, []ledger.FieldMinutes{}
	for _, r := range rows {
		switch r.Part {
		case "account":
			h.RecognisedMinutes = r.Minutes
			if !r.At.IsZero() {
				h.LastPostedAt = &r.At.Time
			}
		case "year":
			y, _ := strconv.Atoi(r.Code)
			h.ReversedMinutes += r.Reversed
			if y == year {
				h.ThisYearMinutes = r.Minutes
			}
			if r.Minutes != 0 {
				h.ByYear = append(h.ByYear, ledger.YearMinutes{Year: y, Minutes: r.Minutes})
			}
		case "field":
			h.ByField = append(h.ByField, ledger.FieldMinutes{FieldCode: r.Code, FieldName: r.Name, Minutes: r.Minutes})
		case "held":
			h.HeldMinutes += r.Minutes
		default:
			h.PendingMinutes += r.Minutes
		}
	}
	return h, err
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
	PostedAt      time.Time
}

func (r listedRow) listed() (ledger.Listed, error) {
	l := ledger.Listed{ID: r.ID, Sequence: r.Sequence, Kind: r.Kind, AttendanceID: r.AttendanceID, EffectiveDay: r.EffectiveDay,
		Minutes: r.Minutes, WorkedMinutes: r.WorkedMinutes, ActivityTitle: r.ActivityTitle, Place: r.Place,
		FieldCode: r.FieldCode, Evidence: r.Evidence, Reason: r.Reason, PostedAt: r.PostedAt}
	return l, json.Unmarshal([]byte(r.Reductions), &l.Reductions)
}

// Entries implements ledger.Reader.
func (s Store) Entries(ctx context.Context, volunteer id.ID, p page.Request) (page.Page[ledger.Listed], error) {
	rows, err := s.entries(ctx, volunteer, func(q *gorm.DB) *gorm.DB {
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
				e.reductions, t.title AS activity_title, t.place, e.field_code, e.evidence, e.reason, e.posted_at`).
			Joins("JOIN ledger_entries e ON e.account_id = c.id").
			Joins("JOIN ledger_postings p ON p.entry_id = e.id AND p.line = 1").
			Joins("JOIN attendances a ON a.id = e.source_id").
			Joins("JOIN activities t ON t.id = a.activity_id").
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

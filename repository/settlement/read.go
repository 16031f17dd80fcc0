package settlement

import (
	"context"
	"strconv"

	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/settlement"
	"dure/repository"
)

// within limits a query over listed statements to what a reader may see.
func within(s settlement.Scope) (where string, args []any) {
	if s.All {
		return ` WHERE true`, nil
	}
	return ` WHERE s.merchant_id IN ?`, []any{s.Managed}
}

// List implements settlement.Reader.
func (s Store) List(ctx context.Context, scope settlement.Scope, f settlement.Filter, p page.Request) (page.Page[settlement.Listed], error) {
	where, args := within(scope)
	also := func(condition string, values ...any) {
		where, args = where+` AND `+condition, append(args, values...)
	}
	if f.MerchantID != id.Nil {
		also(`s.merchant_id = ?`, f.MerchantID)
	}
	if !f.Month.IsZero() {
		also(`s.month = ?`, f.Month)
	}
	if f.State != "" {
		also(`t.state = ?`, f.State)
	}
	if len(p.After) == 2 {
		also(`(s.month < ? OR s.month = ? AND s.merchant_id > ?)`, p.After[0], p.After[0], p.After[1])
	}
	var rows []settlement.Listed
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(listed+where+` ORDER BY s.month DESC, s.merchant_id LIMIT ?`, append(args, p.Limit+1)...).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(l settlement.Listed) []string { return []string{l.Month.String(), l.MerchantID.String()} }), err
}

// Statement implements settlement.Reader.
func (s Store) Statement(ctx context.Context, key settlement.Key) (f settlement.Full, err error) {
	err = s.db.View(ctx, func(ctx context.Context, tx *repository.Tx) error {
		f, err = Settlements{tx}.Get(ctx, key)
		return err
	})
	return f, err
}

// Lines implements settlement.Reader.
func (s Store) Lines(ctx context.Context, statement id.ID, p page.Request) (page.Page[settlement.Line], error) {
	after := 0
	if len(p.After) == 1 {
		last, _ := strconv.Atoi(p.After[0]) // a position that this list gave out
		after = last
	}
	var rows []settlement.Line
	err := s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT * FROM settlement_lines WHERE statement_id = ? AND number > ? ORDER BY number LIMIT ?`, statement, after, p.Limit+1).Scan(&rows).Error
	})
	return page.Cut(rows, p, func(l settlement.Line) []string { return []string{strconv.Itoa(l.Number)} }), err
}

// AllLines implements settlement.Reader.
func (s Store) AllLines(ctx context.Context, statement id.ID) (lines []settlement.Line, err error) {
	err = s.db.View(ctx, func(_ context.Context, tx *repository.Tx) error {
		return tx.Raw(`SELECT * FROM settlement_lines WHERE statement_id = ? ORDER BY number`, statement).Scan(&lines).Error
	})
	return lines, err
}

var (
	_ settlement.Store  = Store{}
	_ settlement.Reader = Store{}
)

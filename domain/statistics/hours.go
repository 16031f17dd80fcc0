package statistics

import (
	"context"
	"time"

	"dure/domain/kernel/asof"
)

// stretch is how much of the ledger is added up in one transaction.
const stretch = 24 * time.Hour

// SumHours adds up what was posted in each hour that is over and settled, so that differences over years need not be read entry
// by entry. It goes on where the last run ended, and may run in several processes at once.
func (s *Service) SumHours(ctx context.Context) error {
	settled := s.clock.Now().Add(-asof.Settling).UTC().Truncate(time.Hour)
	for more := true; more; {
		if err := s.store.AddHours(ctx, func(ctx context.Context, h Hours) error {
			more = false
			summed, err := h.Summed(ctx)
			if err != nil {
				return err
			}
			first, err := h.FirstPosted(ctx, summed)
			if err != nil || first.IsZero() {
				return err
			}
			from := first.UTC().Truncate(time.Hour)
			before := from.Add(stretch)
			if before.After(settled) {
				before = settled
			}
			if !from.Before(before) {
				return nil
			}
			more = true
			return h.SumUp(ctx, from, before)
		}); err != nil {
			return err
		}
	}
	return nil
}

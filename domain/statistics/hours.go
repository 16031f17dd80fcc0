package statistics

import (
	"context"
	"time"

	"dure/domain/kernel/asof"
)

// SumHours adds up what was posted in each hour that is over and settled, so that differences over years need not be read entry
// by entry. It goes on where the last run ended, and may run in several processes at once.
func (s *Service) SumHours(ctx context.Context) error {
	settled := s.clock.Now().Add(-asof.Settling).UTC().Truncate(time.Hour)
	return s.store.AddHours(ctx, func(ctx context.Context, h Hours) error {
		summed, err := h.Summed(ctx)
		if err != nil {
			return err
		}
		first, err := h.FirstPosted(ctx, summed)
		if err != nil || first.IsZero() || !first.Before(settled) {
			return err
		}
		return h.SumUp(ctx, first.UTC().Truncate(time.Hour), settled)
	})
}

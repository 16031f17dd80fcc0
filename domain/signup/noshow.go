package signup

import "context"

// NoShows marks confirmed sign-ups as no-shows whose shift ended a week ago without anybody having come, and tells how
// many. The place stays taken, and attendance that is recorded later turns the mark. It is a job of the program itself.
func (s *Service) NoShows(ctx context.Context) (marked int, err error) {
	now := s.clock.Now()
	err = s.store.Update(ctx, func(ctx context.Context, tx Tx) error {
		marked, err = tx.SignUps().NoShows(ctx, now.Add(-noShowAfter), now)
		return err
	})
	return marked, err
}

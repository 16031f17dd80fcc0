package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"dure/domain/activity"
)

// importActivities keeps listings of the national portal and says in a sentence what that did, and which ones it left out.
func importActivities(ctx context.Context, s *activity.Service, file io.Reader) (string, error) {
	listings, skipped, err := activity.ParseListings(file)
	if err != nil {
		return "", tell(err)
	}
	done, err := s.Import(ctx, listings)
	if err != nil {
		return "", tell(err)
	}
	skipped = append(skipped, done.Skipped...)
	var b strings.Builder
	fmt.Fprintf(&b, "%d activities created, %d updated, %d unchanged, %d skipped", done.Created, done.Updated, done.Unchanged, len(skipped))
	for _, one := range skipped {
		fmt.Fprintf(&b, "\n  %s: %s", one.ID, one.Reason)
	}
	return b.String(), nil
}

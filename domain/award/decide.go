package award

import (
	"context"

	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/duty"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
)

// judge wants somebody who has no part in the matter.
func judge(ctx context.Context, tx Tx, p auth.Principal, n Nomination) error {
	supporters, err := tx.Awards().Supporters(ctx, n.ID)
	if err != nil {
		return err
	}
	ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
	if err != nil {
		return err
	}
	return CanJudge(p, n, supporters, ties)
}

// judgeAnother is judge for who decides on what another proposed.
func judgeAnother(ctx context.Context, tx Tx, p auth.Principal, n Nomination) error {
	if n.ProposedBy == nil {
		return judge(ctx, tx, p, n)
	}
	supporters, err := tx.Awards().Supporters(ctx, n.ID)
	if err != nil {
		return err
	}
	ties, err := tx.Duties().Ties(ctx, p.VolunteerID)
	if err != nil {
		return err
	}
	proposed, err := tx.Duties().Acts(ctx, duty.Proposed, *n.ProposedBy)
	if err != nil {
		return err
	}
	return CanJudge(p, n, supporters, ties, proposed...)
}

// Answer is what was found about a question that excludes. What it rests on is kept nowhere.
type Answer struct {
	QuestionCode string
	Passed       bool
	CheckedOn    calendar.Day
}

// Find keeps what an officer found about one of the round's questions; of several the last one counts. Errors:
// auth.forbidden, award.nomination_not_found, duty.conflict_of_interest, request.invalid, award.state.
func (s *Service) Find(ctx context.Context, nomination id.ID, a Answer) (Nomination, error) {
	now := s.clock.Now()
	return s.move(ctx, nomination, now, officer, act{name: "checked", may: judge,
		do: func(ctx context.Context, tx Tx, p auth.Principal, n *Nomination) (step NominationStep, err error) {
			r, err := tx.Awards().Round(ctx, n.RoundID)
			if err != nil {
				return step, err
			}
			f := fault.Collect()
			if _, ok := named(r.Questions, a.QuestionCode); f.Require(a.QuestionCode != "", "question_code") && !ok {
				f.Add("question_code", "unknown")
			}
			if f.Require(!a.CheckedOn.IsZero(), "checked_on") && a.CheckedOn.After(s.clock.Day(now)) {
				f.Add("checked_on", "future")
			}
			if f.Err() != nil {
				return step, f.Err()
			}
			if n.State != Submitted {
				return step, ErrState.With("state", n.State)
			}
			kind := stepFoundFail
			if a.Passed {
				kind = stepFoundPass
			}
			step = n.step(kind, p.AccountID, a.QuestionCode, "", now)
			return step, tx.Awards().Find(ctx, n.ID, Finding{Number: step.Number, QuestionCode: a.QuestionCode, Passed: a.Passed,
				CheckedOn: a.CheckedOn, FoundAt: now, FoundBy: p.AccountID})
		}})
}

// Proposal is what one officer thinks should become of a nomination.
type Proposal struct {
	Outcome   State  // Awarded or Declined
	GradeCode string // of an award
	Reason    string
}

// Propose says what should become of a submitted nomination. An award needs the nominee's consent and every question
// answered well. Errors: auth.forbidden, award.nomination_not_found, duty.conflict_of_interest, request.invalid, award.state,
// award.consent_missing, award.checks_missing, award.excluded.
func (s *Service) Propose(ctx context.Context, nomination id.ID, proposal Proposal) (Nomination, error) {
	now := s.clock.Now()
	return s.move(ctx, nomination, now, officer, act{name: "proposed", reason: proposal.Reason, may: judge,
		do: func(ctx context.Context, tx Tx, p auth.Principal, n *Nomination) (step NominationStep, err error) {
			r, err := tx.Awards().Round(ctx, n.RoundID)
			if err != nil {
				return step, err
			}
			if err := proposal.check(r); err != nil {
				return step, err
			}
			if n.State != Submitted {
				return step, ErrState.With("state", n.State)
			}
			if proposal.Outcome == Awarded {
				if err := ready(ctx, tx, r, *n); err != nil {
					return step, err
				}
			}
			n.State, n.Outcome, n.GradeCode, n.ProposedBy = Proposed, proposal.Outcome, proposal.GradeCode, &p.AccountID
			return n.step(stepProposed, p.AccountID, proposal.GradeCode, proposal.Reason, now), nil
		}})
}

func (a Proposal) check(r Round) error {
	f := fault.Collect()
	if f.Require(a.Outcome != "", "outcome") && a.Outcome != Awarded && a.Outcome != Declined {
		f.Add("outcome", "unknown")
	}
	_, known := named(r.Grades, a.GradeCode)
	switch {
	case a.Outcome == Awarded && f.Require(a.GradeCode != "", "grade_code") && !known:
		f.Add("grade_code", "unknown")
	case a.Outcome != Awarded && a.GradeCode != "":
		f.Add("grade_code", "not_here")
	}
	text.Block(f, "reason", a.Reason, 1, maxReason)
	return f.Err()
}

// ready tells whether somebody may be awarded: he wants it, and nothing excludes him.
func ready(ctx context.Context, tx Tx, r Round, n Nomination) error {
	if n.Consent != Granted {
		return ErrConsent
	}
	findings, err := tx.Awards().Findings(ctx, n.ID)
	if err != nil {
		return err
	}
	switch missing, excluded := judged(r.Questions, findings); {
	case excluded:
		return ErrExcluded
	case missing:
		return ErrChecks
	}
	return nil
}

// Verdict is what the second officer says to a proposal.
type Verdict string

const (
	Confirmed       Verdict = "confirmed"
	RefusedProposal Verdict = "refused"
)

// Decide confirms what another officer proposed, or refuses it, so that something else may be proposed. Nothing is decided
// before the public verification is over. Errors: auth.forbidden, award.nomination_not_found, duty.conflict_of_interest
// (among others: he proposed it himself), request.invalid, award.state, award.verification_going_on, award.consent_missing.
func (s *Service) Decide(ctx context.Context, nomination id.ID, verdict Verdict, reason string) (Nomination, error) {
	now := s.clock.Now()
	return s.move(ctx, nomination, now, officer, act{name: "decided", reason: reason, may: judgeAnother,
		do: func(ctx context.Context, tx Tx, p auth.Principal, n *Nomination) (step NominationStep, err error) {
			f := fault.Collect()
			if f.Require(verdict != "", "decision") && verdict != Confirmed && verdict != RefusedProposal {
				f.Add("decision", "unknown")
			}
			if text.Block(f, "reason", reason, 1, maxReason); f.Err() != nil {
				return step, f.Err()
			}
			if n.State != Proposed {
				return step, ErrState.With("state", n.State)
			}
			if verdict == RefusedProposal {
				n.State, n.Outcome, n.GradeCode, n.ProposedBy = Submitted, "", "", nil
				return n.step(stepRefused, p.AccountID, "", reason, now), nil
			}
			r, err := tx.Awards().Round(ctx, n.RoundID)
			if err != nil {
				return step, err
			}
			if today := s.clock.Day(now); !today.After(r.VerifiedTo) {
				return step, ErrVerificationGoing.With("to", r.VerifiedTo)
			}
			if n.Outcome == Awarded {
				if err := ready(ctx, tx, r, *n); err != nil {
					return step, err
				}
			}
			n.State, n.DecidedBy, n.DecidedAt = n.Outcome, &p.AccountID, &now
			kind := stepDeclined
			if n.State == Awarded {
				kind = stepAwarded
			}
			return n.step(kind, p.AccountID, n.GradeCode, reason, now), nil
		}})
}

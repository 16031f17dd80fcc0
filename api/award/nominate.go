package award

import (
	"context"
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/award"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// NominateRequest names somebody who should be honoured; number and name must fit.
type NominateRequest struct {
	CategoryCode    string  `json:"category_code" example:"individual" validate:"required"`
	VolunteerNumber string  `json:"volunteer_number" example:"4821-9374" validate:"required"`
	Name            string  `json:"name" example:"홍길동" validate:"required" maxLength:"100"`
	Achievements    string  `json:"achievements" example:"12년 동안 매주 경로당 급식을 도왔습니다." validate:"required" maxLength:"5000"`
	DocumentIDs     []id.ID `json:"document_ids" format:"uuid" swaggertype:"array,string" maxItems:"10"` // evidence, from POST /documents with purpose nomination
} //	@name	NominationRequest

// ConsentRequest is what the nominee says.
type ConsentRequest struct {
	Granted   bool `json:"granted" example:"true"`   // he wants to be honoured
	Published bool `json:"published" example:"true"` // and to be named in the hall of fame
} //	@name	NominationConsent

// WithdrawalRequest says why.
type WithdrawalRequest struct {
	Reason string `json:"reason" example:"같은 분을 다른 단체가 추천했습니다." validate:"required" maxLength:"500"`
} //	@name	NominationWithdrawal

// FindingRequest is what was found about a question.
type FindingRequest struct {
	QuestionCode string       `json:"question_code" example:"criminal-record" validate:"required"`
	Passed       bool         `json:"passed" example:"true"`
	CheckedOn    calendar.Day `json:"checked_on" format:"date" swaggertype:"string" example:"2026-09-10" validate:"required"` // when the answer was had
} //	@name	NominationFindingRequest

// ProposalRequest is what should become of a nomination.
type ProposalRequest struct {
	Outcome   string `json:"outcome" enums:"awarded,declined" example:"awarded" validate:"required"`
	GradeCode string `json:"grade_code" example:"commendation"` // of an award
	Reason    string `json:"reason" example:"공적이 뚜렷합니다." validate:"required" maxLength:"500"`
} //	@name	NominationProposal

// DecisionRequest confirms what was proposed, or refuses it.
type DecisionRequest struct {
	Decision string `json:"decision" enums:"confirmed,refused" example:"confirmed" validate:"required"`
	Reason   string `json:"reason" example:"심사위원회 의결" validate:"required" maxLength:"500"`
} //	@name	NominationDecision

// nominate nominates somebody.
//
//	@ID				nominate
//	@Summary		Nominate somebody for an honour (every volunteer)
//	@Description	Not oneself and nobody near. Five others support it, then it counts. Whether a number is nobody's or the name does not fit it is not
//	@Description	told; who guesses is slowed down.
//	@Tags			award
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			round_id	path	string	true	"round"	format(uuid)
//	@Param			body	body	NominateRequest	true	"whom, and what for"
//	@Success		201	{object}	NominationResponse
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"award.no_person, duty.conflict_of_interest"
//	@Failure		404	{object}	problem.Problem	"award.round_not_found, document.not_found"
//	@Failure		409	{object}	problem.Problem	"award.round_closed, award.nominated_already, idempotency.in_use"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		415	{object}	problem.Problem	"request.media_type"
//	@Failure		422	{object}	problem.Problem	"request.invalid, volunteer.number_wrong, award.nominee_unknown, idempotency.reused"
//	@Failure		429	{object}	problem.Problem	"request.rate: five wrong ones, then one each ten minutes"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/award-rounds/{round_id}/nominations [post]
func (h Handler) nominate(c *gin.Context) {
	var req NominateRequest
	roundID, err := bind.ID(c, "round_id")
	if err == nil {
		err = bind.JSON(c, &req)
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	right, ok := h.names.Try(c, auth.From(c.Request.Context()).AccountID.String())
	if !ok {
		return
	}
	n, err := h.service.Nominate(c.Request.Context(), roundID, award.Nominating{CategoryCode: req.CategoryCode, Number: req.VolunteerNumber,
		Name: req.Name, Achievements: req.Achievements, Documents: req.DocumentIDs})
	if !errors.Is(err, award.ErrNomineeUnknown) {
		right()
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, present(n, false))
}

// support supports a nomination.
//
//	@ID				supportNomination
//	@Summary		Support a nomination (every volunteer, once)
//	@Description	Neither the nominee nor anybody near to him, nor who nominated him. The fifth supporter submits it.
//	@Tags			award
//	@Security		bearer
//	@Produce		json
//	@Param			nomination_id	path	string	true	"nomination"	format(uuid)
//	@Success		200	{object}	NominationResponse
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"award.no_person, duty.conflict_of_interest"
//	@Failure		404	{object}	problem.Problem	"award.nomination_not_found"
//	@Failure		409	{object}	problem.Problem	"award.supported_already, award.state, award.round_closed, idempotency.in_use"
//	@Failure		422	{object}	problem.Problem	"idempotency.reused"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/nominations/{nomination_id}/supports [post]
func (h Handler) support(c *gin.Context) { h.act(c, nil, http.StatusOK, h.service.Support) }

// consent keeps what the nominee says.
//
//	@ID				consentToNomination
//	@Summary		Say whether one wants to be honoured, and to be named (the nominee)
//	@Description	It may be said again. Who was awarded changes only whether he is named in the hall of fame.
//	@Tags			award
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			nomination_id	path	string	true	"nomination"	format(uuid)
//	@Param			body	body	ConsentRequest	true	"what he says"
//	@Success		200	{object}	NominationResponse
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"award.no_person"
//	@Failure		404	{object}	problem.Problem	"award.nomination_not_found"
//	@Failure		409	{object}	problem.Problem	"award.state, idempotency.in_use"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		415	{object}	problem.Problem	"request.media_type"
//	@Failure		422	{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/me/nominations/{nomination_id}/consent [post]
func (h Handler) consent(c *gin.Context) {
	var req ConsentRequest
	h.act(c, bind.JSON(c, &req), http.StatusOK, func(ctx context.Context, nomination id.ID) (award.Nomination, error) {
		return h.service.Consent(ctx, nomination, req.Granted, req.Published)
	})
}

// withdraw takes a nomination back.
//
//	@ID				withdrawNomination
//	@Summary		Take a nomination back that nobody has judged yet (who nominated)
//	@Tags			award
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			nomination_id	path	string	true	"nomination"	format(uuid)
//	@Param			body	body	WithdrawalRequest	true	"why"
//	@Success		200	{object}	NominationResponse
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"award.no_person, auth.forbidden"
//	@Failure		404	{object}	problem.Problem	"award.nomination_not_found"
//	@Failure		409	{object}	problem.Problem	"award.state, idempotency.in_use"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		415	{object}	problem.Problem	"request.media_type"
//	@Failure		422	{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/nominations/{nomination_id}/withdrawal [post]
func (h Handler) withdraw(c *gin.Context) {
	var req WithdrawalRequest
	h.act(c, bind.JSON(c, &req), http.StatusOK, func(ctx context.Context, nomination id.ID) (award.Nomination, error) {
		return h.service.Withdraw(ctx, nomination, req.Reason)
	})
}

// find keeps what was found.
//
//	@ID				checkNomination
//	@Summary		Keep what was found about a question that excludes (centre officers without a part in the matter)
//	@Description	Passed or not, when and by whom, and nothing of what it rests on. Of several findings on one question the last one counts.
//	@Tags			award
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			nomination_id	path	string	true	"nomination"	format(uuid)
//	@Param			body	body	FindingRequest	true	"what was found"
//	@Success		201	{object}	NominationResponse
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404	{object}	problem.Problem	"award.nomination_not_found"
//	@Failure		409	{object}	problem.Problem	"award.state, idempotency.in_use"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		415	{object}	problem.Problem	"request.media_type"
//	@Failure		422	{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/nominations/{nomination_id}/findings [post]
func (h Handler) find(c *gin.Context) {
	var req FindingRequest
	h.act(c, bind.JSON(c, &req), http.StatusCreated, func(ctx context.Context, nomination id.ID) (award.Nomination, error) {
		return h.service.Find(ctx, nomination, award.Answer{QuestionCode: req.QuestionCode, Passed: req.Passed, CheckedOn: req.CheckedOn})
	})
}

// propose proposes what should become of a nomination.
//
//	@ID				proposeAward
//	@Summary		Propose what should become of a nomination (centre officers without a part in the matter)
//	@Description	An award needs the nominee's consent and every question answered well. Another officer decides.
//	@Tags			award
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			nomination_id	path	string	true	"nomination"	format(uuid)
//	@Param			body	body	ProposalRequest	true	"the proposal"
//	@Success		200	{object}	NominationResponse
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404	{object}	problem.Problem	"award.nomination_not_found"
//	@Failure		409	{object}	problem.Problem	"award.state, award.consent_missing, award.checks_missing, award.excluded, idempotency.in_use"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		415	{object}	problem.Problem	"request.media_type"
//	@Failure		422	{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/nominations/{nomination_id}/proposal [post]
func (h Handler) propose(c *gin.Context) {
	var req ProposalRequest
	h.act(c, bind.JSON(c, &req), http.StatusOK, func(ctx context.Context, nomination id.ID) (award.Nomination, error) {
		return h.service.Propose(ctx, nomination, award.Proposal{Outcome: award.State(req.Outcome), GradeCode: req.GradeCode, Reason: req.Reason})
	})
}

// decide confirms or refuses a proposal.
//
//	@ID				decideNomination
//	@Summary		Confirm or refuse what another officer proposed (centre officers without a part in the matter)
//	@Description	Not who proposed it. Nothing is confirmed before the public verification is over; what is refused may be proposed anew.
//	@Tags			award
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			nomination_id	path	string	true	"nomination"	format(uuid)
//	@Param			body	body	DecisionRequest	true	"the decision"
//	@Success		200	{object}	NominationResponse
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404	{object}	problem.Problem	"award.nomination_not_found"
//	@Failure		409	{object}	problem.Problem	"award.state, award.verification_going_on, award.consent_missing, award.checks_missing, award.excluded, idempotency.in_use"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		415	{object}	problem.Problem	"request.media_type"
//	@Failure		422	{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/nominations/{nomination_id}/decision [post]
func (h Handler) decide(c *gin.Context) {
	var req DecisionRequest
	h.act(c, bind.JSON(c, &req), http.StatusOK, func(ctx context.Context, nomination id.ID) (award.Nomination, error) {
		return h.service.Decide(ctx, nomination, award.Verdict(req.Decision), req.Reason)
	})
}

// act does something about the nomination of the path, if the body could be read.
func (h Handler) act(c *gin.Context, unreadable error, status int, do func(context.Context, id.ID) (award.Nomination, error)) {
	nominationID, err := bind.ID(c, "nomination_id")
	if err == nil {
		err = unreadable
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	n, err := do(c.Request.Context(), nominationID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(status, present(n, award.CanRun(auth.From(c.Request.Context())) == nil))
}

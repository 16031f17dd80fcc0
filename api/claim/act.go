package claim

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/claim"
	"dure/domain/kernel/id"
)

// ReportRequest tells of an accident.
type ReportRequest struct {
	VolunteerID          id.ID     `json:"volunteer_id" format:"uuid" swaggertype:"string"` // whose it was; oneself when absent
	HappenedAt           time.Time `json:"happened_at" format:"date-time" example:"2026-07-14T17:20:00+09:00" validate:"required"`
	Place                string    `json:"place" example:"광주광역시 동구 금남로 버스 정류장" maxLength:"200" validate:"required"`
	Text                 string    `json:"text" example:"활동을 마치고 돌아가다가 버스에서 넘어졌습니다." maxLength:"4000" validate:"required"` // what happened, without what it did to one's health
	ShiftID              id.ID     `json:"shift_id" format:"uuid" swaggertype:"string"`                                    // where known
	AttendanceID         id.ID     `json:"attendance_id" format:"uuid" swaggertype:"string"`
	Items                []string  `json:"items" example:"hospital_day" validate:"required"`        // kinds of items that are claimed
	HealthText           string    `json:"health_text" example:"손목이 부러져 입원하였습니다." maxLength:"4000"` // only with consent
	HealthConsent        bool      `json:"health_consent" example:"true"`
	HealthConsentVersion string    `json:"health_consent_version" example:"2026-05" maxLength:"40"` // of the text that was read
} //	@name	ClaimReportRequest

// PaperRequest hands in a document that was uploaded for claims.
type PaperRequest struct {
	DocumentID id.ID  `json:"document_id" format:"uuid" swaggertype:"string" validate:"required"`
	Code       string `json:"code" example:"diagnosis" validate:"required"` // which of the papers it is, or other
} //	@name	ClaimPaperRequest

// ConsentRequest is a word about the use of health data.
type ConsentRequest struct {
	Granted bool   `json:"granted" example:"true"`
	Version string `json:"version" example:"2026-05" maxLength:"40" validate:"required"` // of the text that was read
} //	@name	ClaimConsentRequest

// ReasonRequest says why; no health data belong here.
type ReasonRequest struct {
	Reason string `json:"reason" example:"서류를 모두 받았습니다." maxLength:"500"`
} //	@name	ClaimReasonRequest

// ApprovalRequest is what the insurer pays.
type ApprovalRequest struct {
	Items  []Approval `json:"items" validate:"required"`
	Reason string     `json:"reason" example:"보험사 심사 결과" maxLength:"500"`
} //	@name	ClaimApprovalRequest

// Approval is what is paid for an item.
type Approval struct {
	Kind      string `json:"kind" example:"hospital_day" validate:"required"`
	Days      *int   `json:"days" example:"18" extensions:"x-nullable"` // of an item per day
	AmountWon int64  `json:"amount_won" example:"1260000" minimum:"1" validate:"required"`
} //	@name	ClaimApproval

// report takes the report of an accident.
//
//	@ID				reportAccident
//	@Summary		Report an accident and claim on the insurance (every volunteer for himself; an organiser's people for a volunteer of theirs)
//	@Description	It is taken whether the volunteer was covered or not, and after the deadline, too: cover tells why not. What happened, and what it did to
//	@Description	his health, is kept encrypted and not repeated here. Health data take a consent of their own, and claims officers alone read them.
//	@Description	Idempotency-Key is required.
//	@Tags			claim
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	true	"the same key and body is served once"
//	@Param			body			body		ReportRequest	true	"the accident"
//	@Success		201				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body, idempotency.required"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"insurance.no_person, auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"volunteer.not_found, attendance.not_found, attendance.shift_not_found"
//	@Failure		409				{object}	problem.Problem	"claim.reported_already, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"document.vault_unavailable; busy, try again"
//	@Router			/claims [post]
func (h Handler) report(c *gin.Context) {
	var req ReportRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	l, err := h.service.Report(c.Request.Context(), claim.Report{VolunteerID: req.VolunteerID, HappenedAt: req.HappenedAt, Place: req.Place, Text: req.Text,
		ShiftID: req.ShiftID, AttendanceID: req.AttendanceID, Kinds: req.Items, Health: req.HealthText, Consent: req.HealthConsent,
		ConsentVersion: req.HealthConsentVersion})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Location", "/api/v1/claims/"+l.ID.String())
	c.JSON(http.StatusCreated, h.present(problem.Lang(c), l))
}

// addPaper hands in a paper.
//
//	@ID				addClaimPaper
//	@Summary		Hand in a paper for a claim until it is filed (the volunteer himself, the organiser's people)
//	@Description	The document was uploaded before, by the caller, for claim or claim_health; the second takes the volunteer's consent.
//	@Tags			claim
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			claim_id		path		string	true	"claim"	format(uuid)
//	@Param			body			body		PaperRequest	true	"the paper"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, claim.health_consent_missing"
//	@Failure		404				{object}	problem.Problem	"claim.not_found, document.not_found"
//	@Failure		409				{object}	problem.Problem	"claim.state, claim.document_used, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/claims/{claim_id}/documents [post]
func (h Handler) addPaper(c *gin.Context) {
	var req PaperRequest
	h.act(c, bind.JSON(c, &req), func(ctx context.Context, claimID id.ID) (claim.Listed, error) {
		return h.service.AddPaper(ctx, claim.Paper{ClaimID: claimID, DocumentID: req.DocumentID, Code: req.Code})
	})
}

// consent keeps a word about health data.
//
//	@ID				giveClaimHealthConsent
//	@Summary		Consent to the use of health data for a claim, or take it back (the volunteer himself; the organiser's people for somebody without an account)
//	@Description	Once it is taken back, nobody but the volunteer reads them any more.
//	@Tags			claim
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			claim_id		path		string	true	"claim"	format(uuid)
//	@Param			body			body		ConsentRequest	true	"the word"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"claim.not_found"
//	@Failure		409				{object}	problem.Problem	"idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/claims/{claim_id}/health-consents [post]
func (h Handler) consent(c *gin.Context) {
	var req ConsentRequest
	h.act(c, bind.JSON(c, &req), func(ctx context.Context, claimID id.ID) (claim.Listed, error) {
		return h.service.Consent(ctx, claimID, req.Version, req.Granted)
	})
}

// file files a claim.
//
//	@ID				fileClaim
//	@Summary		File a claim with the insurer (claims officers who have no part in it)
//	@Description	While papers are missing, or after the deadline, it takes a reason. Cover is asked about anew and kept.
//	@Tags			claim
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			claim_id		path		string	true	"claim"	format(uuid)
//	@Param			body			body		ReasonRequest	false	"may be left out"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"claim.not_found"
//	@Failure		409				{object}	problem.Problem	"claim.state, claim.papers_missing, claim.deadline_passed, claim.no_contract, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/claims/{claim_id}/filing [post]
func (h Handler) file(c *gin.Context) {
	var req ReasonRequest
	h.act(c, bind.JSONIfAny(c, &req), func(ctx context.Context, claimID id.ID) (claim.Listed, error) {
		return h.service.Decide(ctx, claim.Decision{ClaimID: claimID, To: claim.Filed, Reason: req.Reason})
	})
}

// approve records an approval.
//
//	@ID				approveClaim
//	@Summary		Record what the insurer pays for a filed claim (claims officers who have no part in it)
//	@Description	Each amount stays within its item as it was at the accident: limit, days, what the person bears himself, age. Another person pays.
//	@Tags			claim
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			claim_id		path		string	true	"claim"	format(uuid)
//	@Param			body			body		ApprovalRequest	true	"the amounts"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"claim.not_found"
//	@Failure		409				{object}	problem.Problem	"claim.state, claim.not_covered, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/claims/{claim_id}/approval [post]
func (h Handler) approve(c *gin.Context) {
	var req ApprovalRequest
	h.act(c, bind.JSON(c, &req), func(ctx context.Context, claimID id.ID) (claim.Listed, error) {
		d := claim.Decision{ClaimID: claimID, To: claim.Approved, Reason: req.Reason, Amounts: make([]claim.Approval, len(req.Items))}
		for i, a := range req.Items {
			d.Amounts[i] = claim.Approval{Kind: a.Kind, Days: a.Days, AmountWon: a.AmountWon}
		}
		return h.service.Decide(ctx, d)
	})
}

// refuse records a refusal.
//
//	@ID				refuseClaim
//	@Summary		Refuse a claim (claims officers who have no part in it)
//	@Description	Before it is filed the centre refuses what no contract covers; afterwards it is the insurer's word. It takes a reason.
//	@Tags			claim
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			claim_id		path		string	true	"claim"	format(uuid)
//	@Param			body			body		ReasonRequest	true	"why"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"claim.not_found"
//	@Failure		409				{object}	problem.Problem	"claim.state, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/claims/{claim_id}/refusal [post]
func (h Handler) refuse(c *gin.Context) {
	var req ReasonRequest
	h.act(c, bind.JSON(c, &req), func(ctx context.Context, claimID id.ID) (claim.Listed, error) {
		return h.service.Decide(ctx, claim.Decision{ClaimID: claimID, To: claim.Refused, Reason: req.Reason})
	})
}

// pay records the payment.
//
//	@ID				payClaim
//	@Summary		Record the payment of an approved claim (claims officers who have no part in it and did not approve it)
//	@Description	The whole of what was approved is paid.
//	@Tags			claim
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			claim_id		path		string	true	"claim"	format(uuid)
//	@Param			body			body		ReasonRequest	false	"may be left out"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"claim.not_found"
//	@Failure		409				{object}	problem.Problem	"claim.state, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/claims/{claim_id}/payment [post]
func (h Handler) pay(c *gin.Context) {
	var req ReasonRequest
	h.act(c, bind.JSONIfAny(c, &req), func(ctx context.Context, claimID id.ID) (claim.Listed, error) {
		return h.service.Decide(ctx, claim.Decision{ClaimID: claimID, To: claim.Paid, Reason: req.Reason})
	})
}

// close closes a claim.
//
//	@ID				closeClaim
//	@Summary		Close a claim that was paid or refused (claims officers who have no part in it)
//	@Tags			claim
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			claim_id		path		string	true	"claim"	format(uuid)
//	@Param			body			body		ReasonRequest	false	"may be left out"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"claim.not_found"
//	@Failure		409				{object}	problem.Problem	"claim.state, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/claims/{claim_id}/closure [post]
func (h Handler) close(c *gin.Context) {
	var req ReasonRequest
	h.act(c, bind.JSONIfAny(c, &req), func(ctx context.Context, claimID id.ID) (claim.Listed, error) {
		return h.service.Decide(ctx, claim.Decision{ClaimID: claimID, To: claim.Closed, Reason: req.Reason})
	})
}

// withdraw withdraws a claim.
//
//	@ID				withdrawClaim
//	@Summary		Withdraw a claim until it is decided on (the volunteer himself)
//	@Tags			claim
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			claim_id		path		string	true	"claim"	format(uuid)
//	@Param			body			body		ReasonRequest	false	"may be left out"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"claim.not_found"
//	@Failure		409				{object}	problem.Problem	"claim.state, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/claims/{claim_id}/withdrawal [post]
func (h Handler) withdraw(c *gin.Context) {
	var req ReasonRequest
	h.act(c, bind.JSONIfAny(c, &req), func(ctx context.Context, claimID id.ID) (claim.Listed, error) {
		return h.service.Decide(ctx, claim.Decision{ClaimID: claimID, To: claim.Withdrawn, Reason: req.Reason})
	})
}

// act does something about the claim of the path, if the body could be read.
func (h Handler) act(c *gin.Context, unreadable error, do func(context.Context, id.ID) (claim.Listed, error)) {
	claimID, err := bind.ID(c, "claim_id")
	if err == nil {
		err = unreadable
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	l, err := do(c.Request.Context(), claimID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, h.present(problem.Lang(c), l))
}

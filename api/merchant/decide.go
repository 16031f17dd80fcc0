package merchant

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/merchant"
)

// decide puts the centre's word on a merchant.
func (h Handler) decide(c *gin.Context, to merchant.State) {
	merchantID, err := bind.ID(c, "merchant_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req DecisionRequest
	if err := bind.JSONIfAny(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	if _, err := h.service.Decide(c.Request.Context(), merchant.Decision{MerchantID: merchantID, To: to, Reason: req.Reason}); err != nil {
		problem.Write(c, err)
		return
	}
	h.answer(c, http.StatusOK, merchantID)
}

// approve approves a merchant.
//
//	@ID			approveMerchant
//	@Summary	Approve an application, or lift a suspension (centre officers, not the applicant)
//	@Tags		merchant
//	@Security	bearer
//	@Accept		json
//	@Produce	json
//	@Param		Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param		merchant_id			path		string			true	"merchant"	format(uuid)
//	@Param		body			body		DecisionRequest	false	"why; may be left out"
//	@Success	200				{object}	Registered
//	@Failure	400				{object}	problem.Problem	"unreadable body"
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure	404				{object}	problem.Problem	"merchant.not_found"
//	@Failure	409				{object}	problem.Problem	"merchant.state, idempotency.in_use"
//	@Failure	413				{object}	problem.Problem	"request.too_large"
//	@Failure	415				{object}	problem.Problem	"request.media_type"
//	@Failure	422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/merchants/{merchant_id}/approval [post]
func (h Handler) approve(c *gin.Context) { h.decide(c, merchant.Approved) }

// reject rejects an application.
//
//	@ID			rejectMerchant
//	@Summary	Reject an application (centre officers, not the applicant)
//	@Tags		merchant
//	@Security	bearer
//	@Accept		json
//	@Produce	json
//	@Param		Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param		merchant_id			path		string			true	"merchant"	format(uuid)
//	@Param		body			body		DecisionRequest	true	"why"
//	@Success	200				{object}	Registered
//	@Failure	400				{object}	problem.Problem	"unreadable body"
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure	404				{object}	problem.Problem	"merchant.not_found"
//	@Failure	409				{object}	problem.Problem	"merchant.state, idempotency.in_use"
//	@Failure	413				{object}	problem.Problem	"request.too_large"
//	@Failure	415				{object}	problem.Problem	"request.media_type"
//	@Failure	422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/merchants/{merchant_id}/rejection [post]
func (h Handler) reject(c *gin.Context) { h.decide(c, merchant.Rejected) }

// suspend suspends a merchant.
//
//	@ID			suspendMerchant
//	@Summary	Suspend an approved merchant: it takes nothing until it is approved again (centre officers)
//	@Tags		merchant
//	@Security	bearer
//	@Accept		json
//	@Produce	json
//	@Param		Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param		merchant_id			path		string			true	"merchant"	format(uuid)
//	@Param		body			body		DecisionRequest	true	"why"
//	@Success	200				{object}	Registered
//	@Failure	400				{object}	problem.Problem	"unreadable body"
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure	404				{object}	problem.Problem	"merchant.not_found"
//	@Failure	409				{object}	problem.Problem	"merchant.state, idempotency.in_use"
//	@Failure	413				{object}	problem.Problem	"request.too_large"
//	@Failure	415				{object}	problem.Problem	"request.media_type"
//	@Failure	422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/merchants/{merchant_id}/suspension [post]
func (h Handler) suspend(c *gin.Context) { h.decide(c, merchant.Suspended) }

// close closes a merchant.
//
//	@ID			closeMerchant
//	@Summary	Close a merchant for good; its managers lose their role (centre officers)
//	@Tags		merchant
//	@Security	bearer
//	@Accept		json
//	@Produce	json
//	@Param		Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param		merchant_id			path		string			true	"merchant"	format(uuid)
//	@Param		body			body		DecisionRequest	true	"why"
//	@Success	200				{object}	Registered
//	@Failure	400				{object}	problem.Problem	"unreadable body"
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure	404				{object}	problem.Problem	"merchant.not_found"
//	@Failure	409				{object}	problem.Problem	"merchant.state, idempotency.in_use"
//	@Failure	413				{object}	problem.Problem	"request.too_large"
//	@Failure	415				{object}	problem.Problem	"request.media_type"
//	@Failure	422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/merchants/{merchant_id}/closure [post]
func (h Handler) close(c *gin.Context) { h.decide(c, merchant.Closed) }

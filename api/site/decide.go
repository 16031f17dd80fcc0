package site

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/site"
)

// decide puts the centre's word on a demand site.
func (h Handler) decide(c *gin.Context, to site.State) {
	siteID, err := bind.ID(c, "site_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req DecisionRequest
	if err := bind.JSONIfAny(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	if _, err := h.service.Decide(c.Request.Context(), site.Decision{SiteID: siteID, To: to, Reason: req.Reason}); err != nil {
		problem.Write(c, err)
		return
	}
	h.answer(c, http.StatusOK, siteID)
}

// approve approves a demand site.
//
//	@ID			approveDemandSite
//	@Summary	Approve an application, or lift a suspension (centre officers, not the applicant)
//	@Tags		site
//	@Security	bearer
//	@Accept		json
//	@Produce	json
//	@Param		Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param		site_id			path		string			true	"demand site"	format(uuid)
//	@Param		body			body		DecisionRequest	false	"why; may be left out"
//	@Success	200				{object}	Response
//	@Failure	400				{object}	problem.Problem	"unreadable body"
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure	404				{object}	problem.Problem	"site.not_found"
//	@Failure	409				{object}	problem.Problem	"site.state, idempotency.in_use"
//	@Failure	413				{object}	problem.Problem	"request.too_large"
//	@Failure	415				{object}	problem.Problem	"request.media_type"
//	@Failure	422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/demand-sites/{site_id}/approval [post]
func (h Handler) approve(c *gin.Context) { h.decide(c, site.Approved) }

// reject rejects an application.
//
//	@ID			rejectDemandSite
//	@Summary	Reject an application (centre officers, not the applicant)
//	@Tags		site
//	@Security	bearer
//	@Accept		json
//	@Produce	json
//	@Param		Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param		site_id			path		string			true	"demand site"	format(uuid)
//	@Param		body			body		DecisionRequest	true	"why"
//	@Success	200				{object}	Response
//	@Failure	400				{object}	problem.Problem	"unreadable body"
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure	404				{object}	problem.Problem	"site.not_found"
//	@Failure	409				{object}	problem.Problem	"site.state, idempotency.in_use"
//	@Failure	413				{object}	problem.Problem	"request.too_large"
//	@Failure	415				{object}	problem.Problem	"request.media_type"
//	@Failure	422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/demand-sites/{site_id}/rejection [post]
func (h Handler) reject(c *gin.Context) { h.decide(c, site.Rejected) }

// suspend suspends a demand site.
//
//	@ID			suspendDemandSite
//	@Summary	Suspend an approved demand site: it lists nothing until it is approved again (centre officers)
//	@Tags		site
//	@Security	bearer
//	@Accept		json
//	@Produce	json
//	@Param		Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param		site_id			path		string			true	"demand site"	format(uuid)
//	@Param		body			body		DecisionRequest	true	"why"
//	@Success	200				{object}	Response
//	@Failure	400				{object}	problem.Problem	"unreadable body"
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure	404				{object}	problem.Problem	"site.not_found"
//	@Failure	409				{object}	problem.Problem	"site.state, idempotency.in_use"
//	@Failure	413				{object}	problem.Problem	"request.too_large"
//	@Failure	415				{object}	problem.Problem	"request.media_type"
//	@Failure	422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/demand-sites/{site_id}/suspension [post]
func (h Handler) suspend(c *gin.Context) { h.decide(c, site.Suspended) }

// close closes a demand site.
//
//	@ID			closeDemandSite
//	@Summary	Close a demand site for good; its managers lose their role (centre officers)
//	@Tags		site
//	@Security	bearer
//	@Accept		json
//	@Produce	json
//	@Param		Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param		site_id			path		string			true	"demand site"	format(uuid)
//	@Param		body			body		DecisionRequest	true	"why"
//	@Success	200				{object}	Response
//	@Failure	400				{object}	problem.Problem	"unreadable body"
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure	404				{object}	problem.Problem	"site.not_found"
//	@Failure	409				{object}	problem.Problem	"site.state, idempotency.in_use"
//	@Failure	413				{object}	problem.Problem	"request.too_large"
//	@Failure	415				{object}	problem.Problem	"request.media_type"
//	@Failure	422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/demand-sites/{site_id}/closure [post]
func (h Handler) close(c *gin.Context) { h.decide(c, site.Closed) }

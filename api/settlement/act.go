package settlement

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/settlement"
)

// month reads a month from a body.
func (r MonthRequest) month() (calendar.Day, error) {
	if r.Month == "" {
		return calendar.Day{}, fault.ErrInvalid.On("month", "required")
	}
	first, ok := monthOf(r.Month)
	if !ok {
		return calendar.Day{}, fault.ErrInvalid.On("month", "month")
	}
	return first, nil
}

// prepareAll prepares all statements that are due.
//
//	@ID				prepareSettlements
//	@Summary		Prepare all statements that are due, up to and with a month (centre officers)
//	@Description	The oldest months first, at most a hundred at once; ask again while there are more. Merchants without postings have none. A month
//	@Description	can be prepared two minutes after it has ended.
//	@Tags			settlement
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		MonthRequest	true	"the last month"
//	@Success		200				{object}	PreparedResponse
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		409				{object}	problem.Problem	"settlement.month_open, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/settlements [post]
func (h Handler) prepareAll(c *gin.Context) {
	var req MonthRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	month, err := req.month()
	if err != nil {
		problem.Write(c, err)
		return
	}
	keys, more, err := h.service.PrepareAll(c.Request.Context(), month)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := PreparedResponse{Prepared: make([]Key, len(keys)), More: more}
	for i, k := range keys {
		answer.Prepared[i] = Key{MerchantID: k.MerchantID, Month: written(k.Month)}
	}
	c.JSON(http.StatusOK, answer)
}

// prepare prepares one statement.
//
//	@ID				prepareSettlement
//	@Summary		Prepare the statement of a merchant and month (centre officers)
//	@Description	It is frozen, numbered, and bears a digest over all that it says and over the statement before it. Months come one after the other.
//	@Tags			settlement
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			merchant_id		path		string			true	"merchant"	format(uuid)
//	@Param			body			body		MonthRequest	true	"which month"
//	@Success		201				{object}	Response
//	@Header			201				{string}	Location	"path of the statement"
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"merchant.not_found"
//	@Failure		409				{object}	problem.Problem	"settlement.month_open, settlement.prepared_already, settlement.earlier_month, settlement.nothing_posted, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/merchants/{merchant_id}/settlements [post]
func (h Handler) prepare(c *gin.Context) {
	merchantID, err := bind.ID(c, "merchant_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req MonthRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	month, err := req.month()
	if err != nil {
		problem.Write(c, err)
		return
	}
	f, err := h.service.Prepare(c.Request.Context(), settlement.Key{MerchantID: merchantID, Month: month})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Location", "/api/v1/merchants/"+f.MerchantID.String()+"/settlements/"+written(f.Month))
	c.JSON(http.StatusCreated, present(f))
}

// decide moves a statement on, with words or without.
func (h Handler) decide(c *gin.Context, to settlement.State) {
	k, err := key(c)
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req ReasonRequest
	if err := bind.JSONIfAny(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	h.move(c, settlement.Decision{Key: k, To: to, Reason: req.Reason})
}

func (h Handler) move(c *gin.Context, d settlement.Decision) {
	f, err := h.service.Decide(c.Request.Context(), d)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, present(f))
}

// confirm confirms a statement.
//
//	@ID				confirmSettlement
//	@Summary		Confirm a statement (managers of the merchant, not who prepared it)
//	@Tags			settlement
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			merchant_id		path		string			true	"merchant"	format(uuid)
//	@Param			month			path		string			true	"month"		format(year-month)	example(2026-06)
//	@Param			body			body		ReasonRequest	false	"a note; may be left out"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"settlement.not_found"
//	@Failure		409				{object}	problem.Problem	"settlement.state, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/merchants/{merchant_id}/settlements/{month}/confirmation [post]
func (h Handler) confirm(c *gin.Context) { h.decide(c, settlement.Confirmed) }

// dispute disputes a statement.
//
//	@ID				disputeSettlement
//	@Summary		Dispute a statement, with the reason (managers of the merchant, not who prepared it)
//	@Description	The centre answers; then it can be confirmed or disputed again.
//	@Tags			settlement
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			merchant_id		path		string			true	"merchant"	format(uuid)
//	@Param			month			path		string			true	"month"		format(year-month)	example(2026-06)
//	@Param			body			body		ReasonRequest	true	"why"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"settlement.not_found"
//	@Failure		409				{object}	problem.Problem	"settlement.state, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/merchants/{merchant_id}/settlements/{month}/dispute [post]
func (h Handler) dispute(c *gin.Context) { h.decide(c, settlement.Disputed) }

// answer answers a dispute.
//
//	@ID				answerSettlement
//	@Summary		Answer a dispute (centre officers who have no interest in the merchant)
//	@Tags			settlement
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			merchant_id		path		string			true	"merchant"	format(uuid)
//	@Param			month			path		string			true	"month"		format(year-month)	example(2026-06)
//	@Param			body			body		ReasonRequest	true	"why"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"settlement.not_found"
//	@Failure		409				{object}	problem.Problem	"settlement.state, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/merchants/{merchant_id}/settlements/{month}/answer [post]
func (h Handler) answer(c *gin.Context) { h.decide(c, settlement.Answered) }

// approve approves a statement.
//
//	@ID				approveSettlement
//	@Summary		Approve a statement for payment (a centre officer who neither prepared it nor has an interest in the merchant)
//	@Description	What is confirmed; or what the merchant has not disputed within ten days after he was told of it last.
//	@Tags			settlement
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			merchant_id		path		string			true	"merchant"	format(uuid)
//	@Param			month			path		string			true	"month"		format(year-month)	example(2026-06)
//	@Param			body			body		ReasonRequest	false	"a note; may be left out"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"settlement.not_found"
//	@Failure		409				{object}	problem.Problem	"settlement.state, settlement.objection_period, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/merchants/{merchant_id}/settlements/{month}/approval [post]
func (h Handler) approve(c *gin.Context) { h.decide(c, settlement.Approved) }

// pay posts a payment.
//
//	@ID				paySettlement
//	@Summary		Enter that a statement was paid (a centre officer who neither approved it nor has an interest in the merchant)
//	@Description	Once: the payment is posted to the ledger, from what the merchant is owed to what he was paid.
//	@Tags			settlement
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			merchant_id		path		string			true	"merchant"	format(uuid)
//	@Param			month			path		string			true	"month"		format(year-month)	example(2026-06)
//	@Param			body			body		PaymentRequest	true	"which transfer, and when"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"settlement.not_found"
//	@Failure		409				{object}	problem.Problem	"settlement.state, settlement.nothing_to_pay, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/merchants/{merchant_id}/settlements/{month}/payment [post]
func (h Handler) pay(c *gin.Context) {
	k, err := key(c)
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req PaymentRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	h.move(c, settlement.Decision{Key: k, To: settlement.Paid, Reason: req.Reason,
		Payment: settlement.Payment{Reference: req.Reference, PaidOn: req.PaidOn}})
}

package voucher

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/auth"
	"dure/domain/voucher"
)

// redeem takes a voucher at a counter.
//
//	@ID				redeemVoucher
//	@Summary		Redeem a voucher at the counter, once for ever (managers of the merchant)
//	@Description	Idempotency-Key is required: whoever lost the answer asks again with the same key and is told the same. Wrong codes are slowed down
//	@Description	by account. Nobody redeems his own voucher, nor his family's.
//	@Tags			voucher
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string				true	"one for each showing; the same one is told the same"
//	@Param			code			path		string				true	"as read or typed, in any case, hyphens or none"	example(7K3M-9QXA-0B2C-4D5E-6F7G-8H9J-K0M1)
//	@Param			body			body		RedemptionRequest	true	"where"
//	@Success		201				{object}	Receipt
//	@Header			201				{string}	Location	"path of the merchant's redemptions"
//	@Failure		400				{object}	problem.Problem	"unreadable body, request.header"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"voucher.not_found"
//	@Failure		409				{object}	problem.Problem	"voucher.already_redeemed, voucher.revoked, voucher.expired, voucher.not_yet, voucher.code_expired, voucher.not_here, points.insufficient, merchant.not_approved"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		429				{object}	problem.Problem	"request.rate"
//	@Failure		503				{object}	problem.Problem	"busy, try again with the same key"
//	@Router			/vouchers/{code}/redemptions [post]
func (h Handler) redeem(c *gin.Context) {
	key := c.GetHeader("Idempotency-Key")
	if key == "" || len(key) > 128 || strings.ContainsFunc(key, func(r rune) bool { return r < 0x21 || r > 0x7e }) {
		problem.Write(c, bind.ErrHeader.With("name", "Idempotency-Key"))
		return
	}
	var req RedemptionRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	right, ok := h.guesses.Try(c, auth.From(c.Request.Context()).AccountID.String())
	if !ok {
		return
	}
	done, err := h.service.Redeem(c.Request.Context(), voucher.Show{Code: c.Param("code"), MerchantID: req.MerchantID, Key: key})
	if !errors.Is(err, voucher.ErrNotFound) {
		right()
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Location", "/api/v1"+"/merchants/"+done.MerchantID.String()+"/redemptions")
	c.JSON(http.StatusCreated, h.presentReceipt(done))
}

// at gives a merchant's redemptions.
//
//	@ID				listRedemptions
//	@Summary		List what was redeemed at a merchant (its managers, centre officers)
//	@Description	Newest first, cancelled ones included. Nobody is named in it.
//	@Tags			voucher
//	@Security		bearer
//	@Produce		json
//	@Param			merchant_id	path		string	true	"merchant"			format(uuid)
//	@Param			limit		query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after		query		string	false	"next of the page before"
//	@Success		200			{object}	ListedPage
//	@Failure		400			{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"request.not_found"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/merchants/{merchant_id}/redemptions [get]
func (h Handler) at(c *gin.Context) {
	merchantID, err := bind.ID(c, "merchant_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Redemptions(c.Request.Context(), merchantID, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := ListedPage{Items: make([]Listed, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, r := range found.Items {
		answer.Items[i] = h.presentListed(r)
	}
	c.JSON(http.StatusOK, answer)
}

// cancel takes a redemption back.
//
//	@ID				cancelRedemption
//	@Summary		Cancel a redemption, for a while (managers of the merchant, centre officers)
//	@Description	The voucher can be redeemed again, and the points go back where they came from. How long it can be done the service sets.
//	@Tags			voucher
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			merchant_id		path		string			true	"merchant"		format(uuid)
//	@Param			redemption_id	path		string			true	"redemption"	format(uuid)
//	@Param			body			body		CancelRequest	true	"why"
//	@Success		200				{object}	Listed
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"voucher.redemption_not_found"
//	@Failure		409				{object}	problem.Problem	"voucher.already_cancelled, voucher.too_late_to_cancel, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/merchants/{merchant_id}/redemptions/{redemption_id}/cancellation [post]
func (h Handler) cancel(c *gin.Context) {
	ids, err := bind.IDs(c, "merchant_id", "redemption_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req CancelRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	done, err := h.service.Cancel(c.Request.Context(), ids[0], ids[1], req.Reason)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, h.presentListed(done))
}

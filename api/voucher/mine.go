package voucher

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/skip2/go-qrcode"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/voucher"
)

// mine gives the caller's vouchers.
//
//	@ID				listMyVouchers
//	@Summary		List my vouchers (everybody, his own)
//	@Description	Newest first. A code is not in it: draw one when you need it.
//	@Tags			voucher
//	@Security		bearer
//	@Produce		json
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"ledger.no_person"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/me/vouchers [get]
func (h Handler) mine(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Mine(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	today := h.clock.Day(h.clock.Now())
	answer := Page{Items: make([]Response, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, v := range found.Items {
		answer.Items[i] = present(problem.Lang(c), v, today)
	}
	c.JSON(http.StatusOK, answer)
}

// pay makes a voucher of the caller's points.
//
//	@ID				payWithPoints
//	@Summary		Make a voucher of my points, to pay with at a counter (everybody, of his own)
//	@Description	The points are spent when it is redeemed, and not before. It is good for a week, at one merchant or at any, and not transferable.
//	@Tags			voucher
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		PaymentRequest	true	"how much"
//	@Success		201				{object}	Response
//	@Header			201				{string}	Location	"path of its code"
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"ledger.no_person"
//	@Failure		404				{object}	problem.Problem	"merchant.not_found"
//	@Failure		409				{object}	problem.Problem	"voucher.too_many_open, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/me/vouchers [post]
func (h Handler) pay(c *gin.Context) {
	var req PaymentRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	made, err := h.service.Pay(c.Request.Context(), voucher.Payment{Points: req.Points, MerchantID: req.MerchantID})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Location", "/api/v1"+"/me/vouchers/"+made.ID.String()+"/code")
	c.JSON(http.StatusCreated, present(problem.Lang(c), made, h.clock.Day(h.clock.Now())))
}

// draw gives a voucher a new code.
//
//	@ID				drawVoucherCode
//	@Summary		Draw a new code for one of my vouchers, shown this once (its holder)
//	@Description	The code before is worth nothing from now on; of the new one only a hash is kept. A transferable voucher's code lasts as long as the
//	@Description	voucher and may be printed or given away. Another's lasts five minutes: it is drawn at the counter, where no name is checked.
//	@Tags			voucher
//	@Security		bearer
//	@Produce		json
//	@Param			voucher_id	path		string	true	"voucher"	format(uuid)
//	@Success		200			{object}	Drawn
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"ledger.no_person"
//	@Failure		404			{object}	problem.Problem	"voucher.not_found"
//	@Failure		409			{object}	problem.Problem	"voucher.already_redeemed, voucher.revoked, voucher.expired"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/me/vouchers/{voucher_id}/code [put]
func (h Handler) draw(c *gin.Context) {
	voucherID, err := bind.ID(c, "voucher_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	v, code, err := h.service.Draw(c.Request.Context(), voucherID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	png, err := qrcode.Encode(code, qrcode.Medium, 384)
	if err != nil {
		problem.Write(c, err)
		return
	}
	drawn := Drawn{Code: code, QRPNG: png}
	if v.CodeExpiresAt != nil {
		until := v.CodeExpiresAt.UTC()
		drawn.ExpiresAt = &until
	}
	c.JSON(http.StatusOK, drawn)
}

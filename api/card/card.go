// Package card serves the volunteer card of the phone, and its check at a counter.
package card

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/skip2/go-qrcode"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/card"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Handler serves the routes of cards.
type Handler struct{ service *card.Service }

// New makes the handler.
func New(service *card.Service) Handler { return Handler{service} }

// Routes registers the routes.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.GET("/me/card", h.mine)
	signedIn.GET("/me/card/qr", h.qr)
	signedIn.POST("/cards/checks", h.check)
	signedIn.GET("/card-levels", h.levels)
	signedIn.POST("/card-levels", h.decree)
}

// Response is what a card says: nobody's full name, and an id that is another one tomorrow.
type Response struct {
	CardID     string       `json:"card_id" example:"7f6c0e5d4b3a29181716151413121110"`
	Level      string       `json:"level" example:"excellent"`
	LevelName  string       `json:"level_name" example:"우수"`
	Name       string       `json:"name" example:"홍*동"`
	ValidUntil calendar.Day `json:"valid_until" format:"date" swaggertype:"string" extensions:"x-nullable" example:"2027-12-31"` // the level holds that long without more hours; null for good
	IssuedAt   time.Time    `json:"issued_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
	ExpiresAt  time.Time    `json:"expires_at" format:"date-time" example:"2026-07-15T01:05:00Z"` // of this showing
} //	@name	Card

// Shown is a card with the token that a QR code carries.
type Shown struct {
	Response
	Token string `json:"token" example:"eyJhbGciOiJFZERTQSIsInR5cCI6ImNhcmQrand0Iiwia2lkIjoi…"`
} //	@name	CardShown

// CheckRequest is what a merchant's device read.
type CheckRequest struct {
	MerchantID id.ID  `json:"merchant_id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7c10" validate:"required"`
	Token      string `json:"token" example:"eyJhbGciOiJFZERTQSIsInR5cCI6ImNhcmQrand0Iiwia2lkIjoi…" validate:"required" maxLength:"2000"`
} //	@name	CardCheck

// LevelRequest is a new level, or a new row of one.
type LevelRequest struct {
	Code          string       `json:"code" example:"excellent" validate:"required"`
	Rank          int          `json:"rank" example:"10" minimum:"0" maximum:"99"` // the highest one that is reached counts
	Name          string       `json:"name" example:"우수" validate:"required" maxLength:"20"`
	NameEn        string       `json:"name_en" example:"Excellent volunteer" validate:"required" maxLength:"40"`
	Counted       card.Counted `json:"counted" swaggertype:"string" enums:"total,year" example:"year" validate:"required"` // all recognised minutes, or those of this or the last calendar year
	Minutes       int          `json:"minutes" example:"6000" minimum:"-1"`                                                // at least; -1 takes the level away
	EffectiveFrom calendar.Day `json:"effective_from" format:"date" swaggertype:"string" example:"2027-01-01" validate:"required"`
	Reference     string       `json:"reference" example:"광주광역시 우수자원봉사자 예우 기준" validate:"required" maxLength:"200"`
} //	@name	CardLevelRequest

// LevelResponse is a level. Of each code the highest version that is in force counts.
type LevelResponse struct {
	Version int `json:"version" example:"2"`
	LevelRequest
} //	@name	CardLevel

// Levels are all rows.
type Levels struct {
	Items []LevelResponse `json:"items"`
} //	@name	CardLevels

func present(c card.Card) Response {
	return Response{CardID: c.ID, Level: c.Level, LevelName: c.LevelName, Name: c.Name, ValidUntil: c.ValidUntil,
		IssuedAt: c.IssuedAt.UTC(), ExpiresAt: c.ExpiresAt.UTC()}
}

func presentLevel(l card.Level) LevelResponse {
	return LevelResponse{l.Version, LevelRequest{Code: l.Code, Rank: l.Rank, Name: l.Name, NameEn: l.NameEn, Counted: l.Counted,
		Minutes: l.Minutes, EffectiveFrom: l.EffectiveFrom, Reference: l.Reference}}
}

// mine shows the caller's card.
//
//	@ID				getMyCard
//	@Summary		Show my volunteer card, good for five minutes (everybody, himself)
//	@Description	token is for a QR code. It is a JWT (RFC 7519) signed with EdDSA (Ed25519), and a device checks it WITHOUT a network, with the
//	@Description	public keys of /.well-known/jwks.json, which it fetches now and then (once a day is enough: a new key is told of an hour before an
//	@Description	old one goes; when a kid is unknown, fetch again). It must check all of this: the header is exactly {"alg":"EdDSA","typ":"card+jwt",
//	@Description	"kid":…} and kid is one of the keys; never take a key or an algorithm from the token; the signature is right; iss is this service and
//	@Description	aud is its audience with "/card" behind it (an access token has neither this typ nor this aud, and a card is refused as access token);
//	@Description	iat is not ahead of the device's clock by more than a minute, exp is not over, and exp is at most five minutes after iat.
//	@Description	sub is the card's id, another one every day; level, level_name, name (masked) and valid_until say the rest.
//	@Tags			card
//	@Security		bearer
//	@Produce		json
//	@Success		200	{object}	Shown
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"ledger.no_person"
//	@Failure		409	{object}	problem.Problem	"card.none"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/me/card [get]
func (h Handler) mine(c *gin.Context) {
	shown, token, err := h.service.Show(c.Request.Context())
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, Shown{present(shown), token})
}

// qr draws the caller's card.
//
//	@ID			getMyCardQR
//	@Summary	Show my volunteer card as a QR code, good for five minutes (everybody, himself)
//	@Tags		card
//	@Security	bearer
//	@Produce	png
//	@Success	200	{file}		file
//	@Failure	401	{object}	problem.Problem	"auth.sign_in"
//	@Failure	403	{object}	problem.Problem	"ledger.no_person"
//	@Failure	409	{object}	problem.Problem	"card.none"
//	@Failure	503	{object}	problem.Problem	"busy, try again"
//	@Router		/me/card/qr [get]
func (h Handler) qr(c *gin.Context) {
	_, token, err := h.service.Show(c.Request.Context())
	if err != nil {
		problem.Write(c, err)
		return
	}
	png, err := qrcode.Encode(token, qrcode.Low, 640)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Data(http.StatusOK, "image/png", png)
}

// check reads a card for a counter.
//
//	@ID				checkCard
//	@Summary		Check a volunteer card at the counter (managers of the merchant)
//	@Description	For devices with a network; without one see GET /me/card. It is recorded who looked at which card.
//	@Tags			card
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		CheckRequest	true	"what was read"
//	@Success		200				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		409				{object}	problem.Problem	"merchant.not_approved, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"card.token, request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/cards/checks [post]
func (h Handler) check(c *gin.Context) {
	var req CheckRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	shown, err := h.service.Check(c.Request.Context(), req.MerchantID, req.Token)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, present(shown))
}

// levels gives the levels.
//
//	@ID				listCardLevels
//	@Summary		List the levels of the card (everybody signed in)
//	@Description	Oldest version first, past and coming ones included.
//	@Tags			card
//	@Security		bearer
//	@Produce		json
//	@Success		200	{object}	Levels
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/card-levels [get]
func (h Handler) levels(c *gin.Context) {
	found, err := h.service.Levels(c.Request.Context())
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Levels{Items: make([]LevelResponse, len(found))}
	for i, l := range found {
		answer.Items[i] = presentLevel(l)
	}
	c.JSON(http.StatusOK, answer)
}

// decree adds a level.
//
//	@ID				addCardLevel
//	@Summary		Add a level of the card, or a new row of one (centre officers)
//	@Description	It counts from its first day on, which is tomorrow at the earliest. Rows are never changed or deleted.
//	@Tags			card
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		LevelRequest	true	"the level"
//	@Success		201				{object}	LevelResponse
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		409				{object}	problem.Problem	"card.level, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/card-levels [post]
func (h Handler) decree(c *gin.Context) {
	var req LevelRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	added, err := h.service.Decree(c.Request.Context(), card.Level{Code: req.Code, Rank: req.Rank, Name: req.Name, NameEn: req.NameEn,
		Counted: req.Counted, Minutes: req.Minutes, EffectiveFrom: req.EffectiveFrom, Reference: req.Reference})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, presentLevel(added))
}

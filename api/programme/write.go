package programme

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/calendar"
	"dure/domain/programme"
)

// DraftRequest is a new programme.
type DraftRequest struct {
	Code    string       `json:"code" example:"bukgu-v-awards" validate:"required" maxLength:"60"`
	Name    string       `json:"name" example:"북구 V-어워즈" validate:"required" maxLength:"100"`
	NameEn  string       `json:"name_en" example:"Buk-gu V-Awards" validate:"required" maxLength:"100"`
	Owner   string       `json:"owner" example:"광주광역시 북구" validate:"required" maxLength:"100"`
	Source  string       `json:"source" example:"광주 북구 자원봉사센터 V-어워즈 선정 기준" validate:"required" maxLength:"300"`
	FromDay calendar.Day `json:"from_day" format:"date" swaggertype:"string" example:"2026-07-15"` // today when absent
	Terms   Terms        `json:"terms" validate:"required"`
} //	@name	IncentiveProgrammeDraft

// ChangeRequest is other terms from a later day on.
type ChangeRequest struct {
	FromDay calendar.Day `json:"from_day" format:"date" swaggertype:"string" example:"2026-08-01" validate:"required"`
	Terms   Terms        `json:"terms" validate:"required"`
	Reason  string       `json:"reason" example:"감염병 기간 한시 완화" validate:"required" maxLength:"500"`
} //	@name	IncentiveProgrammeChange

// ClosureRequest says from when on and why a programme is closed.
type ClosureRequest struct {
	ClosedOn calendar.Day `json:"closed_on" format:"date" swaggertype:"string" example:"2026-12-31"` // today when absent
	Reason   string       `json:"reason" example:"예산 소진" validate:"required" maxLength:"500"`
} //	@name	IncentiveProgrammeClosure

// create enters a programme.
//
//	@ID				createIncentiveProgramme
//	@Summary		Enter an incentive programme (centre officers)
//	@Description	Criteria, benefit, validity, caps and budget are data: nothing else has to be done for it to be evaluated and claimed.
//	@Tags			programme
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header	string	false	"the same key and body is served once"
//	@Param			body	body	DraftRequest	true	"the programme"
//	@Success		201	{object}	Response
//	@Header			201	{string}	Location	"path of the programme"
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden"
//	@Failure		409	{object}	problem.Problem	"programme.code_taken, idempotency.in_use"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		415	{object}	problem.Problem	"request.media_type"
//	@Failure		422	{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/incentive-programmes [post]
func (h Handler) create(c *gin.Context) {
	var req DraftRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	w, err := h.service.Create(c.Request.Context(), programme.Draft{Code: req.Code, Name: req.Name, NameEn: req.NameEn, Owner: req.Owner,
		Source: req.Source, FromDay: req.FromDay, Terms: req.Terms.terms()})
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Location", "/api/v1"+"/incentive-programmes/"+w.ID.String())
	answer(c, http.StatusCreated, w)
}

// change gives a programme other terms.
//
//	@ID				changeIncentiveProgramme
//	@Summary		Give a programme other terms from a later day on (centre officers)
//	@Description	What was claimed before that day stays as it was.
//	@Tags			programme
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			programme_id	path	string	true	"programme"	format(uuid)
//	@Param			Idempotency-Key	header	string	false	"the same key and body is served once"
//	@Param			If-Match	header	string	true	"ETag of the programme as it was read"
//	@Param			body	body	ChangeRequest	true	"the terms"
//	@Success		201	{object}	Response
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden"
//	@Failure		404	{object}	problem.Problem	"programme.not_found"
//	@Failure		409	{object}	problem.Problem	"programme.closed, idempotency.in_use"
//	@Failure		412	{object}	problem.Problem	"request.changed"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		415	{object}	problem.Problem	"request.media_type"
//	@Failure		422	{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		428	{object}	problem.Problem	"request.if_match"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/incentive-programmes/{programme_id}/versions [post]
func (h Handler) change(c *gin.Context) {
	programmeID, err := bind.ID(c, "programme_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	version, err := bind.IfMatch(c)
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req ChangeRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	w, err := h.service.Change(c.Request.Context(), programmeID, version, req.FromDay, req.Terms.terms(), req.Reason)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer(c, http.StatusCreated, w)
}

// close ends a programme.
//
//	@ID				closeIncentiveProgramme
//	@Summary		Close a programme (centre officers)
//	@Description	From the day on nothing is claimed; what is held stays until it ends.
//	@Tags			programme
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			programme_id	path	string	true	"programme"	format(uuid)
//	@Param			Idempotency-Key	header	string	false	"the same key and body is served once"
//	@Param			body	body	ClosureRequest	true	"when and why"
//	@Success		200	{object}	Response
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden"
//	@Failure		404	{object}	problem.Problem	"programme.not_found"
//	@Failure		409	{object}	problem.Problem	"programme.closed, idempotency.in_use"
//	@Failure		412	{object}	problem.Problem	"request.changed"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		415	{object}	problem.Problem	"request.media_type"
//	@Failure		422	{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/incentive-programmes/{programme_id}/closure [post]
func (h Handler) close(c *gin.Context) {
	programmeID, err := bind.ID(c, "programme_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req ClosureRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	w, err := h.service.Close(c.Request.Context(), programmeID, req.ClosedOn, req.Reason)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer(c, http.StatusOK, w)
}

func answer(c *gin.Context, status int, w programme.Whole) {
	c.Header("ETag", bind.ETag(w.Version))
	c.JSON(status, present(w))
}

// list gives programmes.
//
//	@ID				listIncentiveProgrammes
//	@Summary		List incentive programmes by code (everybody signed in)
//	@Tags			programme
//	@Security		bearer
//	@Produce		json
//	@Param			limit	query	int	false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query	string	false	"next of the page before"
//	@Success		200	{object}	Page
//	@Failure		400	{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/incentive-programmes [get]
func (h Handler) list(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.reader.List(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	all := Page{Items: make([]Response, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, w := range found.Items {
		all.Items[i] = present(w)
	}
	c.JSON(http.StatusOK, all)
}

// get gives one programme.
//
//	@ID				getIncentiveProgramme
//	@Summary		Read an incentive programme with all its versions (everybody signed in)
//	@Tags			programme
//	@Security		bearer
//	@Produce		json
//	@Param			programme_id	path	string	true	"programme"	format(uuid)
//	@Success		200	{object}	Response
//	@Header			200	{string}	ETag	"version, for If-Match"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		404	{object}	problem.Problem	"programme.not_found"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/incentive-programmes/{programme_id} [get]
func (h Handler) get(c *gin.Context) {
	programmeID, err := bind.ID(c, "programme_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	w, err := h.reader.One(c.Request.Context(), programmeID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer(c, http.StatusOK, w)
}

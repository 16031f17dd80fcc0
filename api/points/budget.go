package points

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/id"
	"dure/domain/points"
)

// Budget is a programme's budget and what became of it: granted is held, spent, expired, donated and taken back together.
type Budget struct {
	ProgrammeID id.ID `json:"programme_id" format:"uuid" swaggertype:"string"`
	Funded      int   `json:"funded" example:"50000000"`
	Available   int   `json:"available" example:"41200000"` // funded, less grants, and with what came back
	Granted     int   `json:"granted" example:"8900000"`
	Held        int   `json:"held" example:"3000000"`
	Spent       int   `json:"spent" example:"4800000"` // less cancelled redemptions
	Expired     int   `json:"expired" example:"800000"`
	Donated     int   `json:"donated" example:"200000"`
	TakenBack   int   `json:"taken_back" example:"100000"` // back to the budget, or settled debts
	Owed        int   `json:"owed" example:"0"`            // still owed for points that were used before they were taken back
} //	@name	PointBudget

// FundingRequest raises a budget.
type FundingRequest struct {
	Points int    `json:"points" example:"50000000" minimum:"1" validate:"required"`
	Reason string `json:"reason" example:"2026년 마일리지 예산 배정 (자원봉사과-1234)" maxLength:"500" validate:"required"`
} //	@name	PointFundingRequest

// CauseRequest names a cause.
type CauseRequest struct {
	Name string `json:"name" example:"광주푸드뱅크" maxLength:"100" validate:"required"`
} //	@name	PointCauseRequest

// Cause is what points can be given to.
type Cause struct {
	ID      id.ID      `json:"id" format:"uuid" swaggertype:"string"`
	Name    string     `json:"name" example:"광주푸드뱅크"`
	AddedAt time.Time  `json:"added_at" format:"date-time" example:"2026-07-01T00:00:00Z"`
	EndedAt *time.Time `json:"ended_at" format:"date-time" extensions:"x-nullable" example:"2026-12-31T15:00:00Z"` // nothing more can be given to it
} //	@name	PointCause

// CauseList are all causes, by name; there are few.
type CauseList struct {
	Items []Cause `json:"items"`
} //	@name	PointCauseList

func presentCause(c points.Charity) Cause {
	answer := Cause{ID: c.ID, Name: c.Name, AddedAt: c.AddedAt.UTC()}
	if c.EndedAt != nil {
		at := c.EndedAt.UTC()
		answer.EndedAt = &at
	}
	return answer
}

// budget shows a programme's budget.
//
//	@ID			getPointBudget
//	@Summary	Read a programme's budget of points, and what became of it (centre officers)
//	@Tags		points
//	@Security	bearer
//	@Produce	json
//	@Param		programme_id	path		string	true	"programme"	format(uuid)
//	@Success	200				{object}	Budget
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"auth.forbidden"
//	@Failure	404				{object}	problem.Problem	"points.budget_not_found"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/points/budgets/{programme_id} [get]
func (h Handler) budget(c *gin.Context) {
	programme, err := bind.ID(c, "programme_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	b, err := h.service.Budget(c.Request.Context(), programme)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, Budget(b))
}

// fund raises a budget.
//
//	@ID				fundPoints
//	@Summary		Raise a programme's budget of points (centre officers)
//	@Description	A programme grants nothing beyond its budget. A budget is never lowered: what is not granted is left.
//	@Tags			points
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			programme_id	path		string			true	"programme"	format(uuid)
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		FundingRequest	true	"how much, and by what decision"
//	@Success		201				{object}	Budget
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"points.budget_not_found"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/points/budgets/{programme_id}/funding [post]
func (h Handler) fund(c *gin.Context) {
	programme, err := bind.ID(c, "programme_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req FundingRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	b, err := h.service.Fund(c.Request.Context(), programme, req.Points, req.Reason)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, Budget(b))
}

// causes lists causes.
//
//	@ID			listPointCauses
//	@Summary	List the causes that points can be given to (everybody signed in)
//	@Tags		points
//	@Security	bearer
//	@Produce	json
//	@Success	200	{object}	CauseList
//	@Failure	401	{object}	problem.Problem	"auth.sign_in"
//	@Failure	503	{object}	problem.Problem	"busy, try again"
//	@Router		/points/causes [get]
func (h Handler) causes(c *gin.Context) {
	causes, err := h.reader.Causes(c.Request.Context())
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := CauseList{Items: make([]Cause, len(causes))}
	for i, cause := range causes {
		answer.Items[i] = presentCause(cause)
	}
	c.JSON(http.StatusOK, answer)
}

// addCause names a cause.
//
//	@ID			addPointCause
//	@Summary	Name a cause that points can be given to (centre officers)
//	@Tags		points
//	@Security	bearer
//	@Accept		json
//	@Produce	json
//	@Param		Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param		body			body		CauseRequest	true	"the cause"
//	@Success	201				{object}	Cause
//	@Failure	400				{object}	problem.Problem	"unreadable body"
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"auth.forbidden"
//	@Failure	409				{object}	problem.Problem	"points.cause_taken"
//	@Failure	413				{object}	problem.Problem	"request.too_large"
//	@Failure	415				{object}	problem.Problem	"request.media_type"
//	@Failure	422				{object}	problem.Problem	"request.invalid"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/points/causes [post]
func (h Handler) addCause(c *gin.Context) {
	var req CauseRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	cause, err := h.service.AddCause(c.Request.Context(), req.Name)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, presentCause(cause))
}

// endCause ends a cause.
//
//	@ID			endPointCause
//	@Summary	End a cause, so that nothing more can be given to it (centre officers)
//	@Tags		points
//	@Security	bearer
//	@Produce	json
//	@Param		cause_id		path		string	true	"cause"	format(uuid)
//	@Param		Idempotency-Key	header		string	false	"the same key is served once"
//	@Success	200				{object}	Cause
//	@Failure	401				{object}	problem.Problem	"auth.sign_in"
//	@Failure	403				{object}	problem.Problem	"auth.forbidden"
//	@Failure	404				{object}	problem.Problem	"points.cause_not_found"
//	@Failure	503				{object}	problem.Problem	"busy, try again"
//	@Router		/points/causes/{cause_id}/end [post]
func (h Handler) endCause(c *gin.Context) {
	causeID, err := bind.ID(c, "cause_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	cause, err := h.service.EndCause(c.Request.Context(), causeID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, presentCause(cause))
}

package activity

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/activity"
)

// FieldList is all fields of activity.
type FieldList struct {
	Items []Field `json:"items"`
} //	@name	ActivityFieldList

// fields gives the fields of activity.
//
//	@ID				listActivityFields
//	@Summary		List the fields of activity
//	@Description	The codes of the national portal 1365, all in one answer. Readable without a token.
//	@Tags			activity
//	@Produce		json
//	@Success		200	{object}	FieldList
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/activity-fields [get]
func (h Handler) fields(c *gin.Context) {
	fields, err := h.activities.Fields(c.Request.Context())
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := FieldList{Items: make([]Field, len(fields))}
	for i, f := range fields {
		answer.Items[i] = Field(f)
	}
	c.JSON(http.StatusOK, answer)
}

// list gives approved activities.
//
//	@ID				listActivities
//	@Summary		Find activities
//	@Description	Approved ones, the newest first. Words of q are found inside titles, spelled with or without spaces. Readable without a token.
//	@Tags			activity
//	@Produce		json
//	@Param			region			query		string	false	"code of a city, gu or dong; old codes resolve"	example(1221000000)
//	@Param			field			query		string	false	"code of a field or of a group of fields"			example(0300)
//	@Param			from			query		string	false	"with a shift on this city day or later"			format(date)	example(2026-07-01)
//	@Param			to				query		string	false	"with a shift on this city day or earlier"			format(date)	example(2026-07-31)
//	@Param			q				query		string	false	"words of the title"								example(말벗)
//	@Param			organiser_id	query		string	false	"of this camp or demand site"						format(uuid)
//	@Param			limit			query		int		false	"rows of a page"									default(20)	minimum(1)	maximum(100)
//	@Param			after			query		string	false	"next of the page before"
//	@Success		200				{object}	Page
//	@Failure		400				{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/activities [get]
func (h Handler) list(c *gin.Context) {
	q := bind.NewQuery(c, "region", "field", "from", "to", "q", "organiser_id", "limit", "after")
	f := activity.Filter{Region: q.Text("region"), Field: q.Text("field"), From: q.Day("from"), To: q.Day("to"), Word: q.Text("q"),
		Organiser: q.ID("organiser_id")}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.activities.List(c.Request.Context(), activity.Public, f, p)
	answerPage(c, q, found, err)
}

// get gives one approved activity.
//
//	@ID				getActivity
//	@Summary		Read an activity
//	@Description	Approved ones only; readable without a token.
//	@Tags			activity
//	@Produce		json
//	@Param			activity_id	path		string	true	"activity"	format(uuid)
//	@Success		200			{object}	Response
//	@Header			200			{string}	ETag	"version, for If-Match"
//	@Failure		404			{object}	problem.Problem	"activity.not_found"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/activities/{activity_id} [get]
func (h Handler) get(c *gin.Context) {
	activityID, err := bind.ID(c, "activity_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	l, err := h.activities.Listed(c.Request.Context(), activity.Public, activityID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("ETag", bind.ETag(l.Version))
	c.JSON(http.StatusOK, present(l))
}

// shifts gives the shifts of an approved activity.
//
//	@ID				listActivityShifts
//	@Summary		List an activity's shifts
//	@Description	By their start, without cancelled ones. Approved activities only; readable without a token.
//	@Tags			activity
//	@Produce		json
//	@Param			activity_id	path		string	true	"activity"							format(uuid)
//	@Param			from		query		string	false	"touching this city day or later"	format(date)	example(2026-07-01)
//	@Param			to			query		string	false	"touching this city day or earlier"	format(date)	example(2026-07-31)
//	@Param			limit		query		int		false	"rows of a page"					default(20)	minimum(1)	maximum(100)
//	@Param			after		query		string	false	"next of the page before"
//	@Success		200			{object}	ShiftPage
//	@Failure		400			{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		404			{object}	problem.Problem	"activity.not_found"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/activities/{activity_id}/shifts [get]
func (h Handler) shifts(c *gin.Context) {
	activityID, err := bind.ID(c, "activity_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	q := bind.NewQuery(c, "from", "to", "limit", "after")
	f := activity.ShiftFilter{Activity: activityID, From: q.Day("from"), To: q.Day("to")}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	if _, err := h.activities.Listed(c.Request.Context(), activity.Public, activityID); err != nil {
		problem.Write(c, err)
		return
	}
	found, err := h.activities.Shifts(c.Request.Context(), activity.Public, f, p)
	answerShifts(c, q, found, err)
}

package target

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/i18n"
	"dure/api/problem"
	"dure/domain/kernel/id"
	"dure/domain/target"
)

// published gives the targets to everybody.
//
//	@ID				listOpenTargets
//	@Summary		List the city's targets and how they stand
//	@Description	Readable without a token. Actuals are computed, never typed in. Pace compares with the straight line from baseline to goal:
//	@Description	ahead or behind by more than the metric's tolerance, else on_track; reached, or missed once the due day is over; later
//	@Description	where there is nothing to measure it by yet. Metrics of a calendar year compare like with like: the running year is scaled
//	@Description	by what last year came to after the same days. Others go on by the trend of the last twelve whole months. A due day before
//	@Description	the books begin is judged by today. Persons, visits and minutes are in tens; targets of a dong are the centre's alone, but for camps.
//	@Tags			target
//	@Produce		json
//	@Success		200	{object}	List
//	@Failure		400	{object}	problem.Problem	"unreadable query"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/open-data/targets [get]
func (h Handler) published(c *gin.Context) {
	if q := bind.NewQuery(c); q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Open(c.Request.Context())
	if err != nil {
		problem.Write(c, err)
		return
	}
	lang := i18n.Choose(c.GetHeader("Accept-Language"))
	answer := List{Items: make([]Response, len(found))}
	for i, l := range found {
		answer.Items[i] = present(lang, l)
	}
	c.JSON(http.StatusOK, answer)
}

// metrics gives what targets can be set for.
//
//	@ID			listTargetMetrics
//	@Summary	List what targets can be set for, with definitions
//	@Tags		target
//	@Produce	json
//	@Success	200	{object}	Metrics
//	@Failure	503	{object}	problem.Problem	"busy, try again"
//	@Router		/target-metrics [get]
func (h Handler) metrics(c *gin.Context) {
	found, err := h.service.Metrics(c.Request.Context())
	if err != nil {
		problem.Write(c, err)
		return
	}
	lang := i18n.Choose(c.GetHeader("Accept-Language"))
	answer := Metrics{Items: make([]Metric, len(found))}
	for i, m := range found {
		name, definition := words(lang, m)
		answer.Items[i] = Metric{m.Code, name, string(m.Unit), string(m.Measured), m.Tolerance, definition}
	}
	c.JSON(http.StatusOK, answer)
}

// list gives all targets to the centre.
//
//	@ID				listTargets
//	@Summary		List targets with exact actuals (centre officers)
//	@Description	Of every region, as the books stand now. Who looked is kept.
//	@Tags			target
//	@Security		bearer
//	@Produce		json
//	@Param			metric		query		string	false	"only this metric"			example(camps)
//	@Param			withdrawn	query		bool	false	"withdrawn ones, too"		default(false)
//	@Success		200			{object}	KeptList
//	@Failure		400			{object}	problem.Problem	"unreadable query"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/targets [get]
func (h Handler) list(c *gin.Context) {
	q := bind.NewQuery(c, "metric", "withdrawn")
	f := target.Filter{Metric: q.Text("metric"), Withdrawn: q.Bool("withdrawn")}
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.List(c.Request.Context(), f)
	if err != nil {
		problem.Write(c, err)
		return
	}
	lang := i18n.Choose(c.GetHeader("Accept-Language"))
	answer := KeptList{Items: make([]Kept, len(found))}
	for i, l := range found {
		answer.Items[i] = presentKept(lang, l)
	}
	c.JSON(http.StatusOK, answer)
}

// get gives one target to the centre.
//
//	@ID				getTarget
//	@Summary		Read a target with its versions (centre officers)
//	@Description	Withdrawn ones, too. Who looked is kept.
//	@Tags			target
//	@Security		bearer
//	@Produce		json
//	@Param			target_id	path		string	true	"target"	format(uuid)
//	@Success		200			{object}	Found
//	@Header			200			{string}	ETag	"version, for If-Match"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"target.not_found"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/targets/{target_id} [get]
func (h Handler) get(c *gin.Context) {
	targetID, err := bind.ID(c, "target_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	h.answer(c, http.StatusOK, targetID)
}

// answer shows a target as it stands now.
func (h Handler) answer(c *gin.Context, status int, targetID id.ID) {
	found, err := h.service.Get(c.Request.Context(), targetID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Found{presentKept(i18n.Choose(c.GetHeader("Accept-Language")), found.Listed), make([]Version, len(found.Versions))}
	for i, v := range found.Versions {
		answer.Versions[i] = Version{v.Version, v.Title, string(v.State), v.DecidedAt.UTC(), v.DecidedBy, v.Reason}
	}
	tag, err := bind.ETagBeside(found.Version, answer)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("ETag", tag)
	c.JSON(status, answer)
}

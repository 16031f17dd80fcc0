// Package award serves badges (인증) for hours, and honours (포상) that people nominate others for.
package award

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/guess"
	"dure/api/i18n"
	"dure/api/problem"
	"dure/domain/award"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
)

// Handler serves the routes of badges and honours.
type Handler struct {
	service *award.Service
	names   *guess.Limit
}

// New makes the handler.
func New(service *award.Service, clock calendar.Clock) Handler {
	return Handler{service, guess.New(1.0/600, 5, clock)} // five slips of the pen, then one in ten minutes
}

// Routes registers the routes. The hall of fame is open to everybody.
func (h Handler) Routes(open, signedIn gin.IRoutes) {
	open.GET("/honours", h.honours)
	signedIn.GET("/award-scales", h.listScales)
	signedIn.POST("/award-scales", h.setScale)
	signedIn.GET("/me/awards", h.mine)
	signedIn.GET("/award-rounds", h.listRounds)
	signedIn.POST("/award-rounds", h.openRound)
	signedIn.GET("/award-rounds/:round_id/nominations", h.listOfRound)
	signedIn.POST("/award-rounds/:round_id/nominations", h.nominate)
	signedIn.GET("/me/nominations", h.listMine)
	signedIn.POST("/me/nominations/:nomination_id/consent", h.consent)
	signedIn.GET("/nominations/:nomination_id", h.get)
	signedIn.POST("/nominations/:nomination_id/supports", h.support)
	signedIn.POST("/nominations/:nomination_id/withdrawal", h.withdraw)
	signedIn.POST("/nominations/:nomination_id/findings", h.find)
	signedIn.POST("/nominations/:nomination_id/proposal", h.propose)
	signedIn.POST("/nominations/:nomination_id/decision", h.decide)
}

// Badge says which badge of which scale it is.
type Badge struct {
	ScaleCode   string `json:"scale_code" example:"gwangju-honour"`
	ScaleNameKo string `json:"scale_name_ko" example:"광주 자원봉사 영예인증"`
	ScaleNameEn string `json:"scale_name_en" example:"Gwangju honour certification"`
	Code        string `json:"code" example:"silver"`
	NameKo      string `json:"name_ko" example:"은장"`
	NameEn      string `json:"name_en" example:"silver medal"`
	Minutes     int    `json:"minutes" example:"60000"` // recognised minutes that it takes, of a whole life
} //	@name	AwardBadge

// Held is a badge that one holds.
type Held struct {
	ID id.ID `json:"id" format:"uuid" swaggertype:"string"`
	Badge
	IssuedAt time.Time `json:"issued_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
	EarnedAt time.Time `json:"earned_at" format:"date-time" example:"2026-07-14T09:00:00Z"` // when the entry was posted that reached it
	EntryID  id.ID     `json:"entry_id" format:"uuid" swaggertype:"string"`
} //	@name	AwardHeld

// Taken is a badge that was revoked. GET /me/hours/entries/{entry_id} shows the entry that took the hours away.
type Taken struct {
	Held
	RevokedAt      time.Time    `json:"revoked_at" format:"date-time" example:"2026-07-20T01:00:00Z"`
	Reason         string       `json:"reason" enums:"hours_reversed,hours_corrected,hours_recounted" example:"hours_reversed"`
	ReasonText     string       `json:"reason_text" example:"인정되었던 시간이 취소되어 인증 기준에 미치지 못합니다."`
	RevokedEntryID id.ID        `json:"revoked_entry_id" format:"uuid" swaggertype:"string"`
	EntryDay       calendar.Day `json:"entry_day" format:"date" swaggertype:"string" example:"2026-07-14"` // of the activity
	EntryMinutes   int          `json:"entry_minutes" example:"-240"`
	BalanceMinutes int          `json:"balance_minutes" example:"29760"` // that were left when it was revoked
} //	@name	AwardRevoked

// Next is the badge that comes next on a scale, and what is missing.
type Next struct {
	Badge
	MissingMinutes       int `json:"missing_minutes" example:"240"`
	MissingRecentVisits  int `json:"missing_recent_visits" example:"0"`  // in the last year, where the scale asks for it
	MissingRecentMinutes int `json:"missing_recent_minutes" example:"0"` // likewise
} //	@name	AwardNext

// Wall is one's badges, newest first.
type Wall struct {
	RecognisedMinutes int     `json:"recognised_minutes" example:"60240"`
	Held              []Held  `json:"held"`
	Revoked           []Taken `json:"revoked"`
	Next              []Next  `json:"next"`
} //	@name	AwardWall

func badge(s award.Scale, t award.Threshold) Badge {
	return Badge{ScaleCode: s.Code, ScaleNameKo: s.NameKo, ScaleNameEn: s.NameEn, Code: t.Code, NameKo: t.NameKo, NameEn: t.NameEn, Minutes: t.Minutes}
}

func presentWall(w award.Wall, lang i18n.Lang) Wall {
	wall := Wall{RecognisedMinutes: w.Balance, Held: []Held{}, Revoked: []Taken{}, Next: make([]Next, len(w.Next))}
	for _, a := range w.Hung {
		held := Held{ID: a.ID, Badge: badge(a.Scale, a.Threshold), IssuedAt: a.IssuedAt, EarnedAt: a.EarnedAt, EntryID: a.EarnedBy}
		if a.RevokedAt == nil || a.TakenBy == nil {
			wall.Held = append(wall.Held, held)
			continue
		}
		reason := a.Why()
		wall.Revoked = append(wall.Revoked, Taken{Held: held, RevokedAt: *a.RevokedAt, Reason: reason,
			ReasonText: i18n.Text(lang, "award.revoked."+reason, nil), RevokedEntryID: *a.TakenBy, EntryDay: a.TakenOn,
			EntryMinutes: a.TakenTotal, BalanceMinutes: a.BalanceNow})
	}
	for i, n := range w.Next {
		wall.Next[i] = Next{badge(n.Scale, n.Threshold), n.MissingMinutes, n.MissingVisits, n.MissingRecent}
	}
	return wall
}

// mine shows one's badges.
//
//	@ID				getMyAwards
//	@Summary		Read one's own badges (every volunteer)
//	@Description	What is held and since when, what was revoked and why, and what is next. What the hours have earned by now is issued at once,
//	@Description	and what they do not cover any more is revoked.
//	@Tags			award
//	@Security		bearer
//	@Produce		json
//	@Success		200	{object}	Wall
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"award.no_person"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/me/awards [get]
func (h Handler) mine(c *gin.Context) {
	w, err := h.service.Mine(c.Request.Context())
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, presentWall(w, problem.Lang(c)))
}

// Honour is somebody who was awarded.
type Honour struct {
	ID         id.ID        `json:"id" format:"uuid" swaggertype:"string"`
	RoundID    id.ID        `json:"round_id" format:"uuid" swaggertype:"string"`
	RoundName  string       `json:"round_name" example:"대한민국 자원봉사대상"`
	Year       int          `json:"year" example:"2026"`
	CategoryKo string       `json:"category_ko" example:"개인"`
	CategoryEn string       `json:"category_en" example:"Individuals"`
	GradeKo    string       `json:"grade_ko" example:"행정안전부장관 표창"`
	GradeEn    string       `json:"grade_en" example:"Minister's commendation"`
	Name       string       `json:"name" example:"홍*동"` // in full only where he wants it
	DecidedOn  calendar.Day `json:"decided_on" format:"date" swaggertype:"string" example:"2026-12-05"`
} //	@name	Honour

// HonourPage is a page of the hall of fame.
type HonourPage struct {
	Items []Honour `json:"items"`
	Next  *string  `json:"next" extensions:"x-nullable"`
} //	@name	HonourPage

// honours shows the hall of fame.
//
//	@ID				listHonours
//	@Summary		The hall of fame (everybody)
//	@Description	Newest first. Who does not want to be named is masked.
//	@Tags			award
//	@Produce		json
//	@Param			round	query	string	false	"only this round"	format(uuid)
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200	{object}	HonourPage
//	@Failure		400	{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/honours [get]
func (h Handler) honours(c *gin.Context) {
	q := bind.NewQuery(c, "round", "limit", "after")
	round, p := q.ID("round"), q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Honours(c.Request.Context(), round, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := HonourPage{Items: make([]Honour, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, o := range found.Items {
		answer.Items[i] = Honour{ID: o.ID, RoundID: o.RoundID, RoundName: o.RoundName, Year: o.Year, CategoryKo: o.CategoryKo, CategoryEn: o.CategoryEn,
			GradeKo: o.GradeKo, GradeEn: o.GradeEn, Name: o.Shown(), DecidedOn: o.DecidedOn}
	}
	c.JSON(http.StatusOK, answer)
}

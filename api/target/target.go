// Package target serves the city's targets and how they stand.
package target

import (
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/i18n"
	"dure/domain/cube"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/target"
)

// Handler serves the routes of targets.
type Handler struct{ service *target.Service }

// New makes the handler.
func New(service *target.Service) Handler { return Handler{service} }

// Routes registers the routes; what everybody is shown is rounded and of regions of many people.
func (h Handler) Routes(open, signedIn gin.IRoutes) {
	open.GET("/open-data/targets", h.published)
	open.GET("/target-metrics", h.metrics)
	signedIn.GET("/targets", h.list)
	signedIn.POST("/targets", h.set)
	signedIn.GET("/targets/:target_id", h.get)
	signedIn.PATCH("/targets/:target_id", h.change)
}

// Value is what a metric came to, up to a day.
type Value struct {
	Value float64      `json:"value" example:"0.304"`
	On    calendar.Day `json:"on" format:"date" swaggertype:"string" example:"2026-11-21"`
} //	@name	TargetValue

// Goal is what is to be reached.
type Goal struct {
	Value float64      `json:"value" example:"0.32"`
	DueOn calendar.Day `json:"due_on" format:"date" swaggertype:"string" example:"2021-12-31"`
} //	@name	TargetGoal

// Forecast is what the metric will come to on a day if all goes on as it did.
type Forecast struct {
	Value
	GoalOn calendar.Day `json:"goal_on" format:"date" swaggertype:"string" extensions:"x-nullable" example:"2028-03-01"` // when the goal will be reached; null for not within fifty years, or reached already
} //	@name	TargetForecast

// Response is a target with how it stands.
type Response struct {
	ID         id.ID     `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7d10"`
	Title      string    `json:"title" example:"자원봉사 등록률 32%"`
	Metric     string    `json:"metric" example:"registration_rate"`
	MetricName string    `json:"metric_name" example:"등록률"`
	Unit       string    `json:"unit" enums:"rate,count" example:"rate"` // a share of 1, or a whole number
	Region     string    `json:"region" example:"city"`                  // city, or the code of a gu or dong
	RegionName string    `json:"region_name" example:"시 전체"`
	Baseline   Value     `json:"baseline"`
	Goal       Goal      `json:"goal"`
	Actual     *Value    `json:"actual" extensions:"x-nullable"`
	Pace       string    `json:"pace" enums:"ahead,on_track,behind,reached,missed,later" example:"on_track"`
	Forecast   *Forecast `json:"forecast" extensions:"x-nullable"`
	Source     string    `json:"source" example:"자원봉사 선도도시 종합발전 로드맵(2019)"`
	Note       string    `json:"note" example:"그날 등록되어 있는 시민 ÷ 주민등록인구."` // what is measured, and how
} //	@name	Target

// List are targets, of those that were set first first.
type List struct {
	Items []Response `json:"items"`
} //	@name	TargetList

// Kept is a target as the centre sees it.
type Kept struct {
	Response
	Version int    `json:"version" example:"1"`
	State   string `json:"state" enums:"standing,withdrawn" example:"standing"`
} //	@name	TargetKept

// KeptList are targets, of those that were set first first.
type KeptList struct {
	Items []Kept `json:"items"`
} //	@name	TargetKeptList

// Found is a target with all its versions.
type Found struct {
	Kept
	Versions []Version `json:"versions"` // the oldest first
} //	@name	TargetFound

// Version is one version of a target: versions differ in what stands here.
type Version struct {
	Version   int       `json:"version" example:"2"`
	Title     string    `json:"title" example:"자원봉사 등록률 32%"`
	State     string    `json:"state" enums:"standing,withdrawn" example:"withdrawn"`
	DecidedAt time.Time `json:"decided_at" format:"date-time" example:"2026-07-01T00:00:00Z"`
	DecidedBy id.ID     `json:"decided_by" format:"uuid" swaggertype:"string"` // account
	Reason    string    `json:"reason" example:"목표를 다시 정함"`                    // of a withdrawal
} //	@name	TargetVersion

// Metric is something that a target can be set for.
type Metric struct {
	Code       string  `json:"code" example:"registration_rate"`
	Name       string  `json:"name" example:"등록률"`
	Unit       string  `json:"unit" enums:"rate,count" example:"rate"`
	Measured   string  `json:"measured" enums:"day,year,later" example:"day"` // on every day, by calendar year, or once its feature is there
	Tolerance  float64 `json:"tolerance" example:"0.05"`                      // how far from the straight line still is on it, as a share of the way from baseline to goal
	Definition string  `json:"definition" example:"그날 등록되어 있는 시민 ÷ 주민등록인구."`
} //	@name	TargetMetric

// Metrics are all that targets can be set for.
type Metrics struct {
	Items []Metric `json:"items"`
} //	@name	TargetMetricList

// words picks a metric's texts.
func words(lang i18n.Lang, m target.Metric) (name, definition string) {
	if lang == i18n.English {
		return m.NameEn, m.DefinitionEn
	}
	return m.Name, m.Definition
}

func present(lang i18n.Lang, l target.Listed) Response {
	r := Response{ID: l.ID, Title: l.Title, Metric: l.Target.Metric, Unit: string(l.Metric.Unit), Region: l.Region, RegionName: l.RegionName,
		Baseline: Value{l.BaselineValue, l.BaselineOn}, Goal: Goal{l.GoalValue, l.DueOn}, Actual: value(l.Actual), Pace: string(l.Pace), Source: l.Source}
	r.MetricName, r.Note = words(lang, l.Metric)
	if l.Region == cube.City {
		r.RegionName = i18n.Text(lang, "target.city", nil)
	}
	if f := l.Forecast; f != nil {
		r.Forecast = &Forecast{Value{f.Value.Value, f.On}, f.GoalOn}
	}
	return r
}

func value(v *target.Value) *Value {
	if v == nil {
		return nil
	}
	return &Value{v.Value, v.On}
}

func presentKept(lang i18n.Lang, l target.Listed) Kept {
	return Kept{present(lang, l), l.Version, string(l.State)}
}

package anomaly

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/attendance"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

// ReasonRequest says why something is decided.
type ReasonRequest struct {
	Reason string `json:"reason" example:"현장 사진과 명단으로 확인했습니다." validate:"required" maxLength:"500"`
} //	@name	AnomalyReason

// DecisionsRequest decides on many at once.
type DecisionsRequest struct {
	AnomalyIDs []id.ID `json:"anomaly_ids" format:"uuid" swaggertype:"array,string" validate:"required" minItems:"1" maxItems:"1000"`
	Decision   string  `json:"decision" enums:"release,rejection" example:"release" validate:"required"`
	Reason     string  `json:"reason" example:"현장 사진과 명단으로 확인했습니다." validate:"required" maxLength:"500"`
} //	@name	AnomalyDecisions

// Decided is an anomaly after a decision, and where its attendance stands now.
type Decided struct {
	Response
	AttendanceState attendance.State `json:"attendance_state" swaggertype:"string" enums:"pending,held,verified,rejected,reversed" example:"pending"`
} //	@name	AnomalyDecided

// DecisionsResponse tells what became of each, in the order given.
type DecisionsResponse struct {
	Results []DecisionResult `json:"results"`
} //	@name	AnomalyDecisionResults

// DecisionResult is the answer for one anomaly.
type DecisionResult struct {
	AnomalyID       id.ID                 `json:"anomaly_id" format:"uuid" swaggertype:"string"`
	Status          attendance.HoldStatus `json:"status" swaggertype:"string" enums:"released,rejected,already_released,already_rejected,refused" example:"released"`
	AttendanceState *attendance.State     `json:"attendance_state" swaggertype:"string" enums:"pending,held,verified,rejected,reversed" extensions:"x-nullable" example:"pending"`
	Problem         *problem.Problem      `json:"problem" extensions:"x-nullable"` // why it was refused
} //	@name	AnomalyDecisionResult

// release lets an attendance go on.
//
//	@ID				releaseAnomaly
//	@Summary		Find nothing wrong with what is unusual (centre officers)
//	@Description	When nothing that was found about the attendance is open any more, it waits for verification as any other; one that the
//	@Description	volunteer proved by the code is verified by the officer and counts at once. Asked again, it answers the same. Nobody decides
//	@Description	on his own presence, on that of somebody near to him, or on what he entered.
//	@Tags			anomaly
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			anomaly_id	path		string			true	"anomaly"	format(uuid)
//	@Param			body		body		ReasonRequest	true	"why"
//	@Success		200			{object}	Decided
//	@Failure		400			{object}	problem.Problem	"unreadable body"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404			{object}	problem.Problem	"anomaly.not_found"
//	@Failure		409			{object}	problem.Problem	"anomaly.decided: it was rejected"
//	@Failure		413			{object}	problem.Problem	"request.too_large"
//	@Failure		415			{object}	problem.Problem	"request.media_type"
//	@Failure		422			{object}	problem.Problem	"request.invalid"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/anomalies/{anomaly_id}/release [post]
func (h Handler) release(c *gin.Context) { h.decideOne(c, true) }

// reject refuses an attendance.
//
//	@ID				rejectAnomaly
//	@Summary		Reject the presence that something unusual was found about (centre officers)
//	@Description	All that is open about the attendance closes with it. Asked again, it answers the same. Who may not release may not reject.
//	@Tags			anomaly
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			anomaly_id	path		string			true	"anomaly"	format(uuid)
//	@Param			body		body		ReasonRequest	true	"why"
//	@Success		200			{object}	Decided
//	@Failure		400			{object}	problem.Problem	"unreadable body"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404			{object}	problem.Problem	"anomaly.not_found"
//	@Failure		409			{object}	problem.Problem	"anomaly.decided: it was released"
//	@Failure		413			{object}	problem.Problem	"request.too_large"
//	@Failure		415			{object}	problem.Problem	"request.media_type"
//	@Failure		422			{object}	problem.Problem	"request.invalid"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/anomalies/{anomaly_id}/rejection [post]
func (h Handler) reject(c *gin.Context) { h.decideOne(c, false) }

func (h Handler) decideOne(c *gin.Context, release bool) {
	anomalyID, err := bind.ID(c, "anomaly_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req ReasonRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	verdicts, err := h.attendances.DecideHolds(c.Request.Context(), []id.ID{anomalyID}, release, req.Reason)
	if err == nil {
		err = verdicts[0].Err
	}
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, Decided{present(*verdicts[0].Anomaly), verdicts[0].Attendance})
}

// decide decides on many.
//
//	@ID				decideAnomalies
//	@Summary		Release or reject many at once (centre officers)
//	@Description	Each for itself, as the single forms do: one that is refused changes nothing about the others.
//	@Tags			anomaly
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			body	body		DecisionsRequest	true	"up to 1,000 anomalies"
//	@Success		200		{object}	DecisionsResponse
//	@Failure		400		{object}	problem.Problem	"unreadable body"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		403		{object}	problem.Problem	"auth.forbidden"
//	@Failure		413		{object}	problem.Problem	"request.too_large"
//	@Failure		415		{object}	problem.Problem	"request.media_type"
//	@Failure		422		{object}	problem.Problem	"request.invalid"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/anomalies/decisions [post]
func (h Handler) decide(c *gin.Context) {
	var req DecisionsRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	if req.Decision != "release" && req.Decision != "rejection" {
		problem.Write(c, fault.ErrInvalid.On("decision", "unknown"))
		return
	}
	verdicts, err := h.attendances.DecideHolds(c.Request.Context(), req.AnomalyIDs, req.Decision == "release", req.Reason)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := DecisionsResponse{Results: make([]DecisionResult, len(verdicts))}
	for i, v := range verdicts {
		answer.Results[i] = DecisionResult{AnomalyID: v.AnomalyID, Status: v.Status, Problem: problem.For(c, v.Err)}
		if v.Attendance != "" {
			answer.Results[i].AttendanceState = &v.Attendance
		}
	}
	c.JSON(http.StatusOK, answer)
}

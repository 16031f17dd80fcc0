package certificate

import (
	"encoding/hex"
	"mime"
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/certificate"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/fault"
	"dure/domain/kernel/text"
)

// CheckResponse is all that anybody with a certificate's number is told: enough to compare with the paper in his hand.
type CheckResponse struct {
	Number   string               `json:"number" example:"7K3M-9QXA-0B2C-4D5E-6F7G"`
	Status   certificate.Status   `json:"status" swaggertype:"string" enums:"valid,superseded,revoked" example:"valid"` // superseded: minutes in it were taken back or changed since
	Name     string               `json:"name" example:"홍*동"`
	From     calendar.Day         `json:"from" format:"date" swaggertype:"string" example:"2026-01-01"`
	To       calendar.Day         `json:"to" format:"date" swaggertype:"string" example:"2026-07-15"`
	Minutes  int                  `json:"minutes" example:"750"` // as printed
	IssuedOn calendar.Day         `json:"issued_on" format:"date" swaggertype:"string" example:"2026-07-15"`
	SHA256   string               `json:"sha256" example:"2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae"` // of the PDF as it was issued
	Document certificate.Document `json:"document,omitempty" swaggertype:"string" enums:"genuine,altered" example:"genuine"` // of the file that was asked about
} //	@name	CertificateCheck

// CheckRequest tells the hash of a file, which then need not leave its place.
type CheckRequest struct {
	SHA256 string `json:"sha256" example:"2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae" validate:"required" minLength:"64" maxLength:"64"`
} //	@name	CertificateCheckRequest

func presentCheck(i certificate.Issued, hash string) CheckResponse {
	answer := CheckResponse{Number: i.Number, Status: i.Status(), Name: text.Mask(i.Name), From: i.FromDay, To: i.ToDay,
		Minutes: i.Minutes, IssuedOn: i.IssuedOn, SHA256: i.PaperHash}
	if hash != "" {
		answer.Document = i.Document(hash)
	}
	return answer
}

func isHash(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == 32
}

// check tells whether a certificate stands.
//
//	@ID				checkCertificate
//	@Summary		Check a certificate by its number
//	@Description	Readable without a token, limited by address. Browsers get a page. superseded says that minutes it certifies were taken back or changed since; a presence that was added later leaves it valid.
//	@Tags			certificate
//	@Produce		json,html
//	@Param			number	path		string	true	"as printed; case, hyphens, and O for 0 or I for 1 do not matter"	example(7K3M-9QXA-0B2C-4D5E-6F7G)
//	@Param			sha256	query		string	false	"SHA-256 of the PDF at hand, in hex: answered by document"
//	@Success		200		{object}	CheckResponse
//	@Failure		400		{object}	problem.Problem	"request.query"
//	@Failure		404		{object}	problem.Problem	"certificate.not_found"
//	@Failure		429		{object}	problem.Problem	"request.rate"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/certificates/{number} [get]
func (h Handler) check(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	q := bind.NewQuery(c, "sha256")
	hash := q.Text("sha256")
	if err := q.Err(); err != nil {
		problem.Write(c, err)
		return
	}
	if hash != "" && !isHash(hash) {
		problem.Write(c, bind.ErrQuery.With("name", "sha256"))
		return
	}
	found, err := h.service.Check(c.Request.Context(), c.Param("number"))
	switch {
	case wantsPage(c):
		writePage(c, presentCheck(found, hash), err)
	case err != nil:
		problem.Write(c, err)
	default:
		c.JSON(http.StatusOK, presentCheck(found, hash))
	}
}

// document tells whether a file is the one that was issued.
//
//	@ID				checkCertificateDocument
//	@Summary		Check whether a PDF is the certificate as it was issued
//	@Description	Send the PDF itself (up to 5 MiB; it is not kept), as the body or as a form's only part, or its SHA-256 as JSON. Without a token, limited by address.
//	@Tags			certificate
//	@Accept			application/pdf,json,mpfd
//	@Produce		json
//	@Param			number	path		string			true	"number of the certificate"	example(7K3M-9QXA-0B2C-4D5E-6F7G)
//	@Param			body	body		CheckRequest	false	"the hash of the PDF, where JSON is sent"
//	@Success		200		{object}	CheckResponse
//	@Failure		400		{object}	problem.Problem	"unreadable body, request.form"
//	@Failure		404		{object}	problem.Problem	"certificate.not_found"
//	@Failure		413		{object}	problem.Problem	"request.too_large"
//	@Failure		415		{object}	problem.Problem	"request.media_type"
//	@Failure		422		{object}	problem.Problem	"request.invalid"
//	@Failure		429		{object}	problem.Problem	"request.rate"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/certificates/{number}/checks [post]
func (h Handler) document(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	hash, err := hashOf(c)
	if err != nil {
		problem.Write(c, err)
		return
	}
	found, err := h.service.Check(c.Request.Context(), c.Param("number"))
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, presentCheck(found, hash))
}

// hashOf reads the file that is asked about, or its hash.
func hashOf(c *gin.Context) (string, error) {
	body, err := bind.File(c, bind.BatchLimit, "file", "application/pdf", "application/json")
	if err != nil {
		return "", err
	}
	if mediaType, _, err := mime.ParseMediaType(c.GetHeader("Content-Type")); err != nil || mediaType != "application/json" {
		return certificate.PaperHash(body), err
	}
	var req CheckRequest
	if err := bind.Decode(body, "", &req); err != nil {
		return "", err
	}
	if !isHash(req.SHA256) {
		return "", fault.ErrInvalid.On("sha256", "sha256")
	}
	return req.SHA256, nil
}

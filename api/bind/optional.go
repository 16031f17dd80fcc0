package bind

import "github.com/gin-gonic/gin"

// JSONIfAny is JSON for requests whose members are all optional: no body at all is an empty object.
func JSONIfAny(c *gin.Context, into any) error {
	if c.Request.ContentLength == 0 {
		return nil
	}
	return JSON(c, into)
}

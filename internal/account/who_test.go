package account_test

import (
	"net/http/httptest"

	"github.com/labstack/echo/v4"

	"passerelle/internal/access"
)

// whoIs asks who comes with a header Authorization.
func (d *door) whoIs(authorization string) (access.Principal, error) {
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Authorization", authorization)
	return d.Who(echo.New().NewContext(r, httptest.NewRecorder()))
}

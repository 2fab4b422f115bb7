package observe

import (
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"
)

// Check is one thing a program needs in order to work, such as its database. It must end when its context does.
type Check struct {
	Name string
	Run  func(context.Context) error // nil always passes
	Good string                      // shown when it passes; default "ok"
	Bad  string                      // shown when it does not; default "failing"
}

// slowest is how long a health question may take before the answer is no.
const slowest = 2 * time.Second

// Health answers 200 when every check passes and 503 otherwise, naming the checks: {"database":"ok","broker":"failing"}. What
// exactly fails stands in the log alone.
func Health(log *slog.Logger, checks ...Check) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), slowest)
		defer cancel()
		status, report := http.StatusOK, map[string]string{}
		for _, c := range checks {
			report[c.Name] = cmp.Or(c.Good, "ok")
			if c.Run == nil {
				continue
			}
			if err := c.Run(ctx); err != nil {
				status, report[c.Name] = http.StatusServiceUnavailable, cmp.Or(c.Bad, "failing")
				log.ErrorContext(ctx, "health check", "check", c.Name, "error", err)
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(report) // the status is sent; whoever asked has gone
	})
}

package federation_test

import (
	"bytes"
	"testing"

	"passerelle/contracts"
	"passerelle/internal/federation"
)

// FuzzLog reads bytes of anybody's as an exported log: what opens has exactly the lines its header announces.
func FuzzLog(f *testing.F) {
	f.Add([]byte(`{"format":"passerelle-log-v1","party":"be","channels":[{"peer":"hub","sent":1,"answers":1,"received":0,"given":0,"forks":0}]}` + "\na\nb\n"))
	f.Add([]byte(`{"format":"passerelle-log-v1","party":"be","channels":[{"peer":"hub","sent":-1,"answers":1,"received":0,"given":0,"forks":0}]}` + "\n"))
	f.Add([]byte(`{"format":"passerelle-log-v1","party":"be","channels":[{"peer":"hub","sent":9223372036854775807,"answers":9223372036854775807,"received":0,"given":0,"forks":0}]}` + "\na"))
	f.Add([]byte(`{"format":"passerelle-log-v1","party":"be","channels":[]}` + "\n"))
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, b []byte) {
		log, err := federation.OpenLog(bytes.NewReader(b), int64(len(b)))
		if err == nil && (log.Lines() != int64(bytes.Count(b, []byte("\n")))-1 || b[len(b)-1] != '\n') {
			t.Errorf("%d lines announced, %d there", log.Lines(), bytes.Count(b, []byte("\n"))-1)
		}
		if err != nil && !contracts.IsFault(err) {
			t.Errorf("%v is no fault of the log", err)
		}
	})
}

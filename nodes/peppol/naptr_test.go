package peppol

import (
	"strings"
	"testing"
)

func record(order, preference byte, flags, service, regexp string) []byte {
	b := []byte{0, order, 0, preference}
	for _, s := range []string{flags, service, regexp} {
		b = append(append(b, byte(len(s))), s...)
	}
	return append(b, 0)
}

func TestTheMostPreferredPublisherIsAsked(t *testing.T) {
	var records []naptr
	for _, b := range [][]byte{
		record(1, 1, "U", "Meta:Other", "!.*!https://other.example!"),
		record(20, 1, "U", "Meta:SMP", "!.*!https://third.example!"),
		record(10, 20, "U", "Meta:SMP", "!.*!https://second.example!"),
		record(10, 10, "u", "meta:smp", "!^.*$!https://first.example/smp/!i"),
	} {
		r, err := parseNAPTR(b)
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	if got, err := publisherOf(records); got != "https://first.example/smp" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := publisherOf(records[:1]); got != "" || err != nil {
		t.Errorf("another service is taken for the publisher: %q, %v", got, err)
	}
}

func TestAPublisherHasAPlainHTTPSAddress(t *testing.T) {
	for regexp, want := range map[string]string{
		"!.*!https://smp.example!":              "https://smp.example",
		"#.*#https://smp.example/a!b#":          "https://smp.example/a!b",
		"!.*!http://smp.example!":               "",
		"!.*!https://user@smp.example!":         "",
		"!.*!https://smp.example/?x=1!":         "",
		"!.*!https://smp.example/#x!":           "",
		`!(.*)!https://smp.example/\1!`:         "",
		`!.*!https://smp.example/\1!`:           "",
		"!.+!https://smp.example!":              "",
		"!.*!https://smp.example":               "",
		"!.*!https://smp.example!x!":            "",
		"!.*!file:///etc/passwd!":               "",
		"!.*!https:///x!":                       "",
		"!.*!!":                                 "",
		"!":                                     "",
		"":                                      "",
		"!.*!https://smp.example/a b!":          "",
		"!.*!https://smp.example/\u0000!":       "",
		"!.*!//smp.example!":                    "",
		"!.*!gopher://smp.example:70/selector!": "",
	} {
		got, err := naptr{regexp: regexp}.address()
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", regexp, got, err)
		}
	}
}

func FuzzNAPTR(f *testing.F) {
	f.Add(record(10, 10, "U", "Meta:SMP", "!.*!https://smp.example!"))
	f.Add([]byte{0, 1, 0, 1, 255, 'U'})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parseNAPTR(b)
		if err != nil {
			return
		}
		address, err := publisherOf([]naptr{r})
		if err == nil && address != "" && (!strings.HasPrefix(address, "https://") || strings.ContainsAny(address, "?#\n \\")) {
			t.Errorf("%q from %q", address, r.regexp)
		}
	})
}

func FuzzDNSAnswer(f *testing.F) {
	q, id, err := question("x." + Production)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(q)
	f.Add(append(q, 1, 2, 3))
	f.Fuzz(func(t *testing.T, b []byte) {
		if a, err := parseAnswer(b, q, id); err == nil && a.outcome("server", Production) == nil && len(a.records) == 0 {
			t.Error("no record is taken for an answer")
		}
	})
}

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Belgium kept the documents of 2016 for seven years.
func TestRetentionFromTheCommandLine(t *testing.T) {
	dir := t.TempDir()
	network, db, past, settings := filepath.Join(dir, "network"), filepath.Join(dir, "be.db"), filepath.Join(dir, "past.csv"), filepath.Join(dir, "be.yaml")
	if code, _, errs := command(t, "network", "init", "--dir", network, "--parties", "hub,be"); code != exitGood {
		t.Fatal(errs)
	}
	example, err := os.ReadFile(filepath.Join(network, "be.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{
		settings: strings.Replace(string(example), "demonstration: true", "demonstration: false", 1),
		past: "number,issue_date,member,member_name,activity,buyer_name,buyer_country,buyer_kind,description,net,vat_category,vat_rate,vat,currency,paid_on\n" +
			"1,2016-05-10,M1,One,A1,Buyer,BE,business,Work,100.00,S,21,21.00,EUR,2016-06-01\n",
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	node := " --country be --db " + db + " --network " + network
	for _, tc := range []struct {
		args, want string
		code       int
	}{
		{"import" + node + " " + past, "1 documents added", exitGood},
		{"retention --dry-run" + node, "1 documents, 0 drafts, 0 import files, 0 buyers, 0 members would be erased", exitGood},
		{"retention" + node, "have no period", exitFailed},
		{"retention --json" + node + " --settings " + settings, `"documents": 1`, exitGood},
		{"retention" + node + " --settings " + settings, "0 documents", exitGood},
	} {
		if code, out, errs := command(t, strings.Fields(tc.args)...); code != tc.code || !strings.Contains(out+errs, tc.want) {
			t.Errorf("passerelle %s: exit %d, want %d and %q\n%s%s", tc.args, code, tc.code, tc.want, out, errs)
		}
	}
}

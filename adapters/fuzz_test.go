package adapters_test

import (
	"testing"

	"passerelle/adapters"
	"passerelle/contracts"
)

// Whatever a stranger types, the answer is a number in normal form that is accepted again, or a Fault.
func FuzzCheckVATID(f *testing.F) {
	for _, s := range []string{"BE0468561072", "NL004495445B01", "IE8Z49289F", "GB980780684001", "974760673MVA", "", "é", "CHE", "\x00\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := adapters.CheckVATID(s)
		if err != nil {
			if !contracts.IsFault(err) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if again, err := adapters.CheckVATID(got); err != nil || again != got {
			t.Fatalf("%q became %q, which becomes %q, %v", s, got, again, err)
		}
	})
}

func FuzzCheckID(f *testing.F) {
	for _, s := range []string{"732829320", "Aachen HRA 11223", "880320+0016", "F0605378I", "12892312-2-42", "", "ß", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for code, m := range adapters.Atlas() {
			findings, err := adapters.CheckID(code, s)
			if err != nil {
				t.Fatal(err)
			}
			for i, found := range findings {
				if found.Valid == (found.Why != "") || found.Valid == (found.Normalised == "") {
					t.Fatalf("%s %q: %+v", code, s, found)
				}
				if !found.Valid || i == 0 && m.VATID != nil {
					continue
				}
				if again, err := m.Verify(found.Scheme, found.Normalised); err != nil || again != found.Normalised {
					t.Fatalf("%s %q became %q, which becomes %q, %v", code, s, found.Normalised, again, err)
				}
			}
		}
	})
}

func FuzzParseIBAN(f *testing.F) {
	for _, s := range []string{"BE68 5390 0754 7034", "NO9386011117947", "IS140159260076545510730339", "US00", "", "İ", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := adapters.ParseIBAN(s)
		if err != nil {
			if !contracts.IsFault(err) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if again, err := adapters.ParseIBAN(got); err != nil || again != got {
			t.Fatalf("%q became %q, which becomes %q, %v", s, got, again, err)
		}
	})
}

package seal

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"passerelle/contracts"
	"passerelle/contracts/letter"
	"passerelle/contracts/sample"
)

var update = flag.Bool("update", false, "seal the test vector anew")

// vector is testdata/wire/sealing.json: enough to check an implementation of one's own. Its key is known to everybody.
type vector struct {
	Secret  []byte                    `json:"secret"`
	Network string                    `json:"network"`
	Message contracts.CaseMessageSent `json:"message"`
	Content []byte                    `json:"content"`
}

const vectorFile = "../../contracts/testdata/wire/sealing.json"

func TestThePublishedMessageOpens(t *testing.T) {
	if *update {
		write(t)
	}
	b, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	var v vector
	if err := contracts.Decode(b, &v); err != nil {
		t.Fatal(err)
	}
	private, err := kem.NewPrivateKey(v.Secret)
	if err != nil {
		t.Fatal(err)
	}
	keys := Keys{keyOf(1, private)}
	if err := keys[0].Published("FR").Validate(); err != nil {
		t.Error(err)
	}
	if err := v.Message.Validate(); err != nil {
		t.Error(err)
	}
	got, err := keys.Open(v.Network, v.Message)
	if err != nil || !bytes.Equal(got, v.Content) {
		t.Errorf("%q: %v", got, err)
	}
	if _, _, err := letter.Read(v.Message.Kind, got); err != nil {
		t.Error(err)
	}
}

func write(t *testing.T) {
	t.Helper()
	key, err := NewKey(1)
	if err != nil {
		t.Fatal(err)
	}
	v := vector{Network: "vectors", Message: sample.Message()}
	if v.Secret, err = key.private.Bytes(); err != nil {
		t.Fatal(err)
	}
	v.Message.Kind, v.Message.Flow, v.Message.Key = contracts.KindInfoRequest, contracts.FlowQuestion, key.ID()
	if v.Content, err = letter.Write(letter.InfoRequest{Words: letter.Words{Text: "Which stage?"}}); err != nil {
		t.Fatal(err)
	}
	if v.Message.Sealed, err = Seal(key.Published("FR").Public, v.Network, v.Message, v.Content); err != nil {
		t.Fatal(err)
	}
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorFile, append(b, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

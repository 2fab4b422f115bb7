package federation

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"passerelle/contracts"
)

func TestWirePageShowsTheVectorAndEveryCode(t *testing.T) {
	b, err := os.ReadFile("../../contracts/wire.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(b)
	shown := ""
	for _, v := range published[vectorFile](t, "accepting.json").Vectors {
		if v.Name != "event: invoice-paid.v1 as the first message" {
			continue
		}
		f, err := open(publishedDirectory(t), v.line(t))
		if err != nil {
			t.Fatal(err)
		}
		shown = v.Name
		for _, want := range []string{v.Name, v.Frame, v.Hash, string(f.Payload), header1(beKey, TypeEvent).String()} {
			if !strings.Contains(page, want) {
				t.Errorf("wire.md does not show %s", want)
			}
		}
	}
	if shown == "" {
		t.Error("the vector of the example is gone")
	}
	for _, code := range []contracts.FaultCode{FaultFrame, FaultHeader, FaultKey, FaultSignature, FaultPayload, FaultNumbering, FaultNetwork, FaultSender, FaultRecipient, FaultReceipt, FaultAuthority,
		contracts.FaultMalformed, contracts.FaultUnknownMember, contracts.FaultDuplicateMember, contracts.FaultTooDeep, contracts.FaultTooLarge, contracts.FaultMissing, contracts.FaultInvalid,
		contracts.FaultAmount, contracts.FaultCurrency, contracts.FaultDate, contracts.FaultCountry, contracts.FaultUnknownType} {
		if !strings.Contains(page, "`"+string(code)+"`") {
			t.Errorf("wire.md does not tell of the code %s", code)
		}
	}
}

// asyncAPI is what the test needs of the description.
type asyncAPI struct {
	AsyncAPI string `yaml:"asyncapi"`
	Channels map[string]struct {
		Address string `yaml:"address"`
	} `yaml:"channels"`
	Components struct {
		Messages map[string]struct {
			Name    string         `yaml:"name"`
			Payload map[string]any `yaml:"payload"`
		} `yaml:"messages"`
		Schemas map[string]any `yaml:"schemas"`
	} `yaml:"components"`
}

const asyncAPIFile = "../../contracts/schema/asyncapi.yaml"

func readAsyncAPI(t *testing.T) asyncAPI {
	t.Helper()
	b, err := os.ReadFile(asyncAPIFile)
	if err != nil {
		t.Fatal(err)
	}
	var a asyncAPI
	if err := yaml.Unmarshal(b, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAsyncAPIHasEveryStreamAndEveryEvent(t *testing.T) {
	a := readAsyncAPI(t)
	if a.AsyncAPI != "3.0.0" || a.Channels["out"].Address != OutStream("{node}") || a.Channels["in"].Address != InStream("{node}") {
		t.Errorf("version %q, channels %v", a.AsyncAPI, a.Channels)
	}
	described := map[string]bool{}
	for _, m := range a.Components.Messages {
		described[m.Name] = true
	}
	for _, typ := range contracts.EventTypes() {
		if !described[string(typ)] {
			t.Errorf("asyncapi.yaml does not describe %s", typ)
		}
	}
	for _, typ := range []FrameType{TypeReceipt, TypeStanding} {
		if !described[string(typ)] {
			t.Errorf("asyncapi.yaml does not describe %s", typ)
		}
	}
}

// TestAsyncAPIAcceptsTheVectors validates what the accepting vectors carry against the schemas of asyncapi.yaml, the schemas of
// the events included.
func TestAsyncAPIAcceptsTheVectors(t *testing.T) {
	a := readAsyncAPI(t)
	compiler := validator.NewCompiler()
	document := map[string]any{"components": map[string]any{"schemas": a.Components.Schemas, "messages": map[string]any{}}}
	byName := map[string]*validator.Schema{}
	for key, m := range a.Components.Messages {
		document["components"].(map[string]any)["messages"].(map[string]any)[key] = map[string]any{"payload": m.Payload}
	}
	asJSON, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	resource, err := validator.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		t.Fatal(err)
	}
	if err := compiler.AddResource(asyncAPIFile+".json", resource); err != nil {
		t.Fatal(err)
	}
	for key, m := range a.Components.Messages {
		if m.Name != "" {
			byName[m.Name] = compiler.MustCompile(asyncAPIFile + ".json#/components/messages/" + key + "/payload")
		}
	}
	checked := 0
	for _, v := range published[vectorFile](t, "accepting.json").Vectors {
		p := parseFrame(publishedDirectory(t), v.Reader, v.line(t))
		name := string(v.Type)
		if p.event != nil {
			name = string(p.event.message.Type)
		}
		schema, ok := byName[name]
		if !ok || v.Answer == string(Refused) {
			continue // a type nobody knows, or a body against the rules
		}
		f, err := open(publishedDirectory(t), v.line(t))
		if err != nil {
			t.Fatal(err)
		}
		payload, err := validator.UnmarshalJSON(bytes.NewReader(f.Payload))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(payload); err != nil {
			t.Errorf("%s: %v", v.Name, err)
		}
		checked++
	}
	if checked < 50 {
		t.Errorf("%d vectors checked", checked)
	}
}

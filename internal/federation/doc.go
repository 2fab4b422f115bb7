// Package federation carries events between the parties of the network so that each is applied exactly once, in the
// order it was sent, whatever the broker loses, repeats, reorders or invents.
//
// A channel is one direction between two parties. The sender numbers and chains its messages in its own database, in
// the transaction of the business change, and goes on sending until it holds the receiver's signed receipt. The receiver applies
// effect, inbox row and receipt in one transaction. The broker only carries.
//
// The wire format is contracts/wire.md. Read channel.go first: it is the protocol as two pure Steps, which simulator_test.go drives through ten
// thousand bad worlds. Around it, wire.go reads and writes frames and store.go is the tables; endpoint.go holds the parts together, relay.go
// sends, receive.go and taking.go receive, standing.go compares heads and brings lost history back, membership.go, rotation.go and epoch.go keep keys and epochs up
// to date from the registry (registry*.go, keys.go, directory.go). status.go, alarm.go and watch.go tell people how it goes; verify*.go,
// import*.go and archive.go are for operators. It knows nothing of invoices: what an event means is the function Apply that the program
// hands in.
package federation

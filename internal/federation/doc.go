// Package federation carries events between the parties of the network so that each is applied exactly once, in the
// order it was sent, whatever the broker loses, repeats, reorders or invents.
//
// A channel is one direction between two parties. The sender numbers and chains its messages in its own database, in
// the transaction of the business change, and goes on sending until it holds the receiver's signed receipt. The receiver applies
// effect, inbox row and receipt in one transaction. The broker only carries.
//
// The wire format is contracts/wire.md. wire.go reads and writes it, channel.go is the protocol as a pure function, store.go
// its tables; endpoint.go, relay.go (sending), receive.go and taking.go (receiving) are the moving parts, status.go shows them. It knows nothing of invoices: what an event means is the
// function Apply that the program hands in.
package federation

package federation

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"database/sql"
	"fmt"

	"passerelle/contracts"
	"passerelle/internal/storage"
)

// This file is what backups need of the channels: a party's word that an archive is its own, and where its channels stood.

// archiveTag keeps signatures of archives apart from any other use of a signing key.
const archiveTag = "passerelle-backup-v1\n"

// SignArchive signs the SHA-256 of an archive of the party's database.
func (k Key) SignArchive(sum [sha256.Size]byte) []byte {
	return ed25519.Sign(k.private, append([]byte(archiveTag), sum[:]...))
}

// CheckArchive tells whether the key of this id is one of party's and signed the SHA-256 of an archive. A key that was replaced stands
// for what it signed; one that was revoked may be a thief's, and what it signed has no date that a thief could not write.
func (d *Directory) CheckArchive(id KeyID, party contracts.PartyID, sum [sha256.Size]byte, signature []byte) error {
	k, ok := d.key(id)
	switch {
	case !ok || k.party != party:
		return contracts.Fault{Code: FaultKey, Message: fmt.Sprintf("the network lists no key %.40q of %s", string(id), party), Remedy: "give the folder of the network the archive comes from"}
	case k.revoked:
		return contracts.Fault{Code: FaultKey, Message: fmt.Sprintf("the key %s was revoked, and whoever has it can make archives", id), Remedy: "use an archive made with a later key, or rebuild from logs"}
	case !ed25519.Verify(k.public, append([]byte(archiveTag), sum[:]...), signature):
		return contracts.Fault{Code: FaultSignature, Message: "the archive is not as its party made it: the signature does not fit", Remedy: "take another copy of it"}
	}
	return nil
}

// Head is where the two channels with a peer stand: the last message sent and the last one consumed.
type Head struct {
	Peer     contracts.PartyID `json:"peer"`
	Sent     Point             `json:"sent"`
	Received Point             `json:"received"`
}

// Heads returns where the channels of a party stand in the state that q shows, in order of peer. A channel that was never used has epoch 0.
func Heads(ctx context.Context, q storage.Querier) ([]Head, error) {
	scan := func(r *sql.Rows) (h Head, err error) {
		var sent, received string
		if err := r.Scan(&h.Peer, &h.Sent.Epoch, &h.Sent.Sequence, &sent, &h.Received.Epoch, &h.Received.Sequence, &received); err != nil {
			return h, err
		}
		if err := h.Sent.Hash.UnmarshalText([]byte(sent)); err != nil {
			return h, err
		}
		return h, h.Received.Hash.UnmarshalText([]byte(received))
	}
	return storage.All(ctx, q, scan, `SELECT p.peer, COALESCE(s.epoch, 0), COALESCE(s.next - 1, 0), COALESCE(s.head, $1), COALESCE(r.epoch, 0), COALESCE(r.next - 1, 0), COALESCE(r.head, $1)
		FROM (SELECT peer FROM fed_sending UNION SELECT peer FROM fed_receiving) p
		LEFT JOIN fed_sending s ON s.peer = p.peer LEFT JOIN fed_receiving r ON r.peer = p.peer ORDER BY p.peer`, Hash{}.String())
}

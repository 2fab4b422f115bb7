package nodes

// OpenChannels opens the ways to the outside anew, after a test has changed the settings.
func (n *Node) OpenChannels() (err error) {
	n.Delivery.Carriers, err = n.carriers()
	return err
}

// Check returns the faults of the settings.
func (d DeliverySettings) Check() error { return d.check() }

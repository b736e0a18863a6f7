package visibility

// MapsAtOnce is how many heat maps are computed at once.
const MapsAtOnce = mapsAtOnce

// Waiting is how many heat maps wait for others.
func Waiting(p *Planner) int {
	p.maps.mu.Lock()
	defer p.maps.mu.Unlock()
	n := 0
	for _, queue := range p.maps.waiting {
		n += len(queue)
	}
	return n
}

// Flying is for how many different questions days are being computed.
func Flying(p *Planner) int {
	p.flights.mu.Lock()
	defer p.flights.mu.Unlock()
	return len(p.flights.flying)
}

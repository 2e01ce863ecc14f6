"""What single notebooks need, a file each: other networks, other samplers, attacks, fractals, sweeps and the like."""

"""Physics of neutrinos: sources and scattering."""

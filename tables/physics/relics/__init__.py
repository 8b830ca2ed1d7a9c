"""The early universe: thermal gases and the decoupling of neutrinos."""

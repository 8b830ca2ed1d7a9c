"""One model per file: parameters, the slots it provides, and the compiled map between them."""

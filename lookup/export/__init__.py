"""Object code and data for processes that do not compile: a library for Python's own use, and one for C, C++ and Fortran."""

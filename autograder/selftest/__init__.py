"""The tests of the tests: wrong solutions that must lose points, right ones that must not."""

"""Hypothesis draws the same examples on every run and on every machine."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "babygrad", derandomize=True, deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("babygrad")

"""Hài Lòng: satisfaction with public services, measured month by month."""

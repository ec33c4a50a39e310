"""Detector, ROI, crop, regressor, face model, tracker: from a picture to faces."""

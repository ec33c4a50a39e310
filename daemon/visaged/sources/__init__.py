"""Where frames come from: cameras, streams, videos, folders of pictures; and their way to the pipeline."""

"""Models of one kind of artefact: text, code, workflows."""

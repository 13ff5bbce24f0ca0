"""The control API under `/_fake`: what tests and the demonstration do behind GitHub's back."""

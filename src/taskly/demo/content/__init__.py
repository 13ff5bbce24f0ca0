"""What the demonstration is filled with: plain values, made into boards by `taskly.demo.filling`."""

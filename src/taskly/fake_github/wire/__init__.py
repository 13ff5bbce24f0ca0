"""What goes over the wire of the control API: the one thing that server and driver share."""

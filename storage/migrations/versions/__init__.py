"""One file per revision, hand-written: a revision never changes once it was released."""

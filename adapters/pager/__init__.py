"""The pager: a signed webhook, for whatever pages people at this hospital."""

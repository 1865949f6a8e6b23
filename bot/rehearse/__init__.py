"""A rehearsal of the congress: people of the sample who join, meet or stay away, and answer."""

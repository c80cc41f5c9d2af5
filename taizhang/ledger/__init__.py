"""The only writer: `handle` appends events, everything else here is computed from them."""

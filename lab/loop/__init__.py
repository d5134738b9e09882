"""5. The circle closes: plan a round, gate its candidate, publish it, swap it in."""

"""Pure rules about GitHub: which fact is the newer one, which card it concerns, where that card goes."""

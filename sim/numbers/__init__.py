"""The model's numbers as declared records: parameters, structure, prices, judgements, levers."""

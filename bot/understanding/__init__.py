"""Free text to facts: names, dates, charges, places, and button words that are typed. Pure; data beside the code."""

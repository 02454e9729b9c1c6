"""What the project is about, with no input or output: questionnaire, interview, report, consent, receipts, messages."""

"""The questionnaire as data: what is asked, in which words, on which scale, and how it is scored."""

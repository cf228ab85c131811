"""The reference values of other programs, and the runner that holds this package against them.

`python -m analysis.reference FOLDER` drives the public names of `analysis` through every case of
`FOLDER/expected/*.json` and prints what differs. A case says in its `design` and `estimate` what was
computed; one small adapter for each kind of case reads those keys, never a case's name or file.
"""

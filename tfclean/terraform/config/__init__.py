"""Configuration: the ``.tf`` files of a directory in, the objects that they would have made out, as far as no provider is needed for it.

`reader` is the entry. `syntax` reads files, `modules` sorts their blocks, `evaluate` works expressions out, `instances` expands modules
and resources, `claims` says what each of them would have made. Nothing of a configuration is ever run, and nothing outside its
directory is read but modules that it names.
"""

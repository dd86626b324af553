"""Templates, mappings and policies for those who write them: library, document, editor, first path."""

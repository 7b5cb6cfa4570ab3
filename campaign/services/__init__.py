"""What the product does, in verbs: one file for each family of use cases."""

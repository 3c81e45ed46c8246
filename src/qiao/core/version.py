"""The version of the product, as reports and logs name it."""

VERSION = "0.1.0"

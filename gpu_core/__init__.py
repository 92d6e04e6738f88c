"""The engine of Mien: from expression weights to a finished picture. No window, no Qt, no thread of its own."""

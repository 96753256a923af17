"""From an article's text to its claims: tokens, quantities, mentions, discourse."""
